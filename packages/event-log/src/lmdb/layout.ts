/**
 * Where things lie in the LMDB environment; only tests and this adapter use it. Records are keyed
 * (topic id, partition, offset), big endian. Next offsets are stored apart, so that a cut tail is
 * noticed.
 */

import type { TopicRetention } from '../port.ts';
import { IN_BACKGROUND } from './background-commit.ts';

export const LAYOUT_VERSION = 1;

export const RECORDS = 'records';
export const TOPICS_DATABASE = 'topics';
export const ENDS = 'ends';
export const ABOUT = 'about';
/** First offsets that are kept, with what was removed before them; absent: all is there. */
export const STARTS = 'starts';
/** By record key; see `StoredMark`. */
export const MARKS = 'marks';

/** `noSubdir: false`: without it lmdb takes a folder whose name has a dot for a file. */
export const ENVIRONMENT = { noSubdir: false, maxDbs: 8, ...IN_BACKGROUND } as const;
export const BINARY = { encoding: 'binary', keyEncoding: 'binary' } as const;
export const BINARY_KEYS = { keyEncoding: 'binary' } as const;
export const JSON_VALUES = { encoding: 'json' } as const;

export const KEY_BYTES = 16;

export interface StoredTopic {
  readonly id: number;
  readonly incarnation: string;
  readonly partitions: number;
  readonly compacted: boolean;
  readonly retention?: TopicRetention;
}

/** Database `marks`. Retention is decided by these, since a record itself has no append time. */
export interface StoredMark {
  /** Everything before this offset was appended at this time at the latest (Unix ms). */
  readonly before: number;
  /** This offset and all after it were appended at this time at the earliest. */
  readonly after: number;
  /** Bytes that all records before this offset have taken, removed ones included. */
  readonly bytes: number;
}

/** Records that were removed although a reader had still to read them. */
export interface LostRecords {
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
  readonly at: number;
  readonly readers: readonly string[];
}

export interface StoredStart {
  readonly offset: number;
  /** Removed so far; as offsets have no gaps, it must equal `offset`. */
  readonly records: number;
  readonly bytes: number;
  readonly at: number;
  readonly why: 'age' | 'size' | 'hard_size';
  readonly lost: readonly LostRecords[];
  /** The last record removed, in base64 as it was stored, of topics whose records form a chain. */
  readonly last?: string;
}

export interface RecordKey {
  readonly topicId: number;
  readonly partition: number;
  readonly offset: number;
}

export function writeRecordKey(out: Buffer, key: RecordKey): void {
  out.writeUInt32BE(key.topicId, 0);
  out.writeUInt32BE(key.partition, 4);
  out.writeUInt32BE(Math.floor(key.offset / 0x1_0000_0000), 8);
  out.writeUInt32BE(key.offset % 0x1_0000_0000, 12);
}

export function recordKey(key: RecordKey): Buffer {
  const out = Buffer.allocUnsafe(KEY_BYTES);
  writeRecordKey(out, key);
  return out;
}

export function offsetOf(key: Uint8Array): number {
  const view = new DataView(key.buffer, key.byteOffset, key.byteLength);
  return view.getUint32(8) * 0x1_0000_0000 + view.getUint32(12);
}

export function endKey(topicId: number, partition: number): string {
  return `${topicId}/${partition}`;
}
