/**
 * What is kept of an agent's volumes: the window that slides, the counts of earlier windows while days
 * are few, and the largest of each day. Stored as lists without names: of seven features that each agent
 * has, names were half of it.
 *
 * Once days decide, windows are no longer counted: nothing asks for them until a declared change, after
 * which they begin anew like the days.
 */
import {
  BLOCKS_MIN,
  type DayMaxima,
  fromStoredMaxima,
  type StoredMaxima,
  toStoredMaxima,
} from '../volume/block-maxima.ts';
import { type CountHistory, NO_COUNTS, withCount } from '../volume/count-tail.ts';
import type { KeptPart } from '../volume/kept-parts.ts';
import { type LargestCall, NO_CALLS } from '../volume/largest-call.ts';
import { PARTS, type SlidingWindow } from '../volume/sliding-window.ts';

export interface VolumeState {
  readonly window: SlidingWindow;
  /** What the fixed window holds that is being filled, and whether anything in it was flagged. */
  readonly fixedSum: number;
  readonly tainted: boolean;
  /** What the finished ones held, and the most. */
  readonly counts: CountHistory;
  readonly most: number;
  readonly maxima: DayMaxima;
  /** What single calls are like, of features that ask. */
  readonly single: LargestCall;
}

/** The number of the fixed window: six parts of the one that slides. */
export const fixedOf = ({ window }: VolumeState): number => Math.floor(window.head / PARTS);

export type StoredVolume = readonly [
  head: number,
  parts: readonly number[],
  fixedSum: number,
  tainted: 0 | 1,
  n: number,
  mean: number,
  m2: number,
  most: number,
  maxima: StoredMaxima,
  /** Left out where there is none: of features that don't ask, and as earlier versions stored it. */
  ...single: readonly number[],
];

/** Of an agent's parts, by fingerprint. */
export type StoredParts = readonly KeptPart<StoredVolume>[];

export function toStoredVolume(state: VolumeState): StoredVolume {
  const { window, fixedSum, tainted, counts, most, maxima, single } = state;
  const last = window.parts.findLastIndex((one) => one !== 0);
  const { n, mean, m2 } = counts;
  const parts = window.parts.slice(0, last + 1);
  const calls = single.calls === 0 ? [] : [single.calls, single.mean, single.largest];
  const days = toStoredMaxima(maxima);
  return [window.head, parts, fixedSum, tainted ? 1 : 0, n, mean, m2, most, days, ...calls];
}

export function fromStoredVolume(stored: StoredVolume): VolumeState {
  const [
    head,
    parts,
    fixedSum,
    tainted,
    n,
    mean,
    m2,
    most,
    maxima,
    calls = 0,
    usual = 0,
    largest = 0,
  ] = stored;
  return {
    window: { head, parts },
    fixedSum,
    tainted: tainted === 1,
    counts: { n, mean, m2 },
    most,
    maxima: fromStoredMaxima(maxima),
    single: calls === 0 ? NO_CALLS : { calls, mean: usual, largest },
  };
}

/** Digits of a mean or variance that are kept: it is of some hundred windows. */
const DIGITS = 7;
const rounded = (value: number) => Number(value.toPrecision(DIGITS));

/** The finished window becomes one more of the counts, unless something in it was flagged. */
export function finished(state: VolumeState | undefined): Pick<VolumeState, 'counts' | 'most'> {
  if (state === undefined || state.maxima.logs.length >= BLOCKS_MIN) {
    return { counts: NO_COUNTS, most: 0 };
  }
  const { counts, most, fixedSum, tainted } = state;
  if (tainted) return { counts, most };
  const { n, mean, m2 } = withCount(counts, fixedSum);
  return {
    counts: { n, mean: rounded(mean), m2: rounded(m2) },
    most: Math.max(most, fixedSum),
  };
}
