/** The offset that a batch was asked for. kafkajs 2.2.4 sets it on every batch but leaves it out of its typings. */
import type { Batch } from 'kafkajs';

export function fetchedFrom(batch: Batch): number {
  const { fetchedOffset } = batch as Batch & { readonly fetchedOffset?: string | number };
  return Number(fetchedOffset ?? batch.firstOffset());
}
