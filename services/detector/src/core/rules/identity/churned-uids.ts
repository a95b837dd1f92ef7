/**
 * Workloads that bring a new uid with every run, judged together as one agent. Each partition counts the agents
 * that it sees.
 */
import { AGENT_UID_LENGTH_MAX, type AuditEvent, ID_LENGTH_MAX } from '@waywarden/schemas';
import type { Transaction } from '@waywarden/stage';
import { dayOf, dayOfTime } from '../../domain/day.ts';
import { agentStateKey } from '../../state/agent/agent-key.ts';
import { rememberInRing } from '../../state/agent/bounded-lists.ts';
import { workloadName } from '../../wording/identity.ts';
import { CHURN_DAYS_MAX, CHURN_NEW_DAYS_MIN, LASTING_DAYS_MIN, notePath } from './path-workload.ts';
import { hasProvenPath, workloadOf } from './unregistered-agent.ts';

export const CHURNING_MAX = 1000;
const LABEL = /^([\w.-]+):/;
const SCHEMES: ReadonlySet<string> = new Set(['hmac', 'hmac-sha256', 'sha256']);

/** The latest last. */
type AgentDays = readonly (readonly [day: number, fresh: number, all: number])[];

export function workloadAndIssuer(transaction: Transaction, event: AuditEvent): string {
  const workload = workloadOf(transaction, event);
  const fp = event.credential?.fp;
  const label = fp === undefined ? undefined : LABEL.exec(fp)?.[1];
  if (label === undefined || SCHEMES.has(label)) return workload;
  return `${workload}|${label}`.slice(0, ID_LENGTH_MAX);
}

const keyOf = (transaction: Transaction, event: AuditEvent) =>
  `churn|${JSON.stringify([event.tenant_id, workloadAndIssuer(transaction, event)])}`;

export function noteUid(
  transaction: Transaction,
  event: AuditEvent,
  { before, now }: { readonly before: string | undefined; readonly now: string },
): void {
  const day = dayOfTime(now);
  if (before !== undefined && dayOfTime(before) >= day) return;
  if (before === undefined) transaction.put(agentStateKey(event, 'since'), day);
  if (hasProvenPath(event)) notePath(transaction, event.tenant_id, event.agent.uid, day);
  const key = keyOf(transaction, event);
  const known = transaction.get<AgentDays>(key);
  if (known === undefined) rememberInRing(transaction, 'churn', key, CHURNING_MAX);
  const [, fresh, all] = known?.find(([one]) => one === day) ?? [day, 0, 0];
  const one = [day, fresh + (before === undefined ? 1 : 0), all + 1] as const;
  const others = (known ?? []).filter(([of]) => of !== day);
  const days = [...others, one].sort(([a], [b]) => a - b).slice(-CHURN_DAYS_MAX);
  transaction.put(key, days satisfies AgentDays);
}

function sumsOf(transaction: Transaction, event: AuditEvent) {
  const days = transaction.get<AgentDays>(keyOf(transaction, event)) ?? [];
  const fresh = days.reduce((sum, [, one]) => sum + one, 0);
  const all = days.reduce((sum, [, , one]) => sum + one, 0);
  return { newDays: days.filter(([, one]) => one > 0).length, fresh, all };
}

export function isChurning(transaction: Transaction, event: AuditEvent): boolean {
  const { newDays, fresh, all } = sumsOf(transaction, event);
  return newDays >= CHURN_NEW_DAYS_MIN && all < fresh * LASTING_DAYS_MIN;
}

export function isColdStart(transaction: Transaction, event: AuditEvent): boolean {
  const since = transaction.get<number>(agentStateKey(event, 'since'));
  return since === undefined || dayOf(event) - since < LASTING_DAYS_MIN;
}

export function asWorkload(transaction: Transaction, event: AuditEvent): AuditEvent | undefined {
  if (event.agent.assurance === 'unresolved') return undefined;
  if (!isColdStart(transaction, event) || !isChurning(transaction, event)) return undefined;
  const workload = workloadAndIssuer(transaction, event);
  // No uid is so long.
  const uid = workload.padStart(AGENT_UID_LENGTH_MAX + 1);
  return { ...event, agent: { ...event.agent, uid, name: workloadName(workload) } };
}
