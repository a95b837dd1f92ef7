import { MINUTE_MS } from '../../domain/day.ts';

export interface StoredLease {
  /** Fingerprint of the task's id. */
  readonly task: string;
  readonly deadlineMs: number | undefined;
  readonly endMs: number | undefined;
  readonly isProven: boolean;
  readonly recurs: boolean;
  /** Minutes from the end to the latest proven call, or to its new deadline; 0: none. */
  readonly lateMin: number;
  /** Minutes; 0: not known. */
  readonly longestMin: number;
}

export const beginningOf = (task: string): StoredLease => ({
  ...{ task, deadlineMs: undefined, endMs: undefined, isProven: false, recurs: false },
  ...{ lateMin: 0, longestMin: 0 },
});

export const minutesBegun = (ms: number) => Math.ceil(ms / MINUTE_MS);

/** An asserted deadline hides no proven end. */
export function leaseEndOf({ deadlineMs, endMs, isProven }: StoredLease): number | undefined {
  if (endMs === undefined || deadlineMs === undefined) return endMs ?? deadlineMs;
  return isProven ? Math.min(deadlineMs, endMs) : endMs;
}
