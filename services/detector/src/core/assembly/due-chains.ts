/**
 * Which chains expire when: buckets of an hour, so that a watermark looks at what falls due and at
 * nothing else. A chain stays in the bucket it was put in; when that falls due and the chain has
 * moved on, it is put into a later one.
 */
import type { Draft } from '@waywarden/stage';
import { DUE_BUCKET_MS } from './assembly-limits.ts';

export interface DueChain {
  readonly tenant: string;
  readonly chain: string;
}

const BUCKETS = 'due';

function bucketsOf(draft: Draft): readonly number[] {
  return draft.get<readonly number[]>(BUCKETS) ?? [];
}

/** Puts a chain where it falls due at `dueMs`. */
export function schedule(draft: Draft, chain: DueChain, dueMs: number): void {
  const bucket = Math.floor(dueMs / DUE_BUCKET_MS);
  const count = draft.get<number>(`due/${bucket}`) ?? 0;
  if (count === 0) {
    const buckets = [...bucketsOf(draft), bucket].sort((a, b) => a - b);
    draft.put(BUCKETS, buckets);
  }
  draft.put(`due/${bucket}/${count}`, chain);
  draft.put(`due/${bucket}`, count + 1);
}

function take(draft: Draft, bucket: number): readonly DueChain[] {
  const count = draft.get<number>(`due/${bucket}`) ?? 0;
  const chains: DueChain[] = [];
  for (let at = 0; at < count; at += 1) {
    const chain = draft.get<DueChain>(`due/${bucket}/${at}`);
    if (chain !== undefined) chains.push(chain);
    draft.delete(`due/${bucket}/${at}`);
  }
  draft.delete(`due/${bucket}`);
  draft.put(
    BUCKETS,
    bucketsOf(draft).filter((one) => one !== bucket),
  );
  return chains;
}

/** Takes out what fell due: whole buckets, so up to an hour later than to the letter. */
export function takeDue(draft: Draft, nowMs: number): readonly DueChain[] {
  return bucketsOf(draft)
    .filter((bucket) => (bucket + 1) * DUE_BUCKET_MS <= nowMs)
    .flatMap((bucket) => take(draft, bucket));
}

/** The chains that expire first, when there is no room for another. */
export function takeEarliest(draft: Draft): readonly DueChain[] {
  const [bucket] = bucketsOf(draft);
  return bucket === undefined ? [] : take(draft, bucket);
}
