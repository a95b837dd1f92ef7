/**
 * What an agent did within the last window of time, in six parts that slide: a burst is seen whole
 * wherever in a minute it begins. A value that is told late counts where it belongs while that part
 * is still held. What is older is in no part of it: a source that catches up is no burst of the present. It has a
 * window of its own (`slideLate`), by the times at which it happened, so that it is judged all the same.
 */

export const PARTS = 6;

export interface SlidingWindow {
  /** Number of the newest part. */
  readonly head: number;
  /** Newest first, up to the oldest that holds anything. */
  readonly parts: readonly number[];
}

export const NO_WINDOW: SlidingWindow = { head: Number.MIN_SAFE_INTEGER, parts: [] };

/** In which part a time lies. */
export const partAt = (ms: number, windowMs: number): number => Math.floor((ms * PARTS) / windowMs);

/** The parts once the newest is so many further on; a list of its own. */
function shifted(parts: readonly number[], by: number): number[] {
  if (by === 0) return parts.slice();
  const moved = new Array<number>(Math.min(PARTS, parts.length + by)).fill(0);
  for (let at = by; at < moved.length; at += 1) moved[at] = parts[at - by] ?? 0;
  return moved;
}

/**
 * The window with this value in one of its parts, the same one where that changes nothing; undefined when the value is
 * older than all of it.
 */
export function slide(
  window: SlidingWindow,
  part: number,
  amount: number,
): SlidingWindow | undefined {
  const { head, parts } = window;
  const newest = Math.max(head, part);
  const place = newest - part;
  if (place >= PARTS) return undefined;
  if (amount === 0 && newest === head) return window;
  const moved = shifted(parts, newest - head);
  while (moved.length <= place) moved.push(0);
  moved[place] = (moved[place] ?? 0) + amount;
  while (moved.at(-1) === 0) moved.pop();
  return { head: newest, parts: moved };
}

export function sumOf({ parts }: SlidingWindow): number {
  let sum = 0;
  for (const one of parts) sum += one;
  return sum;
}

/**
 * The window of what is told too late, with this value in it. It ends with what is told latest and not with the latest
 * time: who tells an older thing begins anew, and what it then holds is the least that there was.
 */
export function slideLate(
  late: SlidingWindow = NO_WINDOW,
  part: number,
  amount: number,
): SlidingWindow {
  return slide(late, part, amount) ?? slide(NO_WINDOW, part, amount) ?? NO_WINDOW;
}
