/**
 * The one port through which services meet: topics, partitions, gapless records; what determinism
 * needs of Kafka and no more. Readers own their offsets (docs/adr/0002-event-log-port.md).
 */

/** Headers are short UTF-8 strings; names are those of CloudEvents (`ce_*`) and ours (`ww_*`). */
export type LogHeaders = Readonly<Record<string, string>>;

/** How long a topic's records are kept. Absent limits don't apply; without any the topic is whole. */
export interface TopicRetention {
  /** Since a record was appended, by the log's own clock. */
  readonly ageMs?: number;
  /** Of one partition, as it lies on disk. */
  readonly bytes?: number;
  /** The last record that was removed is kept apart: of records that form a chain, the anchor. */
  readonly keepsLast?: true;
}

export interface TopicSpec {
  readonly name: string;
  /** Fixed for the life of the incarnation. */
  readonly partitions: number;
  /** Keep only the last record of each key (a hint to the broker; readers must not rely on it). */
  readonly compacted?: boolean;
  /** Given for a topic that exists, it replaces what was set; absent, that stays. */
  readonly retention?: TopicRetention;
}

export interface TopicInfo {
  readonly name: string;
  /** Changes whenever offsets start anew: the topic was made again, or has other partitions. */
  readonly incarnation: string;
  readonly partitions: number;
}

export interface AppendRecord {
  readonly topic: string;
  /** When absent, `partitionOf(key, partitions)`; one of the two must be given. */
  readonly partition?: number;
  readonly key: string | null;
  readonly value: Uint8Array | null;
  readonly headers: LogHeaders;
  /** See `LogRecord.decoded`: given by who made `value` from it, and not changed any more. */
  readonly decoded?: unknown;
}

export interface LogRecord {
  readonly topic: string;
  readonly incarnation: string;
  readonly partition: number;
  /** Gapless from 0 in LMDB; increasing in Kafka. A safe integer. */
  readonly offset: number;
  readonly key: string | null;
  readonly value: Uint8Array | null;
  readonly headers: LogHeaders;
  /** When it was appended, by a clock that its writer does not set (Unix ms). */
  readonly appendedMs?: number;
  /** What `JSON.parse` of `value` gives; only of a record that this process wrote moments ago. */
  readonly decoded?: unknown;
}

/** Consecutive records of one partition, in order; never empty. */
export interface ReadBatch {
  readonly topic: string;
  readonly incarnation: string;
  readonly partition: number;
  readonly records: readonly LogRecord[];
  /** The next offset to be written when the batch was read. */
  readonly endOffset: number;
}

export interface ReaderOptions {
  /** Readers of one group share the partitions of a topic. */
  readonly group: string;
  readonly topics: readonly string[];
  /** Called whenever a partition is assigned: the offset to continue from. */
  readonly startAt: (topic: TopicInfo, partition: number) => number | Promise<number>;
  /**
   * The offset below which this reader will never ask again; default: the batches that its handler
   * has finished.
   */
  readonly committed?: (topic: TopicInfo, partition: number) => number;
  /** Called when a partition is taken away (rebalance); its in-memory state must be dropped. */
  readonly onRevoked?: (topic: string, partition: number) => void;
  readonly batchRecordsMax?: number;
}

export interface Reader {
  /** Delivers batches, one at a time for each partition and in offset order, until `stop`. */
  run(handle: (batch: ReadBatch) => Promise<void>): Promise<void>;
  /** Lets the running handler finish, then resolves; `run` resolves too. Idempotent. */
  stop(): Promise<void>;
}

export interface EventLog {
  /** Makes topics that are absent and sets their retention. */
  createTopics(specs: readonly TopicSpec[]): Promise<void>;
  /** `EventLogError` with code `unknown_topic` when it does not exist. */
  describe(topic: string): Promise<TopicInfo>;
  /**
   * Appends all records, in the given order within each partition, and resolves when every one is
   * durable (LMDB: flushed; Kafka: acknowledged by all in-sync replicas).
   */
  append(records: readonly AppendRecord[]): Promise<void>;
  /** The next offset to be written, for each partition. */
  endOffsets(topic: string): Promise<readonly number[]>;
  /** The first offset still kept, for each partition. */
  startOffsets(topic: string): Promise<readonly number[]>;
  /** Reads up to `recordsMax` records from `offset`, without waiting. */
  read(
    topic: string,
    partition: number,
    offset: number,
    recordsMax: number,
  ): Promise<readonly LogRecord[]>;
  reader(options: ReaderOptions): Reader;
  close(): Promise<void>;
}

export const EVENT_LOG_ERROR_CODES = [
  'unknown_topic',
  'partitions_differ',
  'record_too_large',
  'unavailable',
  'closed',
  'damaged',
  'state_damaged',
  'owned',
  'expired',
  'not_allowed',
] as const;

export type EventLogErrorCode = (typeof EVENT_LOG_ERROR_CODES)[number];

/** An operating failure of the log. `retryable`: the same call may succeed later. */
export class EventLogError extends Error {
  readonly code: EventLogErrorCode;
  readonly retryable: boolean;

  constructor(
    code: EventLogErrorCode,
    message: string,
    options: { retryable?: boolean; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'EventLogError';
    this.code = code;
    this.retryable = options.retryable ?? false;
  }
}

/** What was asked for was there and is kept no longer (retention). */
export class ExpiredError extends EventLogError {
  readonly topic: string;
  readonly partition: number;
  readonly asked: number;
  readonly start: number;

  constructor(place: { topic: string; partition: number; asked: number; start: number }) {
    const { topic, partition, asked, start } = place;
    super(
      'expired',
      `${topic}, partition ${partition}: offset ${asked} is kept no longer; the log begins at ${start}`,
    );
    this.name = 'ExpiredError';
    this.topic = topic;
    this.partition = partition;
    this.asked = asked;
    this.start = start;
  }
}
