/** How an agent's days are stored: lists without names, whose numbers are digits of fixed width. */
import { withoutRuns, withRuns } from '../kept/digit-runs.ts';
import { fromDigits, toDigits } from '../kept/print-table.ts';
import type { DayMaxima, KeptApart } from './block-maxima.ts';

const NO_DAYS: readonly number[] = [];

type StoredApart = readonly [since: number, last: number, dayMax: number, logs: string];

/** As they are stored, without names of fields: from the end on, what is not there is left out. */
export type StoredMaxima = readonly [
  logs: string,
  /** See `packedBeside`; empty where there is none. */
  anchor: string,
  day: number,
  /** Days since the first. */
  ago: number,
  dayMax: number,
  peak?: number,
  declaredMs?: number,
  guard?: number,
  kept?: StoredApart,
];

/** Up to 1.53.0; 0 where there was none. */
type EarlierMaxima = readonly [
  since: number,
  day: number,
  dayMax: number,
  peak: number,
  guard: number,
  declaredMs: number,
  logs: string,
  anchor: string,
  kept?: StoredApart,
];

/** Characters of a logarithm as it is stored: 262,143 steps of 1/500 are beyond any number. */
const LOG_DIGITS = 3;
/** The same lists are read at every call of a day. */
const READ_MAX = 10_000;
const read = new Map<string, readonly number[]>();

const written = new WeakMap<readonly number[], string>();

const inDigits = (logs: readonly number[]) => logs.map((log) => toDigits(log, LOG_DIGITS)).join('');

/** Logarithms as they are stored. */
export function packed(logs: readonly number[]): string {
  const known = written.get(logs);
  if (known !== undefined) return known;
  const text = withRuns(inDigits(logs), LOG_DIGITS);
  written.set(logs, text);
  return text;
}

/** The same string gives the same list, by which what is usual is remembered. */
export function unpacked(text: string): readonly number[] {
  if (text === '') return NO_DAYS;
  const known = read.get(text);
  if (known !== undefined) return known;
  const digits = withoutRuns(text, LOG_DIGITS);
  const logs: number[] = [];
  for (let at = 0; at < digits.length; at += LOG_DIGITS) {
    logs.push(fromDigits(digits.slice(at, at + LOG_DIGITS)));
  }
  if (read.size >= READ_MAX) read.clear();
  read.set(text, logs);
  return logs;
}

interface Beside {
  readonly logs: string;
  readonly text: string;
}
const besides = new WeakMap<readonly number[], Beside>();

/**
 * The first days beside all that are kept, of which they mostly are the beginning: how many of them are, and the
 * others as they are. Worked out once a day.
 */
export function packedBeside(logs: string, anchor: readonly number[]): string {
  if (anchor.length === 0) return '';
  const known = besides.get(anchor);
  if (known?.logs === logs) return known.text;
  const all = withoutRuns(logs, LOG_DIGITS);
  const own = inDigits(anchor);
  let shared = 0;
  while (shared < anchor.length && isShared(all, own, shared)) shared += 1;
  const text = toDigits(shared, 1) + own.slice(shared * LOG_DIGITS);
  besides.set(anchor, { logs, text });
  return text;
}

/** Times beyond are milliseconds: as seconds they would lie three thousand years ahead. */
const SECONDS_MAX = 100_000_000_000;
const toStoredTime = (ms: number) => (ms % 1000 === 0 && ms >= SECONDS_MAX ? ms / 1000 : ms);
const fromStoredTime = (time: number) => (time < SECONDS_MAX ? time * 1000 : time);

function isShared(logs: string, own: string, day: number): boolean {
  return logs.startsWith(own.slice(day * LOG_DIGITS, (day + 1) * LOG_DIGITS), day * LOG_DIGITS);
}

const readBeside = new Map<string, Map<string, readonly number[]>>();
/** First days in all of them: after a declared change many stand beside one and the same empty list. */
let anchorsRead = 0;

/** The same strings give the same list. What earlier versions stored has whole days only, and no digit before them. */
export function unpackedBeside(logs: string, text: string): readonly number[] {
  if (text.length % LOG_DIGITS !== 1) return unpacked(text);
  if (anchorsRead >= READ_MAX) {
    readBeside.clear();
    anchorsRead = 0;
  }
  let known = readBeside.get(logs);
  if (known === undefined) {
    known = new Map();
    readBeside.set(logs, known);
  }
  let anchor = known.get(text);
  if (anchor === undefined) {
    const shared = fromDigits(text.charAt(0)) * LOG_DIGITS;
    anchor = unpacked(withoutRuns(logs, LOG_DIGITS).slice(0, shared) + text.slice(1));
    known.set(text, anchor);
    anchorsRead += 1;
  }
  return anchor;
}

export function toStoredMaxima(maxima: DayMaxima): StoredMaxima {
  const { since, day, dayMax, peak, guard = 0, declaredMs = 0, anchor = NO_DAYS, kept } = maxima;
  const told = toStoredTime(declaredMs);
  const logs = packed(maxima.logs);
  const first = packedBeside(logs, anchor);
  const ago = day - since;
  if (kept !== undefined) {
    const apart = [kept.since, kept.last, kept.dayMax, packed(kept.logs)] as const;
    return [logs, first, day, ago, dayMax, peak, told, guard, apart];
  }
  if (guard !== 0) return [logs, first, day, ago, dayMax, peak, told, guard];
  if (declaredMs !== 0) return [logs, first, day, ago, dayMax, peak, told];
  return peak === 0 ? [logs, first, day, ago, dayMax] : [logs, first, day, ago, dayMax, peak];
}

function isEarlier(stored: StoredMaxima | EarlierMaxima): stored is EarlierMaxima {
  return typeof stored[0] === 'number';
}

function fromEarlier(stored: EarlierMaxima): StoredMaxima {
  const [since, day, dayMax, peak, guard, declaredMs, logs, anchor, kept] = stored;
  const head = [logs, anchor, day, day - since, dayMax, peak, declaredMs, guard] as const;
  return kept === undefined ? head : [...head, kept];
}

/** How many days are known, without reading them. */
export const daysOf = (stored: StoredMaxima | EarlierMaxima): number =>
  withoutRuns(isEarlier(stored) ? stored[6] : stored[0], LOG_DIGITS).length / LOG_DIGITS;

function fromStoredApart([since, last, dayMax, logs]: StoredApart): KeptApart {
  return { since, last, dayMax, logs: unpacked(logs) };
}

/** Filled field by field: a spread for each that may be missing took longer than all of the rest. */
export function fromStoredMaxima(given: StoredMaxima | EarlierMaxima): DayMaxima {
  const stored = isEarlier(given) ? fromEarlier(given) : given;
  const [declaredMs = 0, guard = 0] = [stored[6], stored[7]];
  const maxima: { -readonly [K in keyof DayMaxima]: DayMaxima[K] } = {
    since: stored[2] - stored[3],
    day: stored[2],
    dayMax: stored[4],
    peak: stored[5] ?? 0,
    logs: unpacked(stored[0]),
  };
  if (guard !== 0) maxima.guard = guard;
  if (declaredMs !== 0) maxima.declaredMs = fromStoredTime(declaredMs);
  if (stored[1] !== '') maxima.anchor = unpackedBeside(stored[0], stored[1]);
  if (stored[8] !== undefined) maxima.kept = fromStoredApart(stored[8]);
  return maxima;
}
