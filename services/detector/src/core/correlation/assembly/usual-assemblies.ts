/**
 * In which chains a combination was completed before: by the same proven agents (one alone: of its role) with the same
 * capabilities and last tool, then it is listed, unless critical or once found right; by a proven workflow, for the
 * early warning and `severity_usual`.
 */
import {
  type Alert,
  assuranceAtLeast,
  type PrivilegeStep,
  parseLogTime,
  type Registry,
  severityAtLeast,
  shortPrint,
  type VerdictControl,
} from '@waywarden/schemas';
import type { Transaction } from '@waywarden/stage';
import { DAY_MS } from '../../domain/day.ts';
import { rememberInRing } from '../../state/agent/bounded-lists.ts';
import { USUAL_CHAINS_STORED_MAX, USUAL_SHAPES_MAX } from './model/assembly-limits.ts';

/** Within `USUAL_MS`. */
export const USUAL_CHAINS_MIN = 5;
const USUAL_MS = 30 * DAY_MS;

interface Completed {
  readonly chain: string;
  readonly ms: number;
}

interface Question {
  readonly transaction: Transaction;
  readonly registry: Registry | undefined;
  readonly combination: string;
  readonly call: PrivilegeStep;
}

/** Undefined where the workflow is not proven. */
function keyOf({ registry, combination, call }: Question): string | undefined {
  const { workflow, claims, tenant_id: tenant } = call;
  if (workflow === undefined || !assuranceAtLeast(claims.workflow, 'authenticated')) {
    return undefined;
  }
  if (registry?.workflows.some((one) => one.name === workflow) !== true) return undefined;
  return `usual/${JSON.stringify([tenant, workflow, combination])}`;
}

const msOf = (call: PrivilegeStep) => parseLogTime(call.event_time)?.ms ?? 0;

function note(transaction: Transaction, key: string, call: PrivilegeStep): void {
  const before = transaction.get<readonly Completed[]>(key) ?? [];
  if (before.some((one) => one.chain === call.chain_id)) return;
  const all = [...before, { chain: call.chain_id, ms: msOf(call) }];
  all.sort((a, b) => a.ms - b.ms || (a.chain < b.chain ? -1 : 1));
  transaction.put(key, all.slice(-USUAL_CHAINS_STORED_MAX));
}

/** Other chains that completed it in the time before. */
function chainsBefore(transaction: Transaction, key: string, call: PrivilegeStep): number {
  const ms = msOf(call);
  return (transaction.get<readonly Completed[]>(key) ?? []).filter(
    (one) => one.chain !== call.chain_id && one.ms < ms && one.ms >= ms - USUAL_MS,
  ).length;
}

export function noteCompleted(question: Question): void {
  const key = keyOf(question);
  if (key !== undefined) note(question.transaction, key, question.call);
}

export function isUsual(question: Question): boolean {
  const key = keyOf(question);
  if (key === undefined) return false;
  return chainsBefore(question.transaction, key, question.call) >= USUAL_CHAINS_MIN;
}

export function isRare(question: Question): boolean {
  return keyOf(question) !== undefined && !isUsual(question);
}

/** Undefined where who did it is only asserted: anybody could make it usual. */
function shapeOf(
  { tenant_id: tenant, rule_id: rule, subject, evidence, ...alert }: Alert,
  registry: Registry | undefined,
) {
  if (!assuranceAtLeast(alert.decisive_assurance ?? 'unresolved', 'authenticated'))
    return undefined;
  const calls = evidence.filter(({ capability }) => capability !== undefined);
  const { agent_uid: last } = subject;
  const isAlone = calls.every(({ agent_uid: agent }) => agent === last);
  const role = isAlone ? registry?.agents.find(({ uid }) => uid === last)?.role : undefined;
  const who = (agent: string) => (role === undefined ? `agent ${agent}` : `role ${role}`);
  const steps = calls.map(({ agent_uid: agent, capability }) => [who(agent), capability]);
  return `alike/${shortPrint(JSON.stringify([tenant, rule, subject.tool ?? '', steps]))}`;
}

const RIGHT = 'right';
const rightKey = (shape: string) => `${RIGHT}/${shape}`;
const shapeOfAlertKey = (alertId: string) => `alike-of/${alertId}`;

function remember(transaction: Transaction, ring: string, key: string): void {
  if (transaction.get(key) === undefined) rememberInRing(transaction, ring, key, USUAL_SHAPES_MAX);
}

/** The alert as it is reported: what its agents usually do is listed. */
export function unlessUsual(
  { transaction, registry, call }: Omit<Question, 'combination'>,
  alert: Alert,
): Alert {
  const shape = shapeOf(alert, registry);
  if (shape === undefined || alert.kind === 'approved_assembly') return alert;
  const before = chainsBefore(transaction, shape, call);
  if (alert.revision === 1) {
    const ofAlert = shapeOfAlertKey(alert.alert_id);
    remember(transaction, 'alike', shape);
    remember(transaction, 'alike-of', ofAlert);
    transaction.put(ofAlert, shape);
    note(transaction, shape, call);
  }
  const isQueued =
    before < USUAL_CHAINS_MIN ||
    severityAtLeast(alert.severity, 'critical') ||
    transaction.get<boolean>(rightKey(shape)) === true;
  if (isQueued) return alert;
  return {
    ...alert,
    hygiene: true,
    summary: `${alert.summary} Not queued: the same agents, or others of this one’s role, completed it alike in at least ${before} pieces of work in the 30 days before. Approve it in the registry, or cut it.`,
  };
}

/** What a person found right is never usual, until the last word on it is another. */
export function answerUsual(transaction: Transaction, control: VerdictControl): void {
  const shape = transaction.get<string>(shapeOfAlertKey(control.alert_id));
  if (shape === undefined) return;
  remember(transaction, RIGHT, rightKey(shape));
  transaction.put(rightKey(shape), control.verdict === 'true_positive');
}

const sinceKey = (tenant: string) => `since/${tenant}`;

export function noteSince(transaction: Transaction, tenant: string, ms: number): void {
  const before = transaction.get<number>(sinceKey(tenant));
  if (before === undefined || ms < before) transaction.put(sinceKey(tenant), ms);
}

export function isFirstDay(transaction: Transaction, tenant: string, ms: number): boolean {
  const since = transaction.get<number>(sinceKey(tenant));
  return since === undefined || ms - since < DAY_MS;
}
