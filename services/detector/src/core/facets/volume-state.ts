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
import {
  daysOf,
  fromStoredMaxima,
  type StoredMaxima,
  toStoredMaxima,
} from '../volume/stored-maxima.ts';

export interface Windows {
  readonly window: SlidingWindow;
  /** Of today's records that came too late for it, which have one of their own. */
  readonly late: SlidingWindow | undefined;
  /** What the fixed window holds that is being filled, and whether anything in it was flagged. */
  readonly fixedSum: number;
  readonly tainted: boolean;
  /** What the finished ones held, and the most. */
  readonly counts: CountHistory;
  readonly most: number;
}

/** One object in another: at each of thirty calls a second, spreads of all fields were half of the work. */
export interface VolumeState {
  readonly windows: Windows;
  readonly maxima: DayMaxima;
  /** What single calls are like, of features that ask. */
  readonly single: LargestCall;
}

const DAY_MS = 86_400_000;
/** Parts of windows are counted from the day of the days beside them; up to 1.81.0 from 1970, beyond so many. */
const SINCE_1970_MIN = 4_000_000;
/** How many parts there were before a day. */
const partsBefore = (day: number, windowMs: number) =>
  Math.floor((day * DAY_MS * PARTS) / windowMs);

function toStoredHead(head: number, before: number): number {
  return head - before >= SINCE_1970_MIN ? head : head - before;
}

function fromStoredHead(head: number, before: number): number {
  return head >= SINCE_1970_MIN ? head : head + before;
}

/** The number of the fixed window: six parts of the one that slides. */
const fixedOf = ({ window }: Windows): number => Math.floor(window.head / PARTS);

/** From the end on, what is nought is left out: it mostly is, once days decide. */
export type StoredVolume = readonly [
  maxima: StoredMaxima,
  head: number,
  parts: readonly number[],
  fixedSum: number,
  /** While windows are counted, with what they have come to. */
  tainted?: 0 | 1 | Counted,
  calls?: number,
  usual?: number,
  largest?: number,
  guard?: number,
  late?: readonly number[],
];
type Counted = readonly [tainted: 0 | 1, n: number, mean: number, m2: number, most: number];

/** Up to 1.53.0; the last ones were left out where there was none. */
type EarlierVolume = readonly [
  head: number,
  parts: readonly number[],
  fixedSum: number,
  tainted: 0 | 1,
  n: number,
  mean: number,
  m2: number,
  most: number,
  maxima: StoredMaxima,
  calls?: number,
  usual?: number,
  largest?: number,
  guard?: number,
  late?: readonly number[],
];

function isEarlier(stored: StoredVolume | EarlierVolume): stored is EarlierVolume {
  return typeof stored[0] === 'number';
}

function fromEarlier(stored: EarlierVolume): StoredVolume {
  const [head, parts, sum, taint, n, mean, m2, most, maxima] = stored;
  const [, , , , , , , , , calls = 0, usual = 0, largest = 0, guard = 0, late] = stored;
  const counted = [taint, n, mean, m2, most] as const;
  const all = [maxima, head, parts, sum, counted, calls, usual, largest, guard] as const;
  return late === undefined ? all : [...all, late];
}

/** Of an agent's parts, by fingerprint. */
export type StoredParts = readonly KeptPart<StoredVolume>[];

/** What is kept of a volume, and as what it was read. */
export interface KeptVolume {
  readonly stored: StoredVolume | undefined;
  readonly state: VolumeState | undefined;
}

/** `before`: days change once a day, and what is stored of them stands until then. */
export function toStoredVolume(
  { windows, maxima, single }: VolumeState,
  before: KeptVolume | undefined,
  windowMs: number,
): StoredVolume {
  const { window, late, fixedSum: sum, tainted, counts, most } = windows;
  const { parts } = window;
  const head = toStoredHead(window.head, partsBefore(maxima.day, windowMs));
  const { n, mean, m2 } = counts;
  const stands = before?.state?.maxima === maxima ? storedMaxima(before.stored) : undefined;
  const days = stands ?? toStoredMaxima(maxima);
  const { calls, mean: usual, largest, guard = 0 } = single;
  const isTainted = tainted ? 1 : 0;
  const isCounted = n !== 0 || most !== 0;
  const taint = isCounted ? ([isTainted, n, mean, m2, most] as const) : isTainted;
  if (late !== undefined) {
    const told = [late.head, ...late.parts];
    return [days, head, parts, sum, taint, calls, usual, largest, guard, told];
  }
  if (guard !== 0) return [days, head, parts, sum, taint, calls, usual, largest, guard];
  if (calls !== 0) return [days, head, parts, sum, taint, calls, usual, largest];
  return taint === 0 ? [days, head, parts, sum] : [days, head, parts, sum, taint];
}

function singleOf(stored: StoredVolume): LargestCall {
  const calls = stored[5] ?? 0;
  const mean = stored[6] ?? 0;
  const largest = stored[7] ?? 0;
  const guard = stored[8] ?? 0;
  if (guard !== 0) return { calls, mean, largest, guard };
  return calls === 0 ? NO_CALLS : { calls, mean, largest };
}

function lateOf([head, ...parts]: readonly number[] = []): SlidingWindow | undefined {
  return head === undefined ? undefined : { head, parts };
}

/** Fields by their number: taking fourteen of a list apart asks its iterator fourteen times. */
function fromStoredVolume(stored: StoredVolume, windowMs: number): VolumeState {
  const maxima = fromStoredMaxima(stored[0]);
  const head = fromStoredHead(stored[1], partsBefore(maxima.day, windowMs));
  const taint = stored[4] ?? 0;
  const counted = typeof taint === 'number' ? undefined : taint;
  return {
    windows: {
      window: { head, parts: stored[2] },
      late: stored[9] === undefined ? undefined : lateOf(stored[9]),
      fixedSum: stored[3],
      tainted: taint === 1 || counted?.[0] === 1,
      counts:
        counted === undefined ? NO_COUNTS : { n: counted[1], mean: counted[2], m2: counted[3] },
      most: counted?.[4] ?? 0,
    },
    maxima,
    single: singleOf(stored),
  };
}

export function readVolume(
  stored: StoredVolume | EarlierVolume | undefined,
  windowMs: number,
): VolumeState | undefined {
  if (stored === undefined) return undefined;
  return fromStoredVolume(isEarlier(stored) ? fromEarlier(stored) : stored, windowMs);
}

/** Its days as they are stored; undefined where an earlier version stored them. */
function storedMaxima(stored: StoredVolume | EarlierVolume | undefined): StoredMaxima | undefined {
  return stored === undefined || isEarlier(stored) ? undefined : stored[0];
}

/** How many days are known, without reading the rest. */
export const storedDays = (stored: StoredVolume | EarlierVolume): number =>
  daysOf(isEarlier(stored) ? stored[8] : stored[0]);

const NO_WINDOWS: Windows = {
  ...{ window: NO_WINDOW, late: undefined },
  ...{ fixedSum: 0, tainted: false, counts: NO_COUNTS, most: 0 },
};

/** The windows with this amount, in a part of one day; the same ones where it changes nothing. */
export function countedWith(
  state: VolumeState | undefined,
  at: { readonly part: number; readonly day: number },
  amount: number,
): Windows {
  const { part, day } = at;
  const before = state?.windows ?? NO_WINDOWS;
  // What comes late is of use while more of it does: the day on which it came is long enough.
  const late = state?.maxima.day === day ? before.late : undefined;
  const window = slide(before.window, part, amount);
  if (window === undefined) return { ...before, late: slideLate(late, part, amount) };
  if (state !== undefined && Math.floor(part / PARTS) <= fixedOf(before)) {
    if (window === before.window && late === before.late) return before;
    const { tainted, counts, most } = before;
    return { window, late, fixedSum: before.fixedSum + amount, tainted, counts, most };
  }
  const { counts, most } = finished(state);
  return { window, late, fixedSum: amount, tainted: false, counts, most };
}

/** What the window holds that an amount in this part fell into. */
export function heldWith({ window, late }: Windows, part: number): number {
  return sumOf(window.head - part < PARTS ? window : (late ?? NO_WINDOW));
}

/** Digits of a mean or variance that are kept: it is of some hundred windows. */
const DIGITS = 7;
const rounded = (value: number) => Number(value.toPrecision(DIGITS));

/** The finished window becomes one more of the counts, unless something in it was flagged. */
function finished(state: VolumeState | undefined): Pick<Windows, 'counts' | 'most'> {
  if (state === undefined || state.maxima.logs.length >= BLOCKS_MIN) {
    return { counts: NO_COUNTS, most: 0 };
  }
  const { counts, most, fixedSum, tainted } = state.windows;
  if (tainted) return { counts, most };
  const { n, mean, m2 } = withCount(counts, fixedSum);
  return {
    counts: { n, mean: rounded(mean), m2: rounded(m2) },
    most: Math.max(most, fixedSum),
  };
}
