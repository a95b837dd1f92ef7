/**
 * What nothing but a pause held back: listed at the resume and not given, as the telemetry may be
 * the reason for the pause. One person approves each. Where there is no room, the alert with most
 * yields its latest.
 */
import type { Alert } from '@waywarden/schemas';
import type { Draft } from '@waywarden/stage';
import { issuedCommand } from '../model/issued-command.ts';

/** Of one tenant; of more, how many is said. */
export const HELD_BY_PAUSE_MAX = 200;

export interface HeldByPause {
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

export interface AllHeldByPause {
  readonly decisions: readonly HeldByPause[];
  /** Not among them, for there were too many. */
  readonly more: number;
}

const listKey = (tenantId: string) => `held_by_pause|${tenantId}`;
const moreKey = (tenantId: string) => `held_by_pause_more|${tenantId}`;
const listOf = (draft: Draft, tenantId: string) =>
  draft.get<readonly HeldByPause[]>(listKey(tenantId)) ?? [];

export function noteHeldByPause(draft: Draft, tenantId: string, one: HeldByPause): void {
  const list = listOf(draft, tenantId);
  if (list.some(({ decisionId }) => decisionId === one.decisionId)) return;
  if (list.length < HELD_BY_PAUSE_MAX) {
    draft.put(listKey(tenantId), [...list, one]);
    return;
  }
  draft.put(moreKey(tenantId), (draft.get<number>(moreKey(tenantId)) ?? 0) + 1);
  const all = [...list, one];
  const least = latestOfMost(all);
  if (least !== one) {
    draft.put(
      listKey(tenantId),
      all.filter((other) => other !== least),
    );
  }
}

/** All of whatever has most of these. */
function most(list: readonly HeldByPause[], of: (one: HeldByPause) => string) {
  const groups = new Map<string, readonly HeldByPause[]>();
  for (const one of list) {
    const name = of(one);
    const known = groups.get(name) ?? [];
    groups.delete(name);
    groups.set(name, [...known, one]);
  }
  return [...groups.values()].reduce((a, b) => (b.length >= a.length ? b : a), []);
}

const latestOfMost = (list: readonly HeldByPause[]) =>
  most(
    most(list, ({ agentUid }) => agentUid),
    ({ alertId }) => alertId,
  ).at(-1);

function drop(draft: Draft, tenantId: string, isOver: (one: HeldByPause) => boolean): void {
  const list = listOf(draft, tenantId);
  const left = list.filter((one) => !isOver(one));
  if (left.length === list.length) return;
  if (left.length > 0) draft.put(listKey(tenantId), left);
  else {
    draft.delete(listKey(tenantId));
    draft.delete(moreKey(tenantId));
  }
}

/** Its alert is decided anew, but for the decisions that stay. */
export function dropHeldOfAlert(
  draft: Draft,
  { tenant_id: tenantId, alert_id: alertId }: Alert,
  staying: readonly string[],
): void {
  drop(
    draft,
    tenantId,
    (one) =>
      one.alertId === alertId && one.follows === undefined && !staying.includes(one.decisionId),
  );
}

export function dropHeldOfWithdrawn(draft: Draft, tenantId: string, alertId: string): void {
  drop(draft, tenantId, (one) => one.alertId === alertId);
}

export function dropHeldDecision(draft: Draft, tenantId: string, decisionId: string): void {
  drop(draft, tenantId, (one) => one.decisionId === decisionId);
}

/** What is still to be looked at, the earliest first. */
export function heldByPause(draft: Draft, tenantId: string, nowMs: number): AllHeldByPause {
  const decisions = listOf(draft, tenantId).filter(({ follows }) => {
    if (follows === undefined) return true;
    const issued = issuedCommand(draft, follows);
    return issued !== undefined && !issued.restored && issued.expiresMs > nowMs;
  });
  return { decisions, more: draft.get<number>(moreKey(tenantId)) ?? 0 };
}
