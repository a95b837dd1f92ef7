/**
 * The offset that a batch was asked for. kafkajs 2.2.4 sets it on every batch but leaves it out of
 * its typings. It is the one sure sign that nothing lies between two batches: the first record's
 * own offset may be higher without a loss, after compaction or a transaction's marker.
 */
import type { Batch } from 'kafkajs';

export function fetchedFrom(batch: Batch): number {
  const { fetchedOffset } = batch as Batch & { readonly fetchedOffset?: string | number };
  return Number(fetchedOffset ?? batch.firstOffset());
}
