/**
 * Which chains (or values) expire when: buckets of an hour, so that a watermark looks at what falls
 * due and at nothing else. A thing stays in the bucket it was put in; when that falls due and the
 * thing has moved on, it is put into a later one.
 */
import type { Draft } from '@waywarden/stage';

/** What falls due within one hour is looked at together. */
const DUE_BUCKET_MS = 3_600_000;

/** The list of things, where a stage has one only. */
const DUE = 'due';

function bucketsOf(draft: Draft, list: string): readonly number[] {
  return draft.get<readonly number[]>(list) ?? [];
}

/** Where a thing was put; good until something is taken out of the same hour. */
export interface DuePlace {
  readonly bucket: number;
  readonly at: number;
}

/** Puts a thing where it falls due at `dueMs`; plain data. */
export function schedule(draft: Draft, item: object, dueMs: number, list = DUE): DuePlace {
  const bucket = Math.floor(dueMs / DUE_BUCKET_MS);
  const count = draft.get<number>(`${list}/${bucket}`) ?? 0;
  if (count === 0) {
    const buckets = [...bucketsOf(draft, list), bucket].sort((a, b) => a - b);
    draft.put(list, buckets);
  }
  draft.put(`${list}/${bucket}/${count}`, item);
  draft.put(`${list}/${bucket}`, count + 1);
  return { bucket, at: count };
}

/** Takes one thing out again, before it falls due; the one that is now in its place, if any. */
export function unschedule<T>(draft: Draft, place: DuePlace, list = DUE): T | undefined {
  const { bucket, at } = place;
  const last = (draft.get<number>(`${list}/${bucket}`) ?? 0) - 1;
  if (at > last) return undefined;
  const moved = at === last ? undefined : draft.get<T>(`${list}/${bucket}/${last}`);
  if (moved !== undefined) draft.put(`${list}/${bucket}/${at}`, moved);
  draft.delete(`${list}/${bucket}/${last}`);
  if (last === 0) take(draft, list, bucket);
  else draft.put(`${list}/${bucket}`, last);
  return moved;
}

function take<T>(draft: Draft, list: string, bucket: number): readonly T[] {
  const count = draft.get<number>(`${list}/${bucket}`) ?? 0;
  const items: T[] = [];
  for (let at = 0; at < count; at += 1) {
    const item = draft.get<T>(`${list}/${bucket}/${at}`);
    if (item !== undefined) items.push(item);
    draft.delete(`${list}/${bucket}/${at}`);
  }
  draft.delete(`${list}/${bucket}`);
  draft.put(
    list,
    bucketsOf(draft, list).filter((one) => one !== bucket),
  );
  return items;
}

/** Takes out what fell due: whole buckets, so up to an hour later than to the letter. */
export function takeDue<T>(draft: Draft, nowMs: number, list = DUE): readonly T[] {
  return bucketsOf(draft, list)
    .filter((bucket) => (bucket + 1) * DUE_BUCKET_MS <= nowMs)
    .flatMap((bucket) => take<T>(draft, list, bucket));
}

/**
 * The same, at most so many; what is left falls due still. Of an hour the last that was put there goes
 * first, so that nothing else changes its place.
 */
export function takeSomeDue<T>(draft: Draft, nowMs: number, max: number, list = DUE): readonly T[] {
  const items: T[] = [];
  while (items.length < max) {
    const [bucket] = bucketsOf(draft, list);
    if (bucket === undefined || (bucket + 1) * DUE_BUCKET_MS > nowMs) break;
    const at = (draft.get<number>(`${list}/${bucket}`) ?? 0) - 1;
    const item = draft.get<T>(`${list}/${bucket}/${at}`);
    if (item !== undefined) items.push(item);
    unschedule(draft, { bucket, at }, list);
  }
  return items;
}

/** What expires first, when there is no room for more. */
export function takeEarliest<T>(draft: Draft, list = DUE): readonly T[] {
  const [bucket] = bucketsOf(draft, list);
  return bucket === undefined ? [] : take<T>(draft, list, bucket);
}
