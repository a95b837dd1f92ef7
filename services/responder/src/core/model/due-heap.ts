/** What falls due by log time: four binary heaps, so that invented ends of tasks never keep an order from lapsing. */
import type { Transaction } from '@waywarden/stage';

export const DUE_KINDS = [
  ...(['receipts', 'lapse', 'task_end', 'lease', 'probe', 'blackout'] as const),
  ...(['budget', 'receivers'] as const),
] as const;

export interface Due {
  readonly atMs: number;
  readonly what: (typeof DUE_KINDS)[number];
  /** Of `task_end`: the event. */
  readonly commandId: string;
  readonly tenantId?: string;
}

interface Heap {
  readonly name: string;
  /** Beyond, nothing is noted and `false` says so. */
  readonly most: number;
  /** In one step. */
  readonly perStep: number;
}

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

const sizeOf = (transaction: Transaction, { name }: Heap) => transaction.get<number>(name) ?? 0;
const at = ({ name }: Heap, index: number) => `${name}|${index}`;

function read(transaction: Transaction, heap: Heap, index: number): Due | undefined {
  return transaction.get<Due>(at(heap, index));
}

function swap(transaction: Transaction, heap: Heap, [a, b]: readonly [number, number]): void {
  const [one, other] = [read(transaction, heap, a), read(transaction, heap, b)];
  transaction.put(at(heap, a), other);
  transaction.put(at(heap, b), one);
}

function isBefore(
  transaction: Transaction,
  heap: Heap,
  [a, b]: readonly [number, number],
): boolean {
  return (read(transaction, heap, a)?.atMs ?? 0) < (read(transaction, heap, b)?.atMs ?? 0);
}

/** False: no room. */
export function noteDue(transaction: Transaction, due: Due, isProven = true): boolean {
  const heap = heapOf(due, isProven);
  const size = sizeOf(transaction, heap);
  if (size >= heap.most && due.what !== 'lapse') return false;
  transaction.put(at(heap, size), due);
  transaction.put(heap.name, size + 1);
  let child = size;
  while (child > 0) {
    const parent = (child - 1) >> 1;
    if (!isBefore(transaction, heap, [child, parent])) break;
    swap(transaction, heap, [child, parent]);
    child = parent;
  }
  return true;
}

function takeFirst(transaction: Transaction, heap: Heap, size: number): void {
  const last = size - 1;
  transaction.put(at(heap, 0), read(transaction, heap, last));
  transaction.delete(at(heap, last));
  transaction.put(heap.name, last);
  let parent = 0;
  for (;;) {
    const [left, right] = [2 * parent + 1, 2 * parent + 2];
    if (left >= last) return;
    const least = right < last && isBefore(transaction, heap, [right, left]) ? right : left;
    if (!isBefore(transaction, heap, [least, parent])) return;
    swap(transaction, heap, [parent, least]);
    parent = least;
  }
}

function firstMs(transaction: Transaction, heap: Heap): number {
  const first = sizeOf(transaction, heap) > 0 ? read(transaction, heap, 0) : undefined;
  return first?.atMs ?? Number.POSITIVE_INFINITY;
}

/** Undefined: nothing waits. */
export function nextDueMs(transaction: Transaction): number | undefined {
  const soonest = Math.min(...HEAPS.map((heap) => firstMs(transaction, heap)));
  return Number.isFinite(soonest) ? soonest : undefined;
}

export function isOrderDue(transaction: Transaction, nowMs: number): boolean {
  return firstMs(transaction, ORDERS) <= nowMs;
}

function takeFrom(transaction: Transaction, heap: Heap, nowMs: number): readonly Due[] {
  const taken: Due[] = [];
  while (taken.length < heap.perStep && firstMs(transaction, heap) <= nowMs) {
    const first = read(transaction, heap, 0);
    takeFirst(transaction, heap, sizeOf(transaction, heap));
    if (first !== undefined) taken.push(first);
  }
  return taken;
}

export function popDue(transaction: Transaction, nowMs: number): readonly Due[] {
  return HEAPS.flatMap((heap) => takeFrom(transaction, heap, nowMs));
}
