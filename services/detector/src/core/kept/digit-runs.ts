/**
 * Numbers of a fixed width in a row, of which those that follow their like are only counted: most days of an agent
 * have no denial and no error, and many have one call in their busiest minute.
 *
 * Rejected: a shorter width for small numbers, by which no number could be found by its place.
 */
import { fromDigits, toDigits } from './print-table.ts';

/** Not a digit: how many more like the number before follow, in one digit. */
const MORE = '*';
const MORE_MAX = 63;
const MARK_LENGTH = 2;

/** `text` in numbers of `width` digits; runs that would not be shorter stay as they are. */
export function withRuns(text: string, width: number): string {
  let runs = '';
  for (let at = 0; at < text.length; ) {
    const number = text.slice(at, at + width);
    let more = 0;
    while (more < MORE_MAX && text.startsWith(number, at + (more + 1) * width)) more += 1;
    const isShorter = more * width > MARK_LENGTH;
    runs += isShorter ? number + MORE + toDigits(more, 1) : number.repeat(more + 1);
    at += (more + 1) * width;
  }
  return runs;
}

/** The numbers again, each in full; what has no runs is given back. */
export function withoutRuns(runs: string, width: number): string {
  if (!runs.includes(MORE)) return runs;
  const [first = '', ...others] = runs.split(MORE);
  let text = first;
  for (const other of others) {
    text += text.slice(-width).repeat(fromDigits(other.charAt(0))) + other.slice(1);
  }
  return text;
}
