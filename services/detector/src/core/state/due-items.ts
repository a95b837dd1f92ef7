/**
 * Which chains (or values) expire when: buckets of an hour, so that a watermark looks at what falls
 * due and at nothing else. A thing stays in the bucket it was put in; when that falls due and the
 * thing has moved on, it is put into a later one.
 */
import type { Transaction } from '@waywarden/stage';

/** What falls due within one hour is looked at together. */
const DUE_BUCKET_MS = 3_600_000;

/** The list of things, where a stage has one only. */
const DUE = 'due';

function bucketsOf(transaction: Transaction, list: string): readonly number[] {
  return transaction.get<readonly number[]>(list) ?? [];
}

/** Where a thing was put; good until something is taken out of the same hour. */
export interface DuePlace {
  readonly bucket: number;
  readonly at: number;
}

/** Puts a thing where it falls due at `dueMs`; plain data. */
export function schedule(
  transaction: Transaction,
  item: object,
  dueMs: number,
  list = DUE,
): DuePlace {
  const bucket = Math.floor(dueMs / DUE_BUCKET_MS);
  const count = transaction.get<number>(`${list}/${bucket}`) ?? 0;
  if (count === 0) {
    const buckets = [...bucketsOf(transaction, list), bucket].sort((a, b) => a - b);
    transaction.put(list, buckets);
  }
  transaction.put(`${list}/${bucket}/${count}`, item);
  transaction.put(`${list}/${bucket}`, count + 1);
  return { bucket, at: count };
}

/** Takes one thing out again, before it falls due; the one that is now in its place, if any. */
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

/** Takes out what fell due: whole buckets, so up to an hour later than to the letter. */
export function takeDue<T>(transaction: Transaction, nowMs: number, list = DUE): readonly T[] {
  return bucketsOf(transaction, list)
    .filter((bucket) => (bucket + 1) * DUE_BUCKET_MS <= nowMs)
    .flatMap((bucket) => take<T>(transaction, list, bucket));
}

/**
 * The same, at most so many; what is left falls due still. Of an hour the last that was put there goes
 * first, so that nothing else changes its place.
 */
export function takeSomeDue<T>(
  transaction: Transaction,
  nowMs: number,
  max: number,
  list = DUE,
): readonly T[] {
  const items: T[] = [];
  while (items.length < max) {
    const [bucket] = bucketsOf(transaction, list);
    if (bucket === undefined || (bucket + 1) * DUE_BUCKET_MS > nowMs) break;
    const at = (transaction.get<number>(`${list}/${bucket}`) ?? 0) - 1;
    const item = transaction.get<T>(`${list}/${bucket}/${at}`);
    if (item !== undefined) items.push(item);
    unschedule(transaction, { bucket, at }, list);
  }
  return items;
}

/** What expires first, when there is no room for more. */
export function takeEarliest<T>(transaction: Transaction, list = DUE): readonly T[] {
  const [bucket] = bucketsOf(transaction, list);
  return bucket === undefined ? [] : take<T>(transaction, list, bucket);
}
