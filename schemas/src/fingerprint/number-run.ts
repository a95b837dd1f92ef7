/** Runs of digits as people write them; grouping tells phones, accounts and papers apart. */
import { isAlnum, isDigit } from './char-class.ts';

export interface NumberRun {
  readonly groups: readonly string[];
  readonly isDialled: boolean;
  /** After the last digit or bracket. */
  readonly end: number;
}

const DIGITS_MAX = 40;
const SPACE = 32;
const DASH = 45;
const DOT = 46;
const SLASH = 47;
const OPEN = 40;
const CLOSE = 41;
const PLUS = 43;

function isSeparator(code: number, isDialled: boolean): boolean {
  if (code === SPACE || code === DASH) return true;
  return isDialled && (code === DOT || code === SLASH || code === OPEN || code === CLOSE);
}

/** -1: none. */
function nextDigit(text: string, from: number, isDialled: boolean): number {
  const stepsMax = isDialled ? 3 : 1;
  for (let at = from; at <= from + stepsMax; at++) {
    const code = text.charCodeAt(at);
    if (isDigit(code)) return at === from ? -1 : at;
    if (!isSeparator(code, isDialled)) return -1;
  }
  return -1;
}

/** Part of a word, decimal or time. */
function runsOn(text: string, end: number): boolean {
  const code = text.charCodeAt(end);
  if (isAlnum(code) || code === 95 || code === 64 || code === 37) return true;
  const joins = code === DOT || code === 44 || code === 58 || code === SLASH || code === DASH;
  return joins && isAlnum(text.charCodeAt(end + 1));
}

function closesAreaCode(text: string, group: string, end: number): boolean {
  return group.length >= 2 && group.length <= 5 && text.charCodeAt(end) === CLOSE;
}

/** Undefined: part of a word. */
export function numberRunAt(text: string, start: number): NumberRun | undefined {
  const first = text.charCodeAt(start);
  const isDialled =
    first === PLUS || first === OPEN || (first === 48 && text.charCodeAt(start + 1) === 48);
  let at = first === PLUS || first === OPEN ? start + 1 : start;
  if (first === PLUS && text.charCodeAt(at) === OPEN) at++;
  const groups: string[] = [];
  let total = 0;
  let end = at;
  while (at !== -1 && total <= DIGITS_MAX) {
    let to = at;
    while (isDigit(text.charCodeAt(to))) to++;
    if (to === at) return undefined;
    const group = text.slice(at, to);
    // An area code only.
    if (first === OPEN && groups.length === 0 && !closesAreaCode(text, group, to)) return undefined;
    total += group.length;
    const isTrunkZero = group === '0' && groups.length > 0 && text.charCodeAt(to) === CLOSE;
    if (!isTrunkZero) groups.push(group);
    end = to;
    at = nextDigit(text, to, isDialled);
  }
  // Rereading would be quadratic.
  if (total <= DIGITS_MAX && runsOn(text, end)) return undefined;
  return { groups, isDialled, end };
}
