/**
 * What is kept of a task's lease, and how: six numbers and a name in a list, since an agent has up to a hundred of
 * them. Flags and minutes are numbers for that; where earlier versions kept `true` it is read as 1, and what they
 * did not keep as 0, which says that it is not known.
 */
const NONE = -1;
export const MINUTE_MS = 60_000;
const PROVEN = 1;
const RECURS = 2;

export interface Kept {
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
   * run would; 0: none came. Of an earlier version 1.
   */
  readonly lateMin: number;
  /** The longest proven time from a first call to its deadline under this name, minutes begun; 0: not known. */
  readonly longestMin: number;
}

export type Row = readonly [
  task: string,
  deadlineMs: number,
  endMs: number,
  /** PROVEN, RECURS or both. */
  flags: number | boolean,
  lateMin: number | boolean,
  longestMin?: number,
];

/** Of a name that is met first. */
export const beginningOf = (task: string): Kept => ({
  ...{ task, deadlineMs: undefined, endMs: undefined, isProven: false, recurs: false },
  ...{ lateMin: 0, longestMin: 0 },
});

export function fromRow([task, deadline, end, flags, late, longestMin = 0]: Row): Kept {
  return {
    task,
    deadlineMs: deadline === NONE ? undefined : deadline,
    endMs: end === NONE ? undefined : end,
    isProven: Number(flags) % RECURS === PROVEN,
    recurs: Number(flags) >= RECURS,
    lateMin: Number(late),
    longestMin,
  };
}

export function toRow({ task, deadlineMs, endMs, isProven, recurs, ...of }: Kept): Row {
  const flags = (isProven ? PROVEN : 0) + (recurs ? RECURS : 0);
  return [task, deadlineMs ?? NONE, endMs ?? NONE, flags, of.lateMin, of.longestMin];
}

export const minutesBegun = (ms: number) => Math.ceil(ms / MINUTE_MS);

/** The end that stands: an asserted deadline does not hide a proven end. */
export function lastOf({ deadlineMs, endMs, isProven }: Kept): number | undefined {
  if (endMs === undefined || deadlineMs === undefined) return endMs ?? deadlineMs;
  return isProven ? Math.min(deadlineMs, endMs) : endMs;
}
