import type { AuditEvent, Effect } from '@waywarden/schemas';
import type { Peers } from '../peers/peer-snapshots.ts';
import type { PeerValue } from '../peers/peer-values.ts';
import type { NoveltyKind } from './kinds.ts';
import { callsAsRare, type KnownValues } from './known-values.ts';

export const NEW_CHANCE_MAX = 0.02;

/** The shipped prior. */
export const EFFECT_PRIOR: Readonly<Record<Effect, number>> = {
  read: 0.6,
  unknown: 0.1,
  create: 0.07,
  update: 0.07,
  send: 0.05,
  execute: 0.04,
  configure: 0.02,
  delete: 0.02,
  pay: 0.02,
  grant: 0.01,
};

/** The summed share of effects no commoner. */
function effectRank(effect: Effect): number {
  const rare = Object.values(EFFECT_PRIOR).filter((one) => one <= EFFECT_PRIOR[effect]);
  return Math.min(
    1,
    rare.reduce((sum, one) => sum + one, 0),
  );
}

export interface Novel {
  readonly event: AuditEvent;
  readonly kind: NoveltyKind;
  readonly value: string;
  readonly print: string;
  readonly known: KnownValues;
  readonly times: number;
}

export interface Surprise {
  readonly isMild: boolean;
  /** Peers decide. */
  readonly isColdStart: boolean;
  readonly peers?: Peers | undefined;
  readonly peerValue?: PeerValue | undefined;
}

export const sameOf = (kind: NoveltyKind, value: string, isFailed: boolean) =>
  `${kind.name}|${value}${isFailed ? '|tried' : ''}`;

/** The probability that the next call brings a value as rare (Good–Turing, with one added). */
export function chanceOf({ known, times, event, kind }: Novel): number {
  const rank = (1 + callsAsRare(known, times + 1)) / (1 + known.n);
  return Math.min(1, times === 0 && kind.isShared ? rank * effectRank(event.effect) : rank);
}
