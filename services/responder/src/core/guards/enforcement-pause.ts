/** The pause of a tenant's enforcement: two people to pause, two to resume. Restores and final step-ups go on. */
import { epochMs, formatLogTime, TEXT_LENGTH_MAX } from '@waywarden/schemas';
import type { Transaction } from '@waywarden/stage';
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
