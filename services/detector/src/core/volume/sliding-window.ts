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
  /** Newest first. */
  readonly parts: readonly number[];
}

export const NO_WINDOW: SlidingWindow = { head: Number.MIN_SAFE_INTEGER, parts: [] };

/** The window with this value in it; undefined when the value is older than all of it. */
export function slide(
  { head, parts }: SlidingWindow,
  at: { readonly ms: number; readonly windowMs: number },
  amount: number,
): SlidingWindow | undefined {
  const part = Math.floor((at.ms * PARTS) / at.windowMs);
  const newest = Math.max(head, part);
  if (newest - part >= PARTS) return undefined;
  const shift = newest - head;
  const moved: number[] = [];
  // Not asked for below the first: an array is slow to say that it has no such part.
  for (let n = 0; n < PARTS; n += 1) moved.push(n < shift ? 0 : (parts[n - shift] ?? 0));
  moved[newest - part] = (moved[newest - part] ?? 0) + amount;
  return { head: newest, parts: moved };
}

export function sumOf({ parts }: SlidingWindow): number {
  return parts.reduce((sum, one) => sum + one, 0);
}

/**
 * The window of what is told too late, with this value in it. It ends with what is told latest and not with the latest
 * time: who tells an older thing begins anew, and what it then holds is the least that there was.
 */
export function slideLate(
  late: SlidingWindow = NO_WINDOW,
  at: { readonly ms: number; readonly windowMs: number },
  amount: number,
): SlidingWindow {
  return slide(late, at, amount) ?? slide(NO_WINDOW, at, amount) ?? NO_WINDOW;
}
