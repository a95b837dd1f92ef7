/**
 * Where commands come from and receipts go to: HTTP long-poll or Kafka. Only its source understands
 * a cursor; kept beside what it led to, nothing is lost or doubled.
 */
import type { JwsKeyRing } from '@waywarden/schemas';
import type { SignedReceipt, SignedRecord } from './signed-record.ts';

export interface CommandBatch {
  readonly records: readonly SignedRecord[];
  /** To go on from once these are done. */
  readonly cursor: string;
}

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
