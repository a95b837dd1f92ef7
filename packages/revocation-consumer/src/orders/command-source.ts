/**
 * Where commands come from and receipts go to: HTTP long-poll or Kafka. A cursor says up to where a
 * source was read; only its source understands it, and whoever keeps it beside what it led to loses
 * and doubles nothing.
 */
import type { JwsKeyRing } from '@waywarden/schemas';
import type { SignedReceipt, SignedRecord } from './signed-record.ts';

export interface CommandBatch {
  readonly records: readonly SignedRecord[];
  /** To go on from once these are done. */
  readonly cursor: string;
}

/** A receipt that whoever took them did not believe. */
export interface RefusedReceipt {
  /** Its place among those that were sent. */
  readonly index: number;
  readonly reason: string;
}

export interface CommandSource {
  /** Waits for what comes after `cursor` (null: the beginning); an empty batch when nothing came. */
  next(cursor: string | null, signal: AbortSignal): Promise<CommandBatch>;
  /** Those that were refused, where the source says so at once. */
  send(receipts: readonly SignedReceipt[], signal: AbortSignal): Promise<readonly RefusedReceipt[]>;
  /** The responder's public keys, where the source can ask for them. */
  commandKeys?(signal: AbortSignal): Promise<JwsKeyRing>;
  close(): Promise<void>;
}
