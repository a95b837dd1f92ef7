/**
 * Which chains (or values) expire when: buckets of an hour, so that a watermark looks at what falls
 * due and at nothing else. A thing stays in the bucket it was put in; when that falls due and the
 * thing has moved on, it is put into a later one.
 */
import type { Draft } from '@waywarden/stage';

/** What falls due within one hour is looked at together. */
const DUE_BUCKET_MS = 3_600_000;

const BUCKETS = 'due';

function bucketsOf(draft: Draft): readonly number[] {
  return draft.get<readonly number[]>(BUCKETS) ?? [];
}

/** Puts a thing where it falls due at `dueMs`; plain data. */
export function schedule(draft: Draft, item: object, dueMs: number): void {
  const bucket = Math.floor(dueMs / DUE_BUCKET_MS);
  const count = draft.get<number>(`due/${bucket}`) ?? 0;
  if (count === 0) {
    const buckets = [...bucketsOf(draft), bucket].sort((a, b) => a - b);
    draft.put(BUCKETS, buckets);
  }
  draft.put(`due/${bucket}/${count}`, item);
  draft.put(`due/${bucket}`, count + 1);
}

function take<T>(draft: Draft, bucket: number): readonly T[] {
  const count = draft.get<number>(`due/${bucket}`) ?? 0;
  const items: T[] = [];
  for (let at = 0; at < count; at += 1) {
    const item = draft.get<T>(`due/${bucket}/${at}`);
    if (item !== undefined) items.push(item);
    draft.delete(`due/${bucket}/${at}`);
  }
  draft.delete(`due/${bucket}`);
  draft.put(
    BUCKETS,
    bucketsOf(draft).filter((one) => one !== bucket),
  );
  return items;
}

/** Takes out what fell due: whole buckets, so up to an hour later than to the letter. */
export function takeDue<T>(draft: Draft, nowMs: number): readonly T[] {
  return bucketsOf(draft)
    .filter((bucket) => (bucket + 1) * DUE_BUCKET_MS <= nowMs)
    .flatMap((bucket) => take<T>(draft, bucket));
}

/** What expires first, when there is no room for more. */
export function takeEarliest<T>(draft: Draft): readonly T[] {
  const [bucket] = bucketsOf(draft);
  return bucket === undefined ? [] : take<T>(draft, bucket);
}
