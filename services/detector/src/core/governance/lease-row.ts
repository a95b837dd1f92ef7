/**
 * What is kept of a task's lease, and how: six numbers and a name in a list, since an agent has up to a hundred of
 * them. Flags and minutes are numbers for that; where earlier versions kept `true` it is read as 1, and what they
 * did not keep as 0, which says that it is not known.
 */
const NONE = -1;
const MINUTE_MS = 60_000;

export interface Kept {
  /** Fingerprint of the task's id. */
  readonly task: string;
  readonly deadlineMs: number | undefined;
  /** When it was said to have ended. */
  readonly endMs: number | undefined;
  /** Its deadline is. */
  readonly isProven: boolean;
  /** A proven call came after the end. */
  readonly isOverrun: boolean;
  /** The longest proven time from a first call to its deadline under this name, minutes begun; 0: not known. */
  readonly longestMin: number;
}

export type Row = readonly [
  task: string,
  deadlineMs: number,
  endMs: number,
  isProven: number | boolean,
  isOverrun: number | boolean,
  longestMin?: number,
];

export const beginningOf = (task: string, longestMin = 0): Kept => ({
  ...{ task, deadlineMs: undefined, endMs: undefined, isProven: false, isOverrun: false },
  longestMin,
});

export function fromRow([task, deadline, end, proven, overrun, longestMin = 0]: Row): Kept {
  return {
    task,
    deadlineMs: deadline === NONE ? undefined : deadline,
    endMs: end === NONE ? undefined : end,
    isProven: Number(proven) === 1,
    isOverrun: Number(overrun) > 0,
    longestMin,
  };
}

export function toRow({ task, deadlineMs, endMs, isProven, isOverrun, longestMin }: Kept): Row {
  const flags = [Number(isProven), Number(isOverrun)] as const;
  return [task, deadlineMs ?? NONE, endMs ?? NONE, ...flags, longestMin];
}

export const minutesBegun = (ms: number) => Math.ceil(ms / MINUTE_MS);

/** The end that stands: an asserted deadline does not hide a proven end. */
export function lastOf({ deadlineMs, endMs, isProven }: Kept): number | undefined {
  if (endMs === undefined || deadlineMs === undefined) return endMs ?? deadlineMs;
  return isProven ? Math.min(deadlineMs, endMs) : endMs;
}
