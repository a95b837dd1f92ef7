/**
 * What a person refused and what ran all the same: the same call without approval since, or any under that decision
 * (`approval.uid`).
 */
import {
  type Assurance,
  type AuditEvent,
  assuranceAtLeast,
  epochMs,
  isSensitive,
  type Registry,
  shortPrint,
  sourceNameOf,
} from '@waywarden/schemas';
import type { Transaction } from '@waywarden/stage';
import { isRefusal } from '../../domain/call-ending.ts';
import { DAY_MS } from '../../domain/day.ts';
import { decisiveAssurance } from '../../domain/decisive-assurance.ts';
import { PRINT_48 } from '../../domain/record-table.ts';
import { agentStateKey } from '../../state/agent/agent-key.ts';
import { keepWorthiest } from '../../state/agent/bounded-lists.ts';
import { workOf } from '../../state/agent/piece-of-work.ts';
import { isAgentsApproval } from './approval-due.ts';

/** Evicted: asserted, then harmless, then the earliest. */
const REFUSALS_MAX = 32;

export interface RefusedCall {
  readonly call: string;
  /** Empty where nothing is told. */
  readonly args: string;
  readonly uid: string;
  readonly work: string;
  readonly at: string;
  readonly eventId: string;
  readonly by: string;
  readonly assurance: Assurance;
  readonly proven: Assurance;
  readonly source: string;
  readonly isGrave: boolean;
}

const printOf = (text: string | undefined) =>
  text === undefined || text === '' ? '' : shortPrint(text, PRINT_48);

const refusalsOf = (transaction: Transaction, event: AuditEvent) =>
  transaction.get<readonly RefusedCall[]>(refusalKey(event)) ?? NO_REFUSALS;

const NO_REFUSALS: readonly RefusedCall[] = [];

export function isUnder(event: AuditEvent, { uid }: RefusedCall): boolean {
  return uid !== '' && uid === printOf(event.approval?.uid);
}

const refusalKey = (event: AuditEvent) => agentStateKey(event, 'refused');
const workPrint = (event: AuditEvent) => shortPrint(event.task?.id ?? workOf(event), PRINT_48);

function callOf({ tool, target }: AuditEvent): string {
  const place = [target?.system, target?.resource_type, target?.resource_id, target?.environment];
  return shortPrint(JSON.stringify([tool?.server, tool?.name, ...place]), PRINT_48);
}

function worthOf({ proven, isGrave }: RefusedCall): number {
  return (assuranceAtLeast(proven, 'authenticated') ? 2 : 0) + (isGrave ? 1 : 0);
}

export function noteRefusal(transaction: Transaction, event: AuditEvent): void {
  if (!isRefusal(event)) return;
  const refusal: RefusedCall = {
    call: callOf(event),
    args: printOf(event.args?.hash),
    uid: printOf(event.approval?.uid),
    work: workPrint(event),
    at: event.event_time,
    eventId: event.event_id,
    by: event.approval?.by ?? 'a person',
    assurance: decisiveAssurance(event),
    proven: event.claims.approval,
    source: sourceNameOf(event),
    isGrave: event.capabilities.some(({ symbol }) => isSensitive(symbol)),
  };
  const all = keepWorthiest([...refusalsOf(transaction, event), refusal], REFUSALS_MAX, worthOf);
  transaction.put(refusalKey(event), all);
}

/** As provably as it was refused. */
function isApprovedSince(event: AuditEvent, refusal: RefusedCall, registry: Registry): boolean {
  if (event.approval?.mode !== 'human' || isAgentsApproval(event, registry)) return false;
  return assuranceAtLeast(event.claims.approval, refusal.proven);
}

function isAlike(event: AuditEvent, refusal: RefusedCall): boolean {
  const args = printOf(event.args?.hash);
  return args === refusal.args || args === '' || refusal.args === '';
}

function isSameCall(event: AuditEvent, refusal: RefusedCall, isDue: boolean): boolean {
  if (refusal.call !== callOf(event)) return false;
  const isNear =
    refusal.work === workPrint(event) || epochMs(event.event_time) - epochMs(refusal.at) <= DAY_MS;
  const namesTarget = event.target?.resource_id !== undefined;
  const namesCall = namesTarget || event.args?.hash !== undefined;
  return isNear && (isAlike(event, refusal) ? namesCall : namesTarget && isDue);
}

export function lastRefusedMs(
  transaction: Transaction,
  event: AuditEvent,
  isDue: boolean,
): number | undefined {
  const same = refusalsOf(transaction, event).filter((one) => isSameCall(event, one, isDue));
  return same.length === 0 ? undefined : Math.max(...same.map(({ at }) => epochMs(at)));
}

interface Asked {
  readonly registry: Registry;
  readonly isDue: boolean;
  /** Another call was approved, so nothing of this is. */
  readonly isOther?: boolean;
}

/** Those taken back by an approval are forgotten. */
export function refusedBefore(
  transaction: Transaction,
  event: AuditEvent,
  { registry, isDue, isOther = false }: Asked,
): RefusedCall | undefined {
  const refusals = refusalsOf(transaction, event);
  if (refusals.length === 0) return undefined;
  const under = refusals.find((one) => isUnder(event, one));
  if (under !== undefined) return under;
  const same = refusals.filter((one) => isSameCall(event, one, isDue));
  if (isOther) return same[0];
  const approved = same.filter((one) => isApprovedSince(event, one, registry));
  const ms = epochMs(event.event_time);
  const over = approved.filter((one) => isAlike(event, one) && epochMs(one.at) < ms);
  if (over.length > 0) {
    const left = refusals.filter((one) => !over.includes(one));
    if (left.length === 0) transaction.delete(refusalKey(event));
    else transaction.put(refusalKey(event), left);
  }
  return same.find((one) => !approved.includes(one));
}
