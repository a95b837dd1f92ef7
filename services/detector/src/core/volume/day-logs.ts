/**
 * Logarithms of days as they are stored: digits of fixed width in one text. Two digits where all of a list lie below
 * 4,096 steps of 1/500 (a value of 3,600) or within a factor of 2,000, as nearly all lists do, and three else; what
 * stands before them says which.
 *
 * Rejected: differences from the day before, which are as long where days differ and where they don't are runs
 * anyway; a table of the numbers that come, of which counts have seven and amounts thirty.
 */
import { withoutRuns, withRuns } from '../kept/digit-runs.ts';
import { digitAt, fromDigits, mostOf, toDigits } from '../kept/print-table.ts';

const NO_DAYS: readonly number[] = [];

/** 262,143 steps are beyond any number. Up to 1.81.0 all numbers had so many digits. */
const WIDE = 3;
const NARROW = 2;
/** Before numbers of two digits: that they are as they stand, or what was taken from each, in `LIFT`s. No digits. */
const PLAIN = '.';
const LIFTED = ':';
const LIFT = 256;

/** The same lists are read at every call of a day. */
const READ_MAX = 10_000;
const read = new Map<string, readonly number[]>();
const written = new WeakMap<readonly number[], string>();

function inDigits(logs: readonly number[], width: number, less = 0): string {
  let text = '';
  for (const log of logs) text += toDigits(log - less, width);
  return text;
}

/** In two digits each; undefined where they lie too far apart. */
function narrow(logs: readonly number[]): string | undefined {
  const most = Math.max(...logs);
  if (most <= mostOf(NARROW)) return PLAIN + withRuns(inDigits(logs, NARROW), NARROW);
  const lift = Math.min(mostOf(1), Math.floor(Math.min(...logs) / LIFT));
  if (most - lift * LIFT > mostOf(NARROW)) return undefined;
  return LIFTED + toDigits(lift, 1) + withRuns(inDigits(logs, NARROW, lift * LIFT), NARROW);
}

/** Logarithms as they are stored. */
export function packed(logs: readonly number[]): string {
  const known = written.get(logs);
  if (known !== undefined) return known;
  const text = logs.length === 0 ? '' : (narrow(logs) ?? withRuns(inDigits(logs, WIDE), WIDE));
  written.set(logs, text);
  return text;
}

function numbersOf(text: string, width: number, more = 0): readonly number[] {
  const digits = withoutRuns(text, width);
  const logs: number[] = [];
  for (let at = 0; at < digits.length; at += width) {
    logs.push(fromDigits(digits.slice(at, at + width)) + more);
  }
  return logs;
}

function toNumbers(text: string): readonly number[] {
  if (text.startsWith(PLAIN)) return numbersOf(text.slice(1), NARROW);
  if (text.startsWith(LIFTED)) return numbersOf(text.slice(2), NARROW, digitAt(text, 1) * LIFT);
  return numbersOf(text, WIDE);
}

/** The same string gives the same list, by which what is usual is remembered. */
export function unpacked(text: string): readonly number[] {
  if (text === '') return NO_DAYS;
  const known = read.get(text);
  if (known !== undefined) return known;
  const logs = toNumbers(text);
  if (read.size >= READ_MAX) read.clear();
  read.set(text, logs);
  return logs;
}

interface Beside {
  readonly logs: readonly number[];
  readonly text: string;
}
const besides = new WeakMap<readonly number[], Beside>();

/**
 * The first days beside all that are kept, of which they are the beginning for a month: how many of them are, and the
 * others as they are. Worked out once a day.
 */
export function packedBeside(logs: readonly number[], anchor: readonly number[]): string {
  if (anchor.length === 0) return '';
  const known = besides.get(anchor);
  if (known?.logs === logs) return known.text;
  let shared = 0;
  while (shared < anchor.length && anchor[shared] === logs[shared]) shared += 1;
  const others = anchor.slice(shared);
  // Without runs, as earlier versions stored them, so that the length tells whether a digit stands before.
  const text = others.length === 0 ? '' : (narrow(others) ?? inDigits(others, WIDE));
  besides.set(anchor, { logs, text: toDigits(shared, 1) + text });
  return toDigits(shared, 1) + text;
}

/** Whether it is of the days alone, as the earliest versions stored it, without how many are shared. */
function isWhole(text: string): boolean {
  const mark = text.charAt(1);
  return mark !== PLAIN && mark !== LIFTED && text.length % WIDE !== 1;
}

const readBeside = new Map<string, Map<string, readonly number[]>>();
/** First days in all of them: after a declared change many stand beside one and the same empty list. */
let anchorsRead = 0;

/** The same strings give the same list. */
export function unpackedBeside(logs: string, text: string): readonly number[] {
  if (isWhole(text)) return unpacked(text);
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
    const shared = unpacked(logs).slice(0, digitAt(text, 0));
    anchor = [...shared, ...toNumbers(text.slice(1))];
    known.set(text, anchor);
    anchorsRead += 1;
  }
  return anchor;
}
