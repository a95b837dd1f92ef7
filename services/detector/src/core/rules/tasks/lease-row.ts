/** What is stored of a task's lease. */
import { MINUTE_MS } from '../../domain/day.ts';

export interface StoredLease {
  /** Fingerprint of the task's id. */
  readonly task: string;
  readonly deadlineMs: number | undefined;
  /** When it was said to have ended. */
  readonly endMs: number | undefined;
  /** Its deadline is. */
  readonly isProven: boolean;
  /** Its name was given a later deadline after an end before. */
  readonly recurs: boolean;
  /**
   * Minutes begun from the end to the latest proven call after it, or to the deadline which that stated as a next
   * run would; 0: none came.
   */
  readonly lateMin: number;
  /** The longest proven time from a first call to its deadline under this name, minutes begun; 0: not known. */
  readonly longestMin: number;
}

/** Of a name that is met first. */
export const beginningOf = (task: string): StoredLease => ({
  ...{ task, deadlineMs: undefined, endMs: undefined, isProven: false, recurs: false },
  ...{ lateMin: 0, longestMin: 0 },
});

export const minutesBegun = (ms: number) => Math.ceil(ms / MINUTE_MS);

/** The end that stands: an asserted deadline does not hide a proven end. */
export function leaseEndOf({ deadlineMs, endMs, isProven }: StoredLease): number | undefined {
  if (endMs === undefined || deadlineMs === undefined) return endMs ?? deadlineMs;
  return isProven ? Math.min(deadlineMs, endMs) : endMs;
}
