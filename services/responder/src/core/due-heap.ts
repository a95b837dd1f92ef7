/**
 * What falls due at a moment of log time, soonest first: a binary heap over the draft, so that each
 * step of the journal touches a few keys however much waits. Entries are never taken out early; who
 * finds one due looks whether it still matters.
 */
import type { Draft } from '@waywarden/stage';

/** What is handed out in one step; the rest follows with the next one. */
const DUE_PER_STEP_MAX = 64;
/** Two for each command that may be in force; beyond, nothing is noted and `false` says so. */
const DUE_MAX = 400_000;

/** `receipts` was noted by earlier versions and no longer means anything. */
export const DUE_KINDS = [
  ...(['receipts', 'lapse', 'task_end', 'lease', 'probe', 'blackout'] as const),
  'budget',
] as const;

export interface Due {
  readonly atMs: number;
  readonly what: (typeof DUE_KINDS)[number];
  /** Of `task_end`: the event that told it; of `lease`: who holds it. */
  readonly commandId: string;
  /** Of these two, which no order tells of. */
  readonly tenantId?: string;
}

const SIZE = 'due';
const at = (index: number) => `due|${index}`;

function read(draft: Draft, index: number): Due | undefined {
  return draft.get<Due>(at(index));
}

function swap(draft: Draft, a: number, b: number): void {
  const [one, other] = [read(draft, a), read(draft, b)];
  draft.put(at(a), other);
  draft.put(at(b), one);
}

function isBefore(draft: Draft, a: number, b: number): boolean {
  return (read(draft, a)?.atMs ?? 0) < (read(draft, b)?.atMs ?? 0);
}

export function noteDue(draft: Draft, due: Due): boolean {
  const size = draft.get<number>(SIZE) ?? 0;
  if (size >= DUE_MAX) return false;
  draft.put(at(size), due);
  draft.put(SIZE, size + 1);
  let child = size;
  while (child > 0) {
    const parent = (child - 1) >> 1;
    if (!isBefore(draft, child, parent)) break;
    swap(draft, child, parent);
    child = parent;
  }
  return true;
}

function takeFirst(draft: Draft, size: number): void {
  const last = size - 1;
  draft.put(at(0), read(draft, last));
  draft.delete(at(last));
  draft.put(SIZE, last);
  let parent = 0;
  for (;;) {
    const [left, right] = [2 * parent + 1, 2 * parent + 2];
    if (left >= last) return;
    const least = right < last && isBefore(draft, right, left) ? right : left;
    if (!isBefore(draft, least, parent)) return;
    swap(draft, parent, least);
    parent = least;
  }
}

/** When the soonest falls due; undefined when nothing waits. */
export function nextDueMs(draft: Draft): number | undefined {
  return (draft.get<number>(SIZE) ?? 0) > 0 ? read(draft, 0)?.atMs : undefined;
}

/** What fell due up to `nowMs`, soonest first, and no longer waits. */
export function takeDue(draft: Draft, nowMs: number): readonly Due[] {
  const taken: Due[] = [];
  while (taken.length < DUE_PER_STEP_MAX) {
    const size = draft.get<number>(SIZE) ?? 0;
    const first = size > 0 ? read(draft, 0) : undefined;
    if (first === undefined || first.atMs > nowMs) break;
    takeFirst(draft, size);
    taken.push(first);
  }
  return taken;
}
