/**
 * What falls due at a moment of log time: binary heaps over the draft. Entries are never taken out
 * early. Four heaps, so that invented ends of tasks never keep an order from lapsing.
 */
import type { Draft } from '@waywarden/stage';

/** `receipts` was noted by earlier versions and no longer means anything. */
export const DUE_KINDS = [
  ...(['receipts', 'lapse', 'task_end', 'lease', 'probe', 'blackout'] as const),
  ...(['budget', 'receivers'] as const),
] as const;

export interface Due {
  readonly atMs: number;
  readonly what: (typeof DUE_KINDS)[number];
  /** Of `task_end`: the event that told it. */
  readonly commandId: string;
  /** Of these two, which no order tells of. */
  readonly tenantId?: string;
}

interface Heap {
  readonly name: string;
  /** Beyond, nothing is noted and `false` says so. */
  readonly most: number;
  /** What is handed out in one step. */
  readonly perStep: number;
}

/** Earlier versions kept everything here: what they left is handed out with it. */
const ORDERS: Heap = { name: 'due', most: 400_000, perStep: 256 };
const ENDS: Heap = { name: 'due_end', most: 200_000, perStep: 64 };
const LEASES: Heap = { name: 'due_lease', most: 200_000, perStep: 64 };
const ASSERTED: Heap = { name: 'due_asserted', most: 10_000, perStep: 16 };
const HEAPS: readonly Heap[] = [ORDERS, ENDS, LEASES, ASSERTED];

function heapOf({ what }: Due, isProven: boolean): Heap {
  if (!isProven) return ASSERTED;
  if (what === 'task_end') return ENDS;
  return what === 'lease' ? LEASES : ORDERS;
}

const sizeOf = (draft: Draft, { name }: Heap) => draft.get<number>(name) ?? 0;
const at = ({ name }: Heap, index: number) => `${name}|${index}`;

function read(draft: Draft, heap: Heap, index: number): Due | undefined {
  return draft.get<Due>(at(heap, index));
}

function swap(draft: Draft, heap: Heap, [a, b]: readonly [number, number]): void {
  const [one, other] = [read(draft, heap, a), read(draft, heap, b)];
  draft.put(at(heap, a), other);
  draft.put(at(heap, b), one);
}

function isBefore(draft: Draft, heap: Heap, [a, b]: readonly [number, number]): boolean {
  return (read(draft, heap, a)?.atMs ?? 0) < (read(draft, heap, b)?.atMs ?? 0);
}

/** False where there is no room for it. */
export function noteDue(draft: Draft, due: Due, isProven = true): boolean {
  const heap = heapOf(due, isProven);
  const size = sizeOf(draft, heap);
  if (size >= heap.most && due.what !== 'lapse') return false;
  draft.put(at(heap, size), due);
  draft.put(heap.name, size + 1);
  let child = size;
  while (child > 0) {
    const parent = (child - 1) >> 1;
    if (!isBefore(draft, heap, [child, parent])) break;
    swap(draft, heap, [child, parent]);
    child = parent;
  }
  return true;
}

function takeFirst(draft: Draft, heap: Heap, size: number): void {
  const last = size - 1;
  draft.put(at(heap, 0), read(draft, heap, last));
  draft.delete(at(heap, last));
  draft.put(heap.name, last);
  let parent = 0;
  for (;;) {
    const [left, right] = [2 * parent + 1, 2 * parent + 2];
    if (left >= last) return;
    const least = right < last && isBefore(draft, heap, [right, left]) ? right : left;
    if (!isBefore(draft, heap, [least, parent])) return;
    swap(draft, heap, [parent, least]);
    parent = least;
  }
}

function firstMs(draft: Draft, heap: Heap): number {
  const first = sizeOf(draft, heap) > 0 ? read(draft, heap, 0) : undefined;
  return first?.atMs ?? Number.POSITIVE_INFINITY;
}

/** When the soonest falls due; undefined when nothing waits. */
export function nextDueMs(draft: Draft): number | undefined {
  const soonest = Math.min(...HEAPS.map((heap) => firstMs(draft, heap)));
  return Number.isFinite(soonest) ? soonest : undefined;
}

/** Something about an order fell due, and its turn has not come yet. */
export function isOrderDue(draft: Draft, nowMs: number): boolean {
  return firstMs(draft, ORDERS) <= nowMs;
}

function takeFrom(draft: Draft, heap: Heap, nowMs: number): readonly Due[] {
  const taken: Due[] = [];
  while (taken.length < heap.perStep && firstMs(draft, heap) <= nowMs) {
    const first = read(draft, heap, 0);
    takeFirst(draft, heap, sizeOf(draft, heap));
    if (first !== undefined) taken.push(first);
  }
  return taken;
}

/** What fell due up to `nowMs` and no longer waits. */
export function takeDue(draft: Draft, nowMs: number): readonly Due[] {
  return HEAPS.flatMap((heap) => takeFrom(draft, heap, nowMs));
}
