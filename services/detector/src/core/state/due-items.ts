/** What expires when, in buckets of an hour; a thing that moved on is put into a later one. */
import type { Transaction } from '@waywarden/stage';
import { HOUR_MS } from '../domain/day.ts';

const DUE = 'due';

function bucketsOf(transaction: Transaction, list: string): readonly number[] {
  return transaction.get<readonly number[]>(list) ?? [];
}

/** Good until something of that hour is taken. */
export interface DuePlace {
  readonly bucket: number;
  readonly at: number;
}

export function schedule(
  transaction: Transaction,
  item: object,
  dueMs: number,
  list = DUE,
): DuePlace {
  const bucket = Math.floor(dueMs / HOUR_MS);
  const count = transaction.get<number>(`${list}/${bucket}`) ?? 0;
  if (count === 0) {
    const buckets = [...bucketsOf(transaction, list), bucket].sort((a, b) => a - b);
    transaction.put(list, buckets);
  }
  transaction.put(`${list}/${bucket}/${count}`, item);
  transaction.put(`${list}/${bucket}`, count + 1);
  return { bucket, at: count };
}

/** Returns what now is in its place. */
export function unschedule<T>(
  transaction: Transaction,
  place: DuePlace,
  list = DUE,
): T | undefined {
  const { bucket, at } = place;
  const last = (transaction.get<number>(`${list}/${bucket}`) ?? 0) - 1;
  if (at > last) return undefined;
  const moved = at === last ? undefined : transaction.get<T>(`${list}/${bucket}/${last}`);
  if (moved !== undefined) transaction.put(`${list}/${bucket}/${at}`, moved);
  transaction.delete(`${list}/${bucket}/${last}`);
  if (last === 0) take(transaction, list, bucket);
  else transaction.put(`${list}/${bucket}`, last);
  return moved;
}

function take<T>(transaction: Transaction, list: string, bucket: number): readonly T[] {
  const count = transaction.get<number>(`${list}/${bucket}`) ?? 0;
  const items: T[] = [];
  for (let at = 0; at < count; at += 1) {
    const item = transaction.get<T>(`${list}/${bucket}/${at}`);
    if (item !== undefined) items.push(item);
    transaction.delete(`${list}/${bucket}/${at}`);
  }
  transaction.delete(`${list}/${bucket}`);
  transaction.put(
    list,
    bucketsOf(transaction, list).filter((one) => one !== bucket),
  );
  return items;
}

/** Whole buckets: up to an hour late. */
export function takeDue<T>(transaction: Transaction, nowMs: number, list = DUE): readonly T[] {
  return bucketsOf(transaction, list)
    .filter((bucket) => (bucket + 1) * HOUR_MS <= nowMs)
    .flatMap((bucket) => take<T>(transaction, list, bucket));
}

/** The last put goes first, so nothing else moves. */
export function takeSomeDue<T>(
  transaction: Transaction,
  nowMs: number,
  max: number,
  list = DUE,
): readonly T[] {
  const items: T[] = [];
  while (items.length < max) {
    const [bucket] = bucketsOf(transaction, list);
    if (bucket === undefined || (bucket + 1) * HOUR_MS > nowMs) break;
    const at = (transaction.get<number>(`${list}/${bucket}`) ?? 0) - 1;
    const item = transaction.get<T>(`${list}/${bucket}/${at}`);
    if (item !== undefined) items.push(item);
    unschedule(transaction, { bucket, at }, list);
  }
  return items;
}

export function takeEarliest<T>(transaction: Transaction, list = DUE): readonly T[] {
  const [bucket] = bucketsOf(transaction, list);
  return bucket === undefined ? [] : take<T>(transaction, list, bucket);
}
