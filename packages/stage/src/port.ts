/**
 * A stage: `decide(draft, record) → outputs`, without clock, randomness and IO. The runner drops
 * repeats, appends outputs, then commits state, marks and offset together.
 */

import type { RecordType } from '@waywarden/schemas';

/** The state of one input partition, as a key-value map. Values are plain JSON data. */
export interface Transaction {
  get<T>(key: string): T | undefined;
  put(key: string, value: unknown): void;
  delete(key: string): void;
}

/** One record of the input, parsed. `value` has passed the stage's validator. */
export interface StageRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly key: string | null;
  readonly type: RecordType;
  readonly value: unknown;
  /**
   * For a forwarded record: the source partition it came through (`topic/incarnation/partition`).
   */
  readonly source: string;
  /** Of an event of ingest: the header `ww_body`, which tells two bodies of one event id apart. */
  readonly body?: string | undefined;
}

/** One output; the runner adds `ww_src` and serialises `value` as JSON (keys in given order). */
export interface Output {
  readonly topic: string;
  readonly key: string | null;
  /** `all`: a copy to every partition (watermarks and control records are forwarded so). */
  readonly partition?: number | 'all';
  readonly type: RecordType;
  readonly value: unknown;
  /** CloudEvents id; derived, never random. */
  readonly id: string;
  readonly subject?: string;
  /** CloudEvents time (log time), RFC 3339. */
  readonly time?: string;
  /** Further headers, such as why something is a dead letter. */
  readonly headers?: Readonly<Record<string, string>>;
}

export type Decide = (transaction: Transaction, record: StageRecord) => readonly Output[];

/** A draft in plain memory: for tests, `score` and `evaluate`. */
export class MemoryTransaction implements Transaction {
  readonly entries = new Map<string, unknown>();

  get<T>(key: string): T | undefined {
    return this.entries.get(key) as T | undefined;
  }

  put(key: string, value: unknown): void {
    this.entries.set(key, value);
  }

  delete(key: string): void {
    this.entries.delete(key);
  }
}
