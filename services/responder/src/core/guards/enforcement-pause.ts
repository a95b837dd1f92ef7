/** The pause of a tenant's enforcement: two people to pause, two to resume. Restores and final step-ups go on. */
import { type Alert, epochMs, formatLogTime, TEXT_LENGTH_MAX } from '@waywarden/schemas';
import type { Transaction } from '@waywarden/stage';
import { issuedCommand } from '../model/issued-command.ts';
import { approvalOf, isAgreed, isOneHand, type TakenAct } from '../model/people.ts';

export interface PauseState {
  readonly paused: boolean;
  /** Empty before anybody did. */
  readonly by: readonly string[];
  readonly sinceMs: number;
  readonly reason: string;
  readonly pending?: {
    readonly act: string;
    readonly by: string;
    readonly atMs: number;
    readonly key?: string;
    readonly holders?: readonly string[];
    readonly reason?: string;
  };
}

const RUNNING: PauseState = { paused: false, by: [], sinceMs: 0, reason: '' };
const key = (tenantId: string) => `pause|${tenantId}`;

export function pauseState(transaction: Transaction, tenantId: string): PauseState {
  return transaction.get<PauseState>(key(tenantId)) ?? RUNNING;
}

export function putPause(transaction: Transaction, tenantId: string, state: PauseState): void {
  transaction.put(key(tenantId), state);
}

export interface Agreement {
  readonly by: readonly string[];
  /** Undefined when it took effect. */
  readonly withheld?: string;
}

export function agreeToPause(transaction: Transaction, act: TakenAct): Agreement {
  const state = pauseState(transaction, act.tenant_id);
  const paused = act.act === 'pause';
  if (state.paused === paused) return { by: [act.by], withheld: 'already_so' };
  const atMs = epochMs(act.at);
  const { pending, ...rest } = state;
  const first = pending && { ...pending, at: formatLogTime({ ms: pending.atMs, ns: 0 }) };
  if (pending?.act === act.act && isOneHand(first, approvalOf(act))) {
    return { by: [act.by], withheld: 'another_person_needed' };
  }
  if (pending?.act !== act.act || !isAgreed(first, approvalOf(act))) {
    const { at: _, ...who } = approvalOf(act);
    const first = { act: act.act, ...who, atMs, reason: act.reason };
    putPause(transaction, act.tenant_id, { ...rest, pending: first });
    return { by: [act.by], withheld: 'second_person_needed' };
  }
  const by = [pending.by, act.by];
  const reasons = new Set([pending.reason ?? act.reason, act.reason]);
  const reason = [...reasons].join(' · ').slice(0, TEXT_LENGTH_MAX);
  putPause(transaction, act.tenant_id, { paused, by, sinceMs: atMs, reason });
  return { by };
}

/**
 * What only a pause held back: listed at the resume and approved one by one. The alert with most yields its latest.
 */

/** Of one tenant. */
export const WITHHELD_BY_PAUSE_MAX = 200;

interface WithheldByPause {
  readonly decisionId: string;
  readonly alertId: string;
  readonly agentUid: string;
  readonly ruleId: string;
  readonly action: string | null;
  readonly atMs: number;
  readonly follows?: string;
}

export interface AllWithheldByPause {
  readonly decisions: readonly WithheldByPause[];
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
