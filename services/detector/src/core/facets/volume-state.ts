/**
 * What is kept of an agent's volumes: the window that slides, the counts of earlier windows while days
 * are few, and the largest of each day. Stored as lists without names: of seven features that each agent
 * has, names were half of it.
 *
 * Once days decide, windows are no longer counted: nothing asks for them until a declared change, after
 * which they begin anew like the days.
 */
import type { DayMaxima } from '../volume/block-maxima.ts';
import { type CountHistory, NO_COUNTS, withCount } from '../volume/count-tail.ts';
import { BLOCKS_MIN } from '../volume/day-score.ts';
import type { KeptPart } from '../volume/kept-parts.ts';
import { type LargestCall, NO_CALLS } from '../volume/largest-call.ts';
import {
  NO_WINDOW,
  PARTS,
  type SlidingWindow,
  slide,
  slideLate,
  sumOf,
} from '../volume/sliding-window.ts';
import { fromStoredMaxima, type StoredMaxima, toStoredMaxima } from '../volume/stored-maxima.ts';

export interface VolumeState {
  readonly window: SlidingWindow;
  /** Of today's records that came too late for it, which have one of their own. */
  readonly late?: SlidingWindow;
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
  calls?: number,
  usual?: number,
  largest?: number,
  guard?: number,
  late?: readonly number[],
];

/** Of an agent's parts, by fingerprint. */
export type StoredParts = readonly KeptPart<StoredVolume>[];

const untilLast = (parts: readonly number[]) =>
  parts.slice(0, parts.findLastIndex((one) => one !== 0) + 1);

export function toStoredVolume(state: VolumeState): StoredVolume {
  const { window, late, fixedSum, tainted, counts, most, maxima, single } = state;
  const { n, mean, m2 } = counts;
  const days = toStoredMaxima(maxima);
  const stored = [
    ...([window.head, untilLast(window.parts), fixedSum, tainted ? 1 : 0] as const),
    ...([n, mean, m2, most, days] as const),
  ] as const;
  const { calls, mean: usual, largest, guard = 0 } = single;
  if (late !== undefined) {
    return [...stored, calls, usual, largest, guard, [late.head, ...untilLast(late.parts)]];
  }
  if (guard !== 0) return [...stored, calls, usual, largest, guard];
  return calls === 0 ? stored : [...stored, calls, usual, largest];
}

function singleOf([, , , , , , , , , calls = 0, mean = 0, largest = 0, guard = 0]: StoredVolume) {
  if (calls === 0 && guard === 0) return NO_CALLS;
  return { calls, mean, largest, ...(guard === 0 ? {} : { guard }) };
}

export function fromStoredVolume(stored: StoredVolume): VolumeState {
  const [head, parts, fixedSum, tainted, n, mean, m2, most, maxima] = stored;
  const [lateHead, ...late] = stored[13] ?? [];
  return {
    window: { head, parts },
    ...(lateHead === undefined ? {} : { late: { head: lateHead, parts: late } }),
    fixedSum,
    tainted: tainted === 1,
    counts: { n, mean, m2 },
    most,
    maxima: fromStoredMaxima(maxima),
    single: singleOf(stored),
  };
}

type Windows = Omit<VolumeState, 'maxima' | 'single'>;

const NONE = { fixedSum: 0, tainted: false, counts: NO_COUNTS, most: 0 } as const;
const NO_WINDOWS: Windows = { window: NO_WINDOW, ...NONE };

function windowsOf({ window, fixedSum, tainted, counts, most }: Windows): Windows {
  return { window, fixedSum, tainted, counts, most };
}

/** The windows with this amount, and what the one holds that it fell into. */
export function countedWith(
  state: VolumeState | undefined,
  at: { readonly ms: number; readonly windowMs: number; readonly day: number },
  amount: number,
): Windows & { readonly sum: number } {
  // What comes late is of use while more of it does: the day on which it came is long enough.
  const late = state?.maxima.day === at.day ? state.late : undefined;
  const window = slide(state?.window ?? NO_WINDOW, at, amount);
  if (window === undefined) {
    const moved = slideLate(late, at, amount);
    return { ...windowsOf(state ?? NO_WINDOWS), late: moved, sum: sumOf(moved) };
  }
  const sum = sumOf(window);
  const kept = late === undefined ? {} : { late };
  if (state !== undefined && Math.floor(at.ms / at.windowMs) <= fixedOf(state)) {
    const fixedSum = state.fixedSum + amount;
    return { ...windowsOf(state), window, fixedSum, sum, ...kept };
  }
  return { ...finished(state), window, fixedSum: amount, tainted: false, sum, ...kept };
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
