/**
 * What nothing but a pause held back: listed at the resume and not given, as the telemetry may be
 * the reason for the pause. One person approves each. Where there is no room, the alert with most
 * yields its latest.
 */
import type { Alert } from '@waywarden/schemas';
import type { Transaction } from '@waywarden/stage';
import { issuedCommand } from '../model/issued-command.ts';

/** Of one tenant; of more, how many is said. */
export const WITHHELD_BY_PAUSE_MAX = 200;

export interface WithheldByPause {
  readonly decisionId: string;
  readonly alertId: string;
  readonly agentUid: string;
  readonly ruleId: string;
  /** What would have been ordered. */
  readonly action: string | null;
  readonly atMs: number;
  /** What would have followed upon this order. */
  readonly follows?: string;
}

export interface AllWithheldByPause {
  readonly decisions: readonly WithheldByPause[];
  /** Not among them, for there were too many. */
  readonly more: number;
}

const listKey = (tenantId: string) => `held_by_pause|${tenantId}`;
const moreKey = (tenantId: string) => `held_by_pause_more|${tenantId}`;
const listOf = (transaction: Transaction, tenantId: string) =>
  transaction.get<readonly WithheldByPause[]>(listKey(tenantId)) ?? [];

export function noteWithheldByPause(
  transaction: Transaction,
  tenantId: string,
  one: WithheldByPause,
): void {
  const list = listOf(transaction, tenantId);
  if (list.some(({ decisionId }) => decisionId === one.decisionId)) return;
  if (list.length < WITHHELD_BY_PAUSE_MAX) {
    transaction.put(listKey(tenantId), [...list, one]);
    return;
  }
  transaction.put(moreKey(tenantId), (transaction.get<number>(moreKey(tenantId)) ?? 0) + 1);
  const all = [...list, one];
  const least = latestOfMost(all);
  if (least !== one) {
    transaction.put(
      listKey(tenantId),
      all.filter((other) => other !== least),
    );
  }
}

/** All of whatever has most of these. */
function most(list: readonly WithheldByPause[], of: (one: WithheldByPause) => string) {
  const groups = new Map<string, readonly WithheldByPause[]>();
  for (const one of list) {
    const name = of(one);
    const known = groups.get(name) ?? [];
    groups.delete(name);
    groups.set(name, [...known, one]);
  }
  return [...groups.values()].reduce((a, b) => (b.length >= a.length ? b : a), []);
}

const latestOfMost = (list: readonly WithheldByPause[]) =>
  most(
    most(list, ({ agentUid }) => agentUid),
    ({ alertId }) => alertId,
  ).at(-1);

function drop(
  transaction: Transaction,
  tenantId: string,
  isOver: (one: WithheldByPause) => boolean,
): void {
  const list = listOf(transaction, tenantId);
  const left = list.filter((one) => !isOver(one));
  if (left.length === list.length) return;
  if (left.length > 0) transaction.put(listKey(tenantId), left);
  else {
    transaction.delete(listKey(tenantId));
    transaction.delete(moreKey(tenantId));
  }
}

/** Its alert is decided anew, but for the decisions that stay. */
export function dropWithheldOfAlert(
  transaction: Transaction,
  { tenant_id: tenantId, alert_id: alertId }: Alert,
  staying: readonly string[],
): void {
  drop(
    transaction,
    tenantId,
    (one) =>
      one.alertId === alertId && one.follows === undefined && !staying.includes(one.decisionId),
  );
}

export function dropWithheldOfWithdrawn(
  transaction: Transaction,
  tenantId: string,
  alertId: string,
): void {
  drop(transaction, tenantId, (one) => one.alertId === alertId);
}

export function dropWithheldDecision(
  transaction: Transaction,
  tenantId: string,
  decisionId: string,
): void {
  drop(transaction, tenantId, (one) => one.decisionId === decisionId);
}

/** What is still to be looked at, the earliest first. */
export function withheldByPause(
  transaction: Transaction,
  tenantId: string,
  nowMs: number,
): AllWithheldByPause {
  const decisions = listOf(transaction, tenantId).filter(({ follows }) => {
    if (follows === undefined) return true;
    const issued = issuedCommand(transaction, follows);
    return issued !== undefined && !issued.restored && issued.expiresMs > nowMs;
  });
  return { decisions, more: transaction.get<number>(moreKey(tenantId)) ?? 0 };
}
