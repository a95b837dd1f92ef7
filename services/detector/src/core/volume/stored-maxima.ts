/** How an agent's days are stored: lists without names, whose numbers are digits of fixed width. */
import { fromDigits, toDigits } from '../kept/print-table.ts';
import type { DayMaxima, KeptApart } from './block-maxima.ts';

const NO_DAYS: readonly number[] = [];

type StoredApart = readonly [since: number, last: number, dayMax: number, logs: string];

/** As they are stored, without names of fields; 0 and an empty list where there is none. */
export type StoredMaxima = readonly [
  since: number,
  day: number,
  dayMax: number,
  peak: number,
  guard: number,
  declaredMs: number,
  logs: string,
  anchor: string,
  /** Left out where nothing is, and as earlier versions stored it. */
  kept?: StoredApart,
];

/** Characters of a logarithm as it is stored: 262,143 steps of 1/500 are beyond any number. */
const LOG_DIGITS = 3;
/** The same lists are read at every call of a day. */
const READ_MAX = 10_000;
const read = new Map<string, readonly number[]>();

const written = new WeakMap<readonly number[], string>();

/** Logarithms as they are stored. */
export function packed(logs: readonly number[]): string {
  const known = written.get(logs);
  if (known !== undefined) return known;
  const text = logs.map((log) => toDigits(log, LOG_DIGITS)).join('');
  written.set(logs, text);
  return text;
}

/** The same string gives the same list, by which what is usual is remembered. */
export function unpacked(text: string): readonly number[] {
  if (text === '') return NO_DAYS;
  const known = read.get(text);
  if (known !== undefined) return known;
  const logs: number[] = [];
  for (let at = 0; at < text.length; at += LOG_DIGITS) {
    logs.push(fromDigits(text.slice(at, at + LOG_DIGITS)));
  }
  if (read.size >= READ_MAX) read.clear();
  read.set(text, logs);
  return logs;
}

export function toStoredMaxima(maxima: DayMaxima): StoredMaxima {
  const { since, day, dayMax, peak, guard = 0, declaredMs = 0, logs, anchor = NO_DAYS } = maxima;
  const days = [since, day, dayMax, peak, guard, declaredMs, packed(logs), packed(anchor)] as const;
  const { kept } = maxima;
  if (kept === undefined) return days;
  return [...days, [kept.since, kept.last, kept.dayMax, packed(kept.logs)]];
}

/** How many days are known, without reading them. */
export const daysOf = (stored: StoredMaxima): number => stored[6].length / LOG_DIGITS;

function fromStoredApart([since, last, dayMax, logs]: StoredApart): KeptApart {
  return { since, last, dayMax, logs: unpacked(logs) };
}

/** Filled field by field: a spread for each that may be missing took longer than all of the rest. */
export function fromStoredMaxima(stored: StoredMaxima): DayMaxima {
  const maxima: { -readonly [K in keyof DayMaxima]: DayMaxima[K] } = {
    since: stored[0],
    day: stored[1],
    dayMax: stored[2],
    peak: stored[3],
    logs: unpacked(stored[6]),
  };
  if (stored[4] !== 0) maxima.guard = stored[4];
  if (stored[5] !== 0) maxima.declaredMs = stored[5];
  if (stored[7] !== '') maxima.anchor = unpacked(stored[7]);
  if (stored[8] !== undefined) maxima.kept = fromStoredApart(stored[8]);
  return maxima;
}
