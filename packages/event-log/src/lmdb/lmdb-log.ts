/** The embedded event log: one LMDB environment, one owner; promises what the Kafka adapter does. */
import { mkdirSync } from 'node:fs';
import { assertRecordFits, partitionFor } from '../limits.ts';
import {
  type AppendRecord,
  type EventLog,
  EventLogError,
  ExpiredError,
  type LogRecord,
  type Reader,
  type ReaderOptions,
  type TopicInfo,
  type TopicRetention,
  type TopicSpec,
} from '../port.ts';
import type { Extents } from './extents.ts';
import type { LostRecords, StoredStart } from './layout.ts';
import { LmdbReader, type ReaderHost } from './lmdb-reader.ts';
import { acquireOwnerLock, assertUnowned, type OwnerLock } from './owner-lock.ts';
import { RecentRecords } from './recent-records.ts';
import { decodeRecord } from './record-codec.ts';
import { type Shortened, Shortener, type ShortenOptions } from './shorten.ts';
import { type LogTopic, openStore, type Store, type Write } from './store.ts';
import { type AppendFailpoint, type PendingAppend, WriteQueue } from './write-queue.ts';

export type { LostRecords } from './layout.ts';
export type { PlannedCut, Shortened, ShortenOptions } from './shorten.ts';
export type { AppendFailpoint } from './write-queue.ts';

export interface LmdbLogOptions {
  /** The folder; made when absent. */
  readonly path: string;
  /** Default true: an append is acknowledged when it is on disk. */
  readonly durable?: boolean;
  /** Default false. True: no lock is taken and nothing can be appended; refused while owned. */
  readonly readOnly?: boolean;
  /** Fault injection: what it throws, the append in progress is rejected with. */
  readonly failpoint?: AppendFailpoint;
  /** By which records grow old; default: the system's clock. */
  readonly nowMs?: () => number;
}

export interface LmdbLog extends EventLog {
  shorten(options: ShortenOptions): Promise<readonly Shortened[]>;
  retained(topic: string): Promise<readonly StoredPartition[]>;
  retention(topic: string): Promise<TopicRetention>;
  /** When the record at `offset` was appended, at the earliest (Unix ms); undefined: not known. */
  appendedAfter(topic: string, partition: number, offset: number): Promise<number | undefined>;
}

interface Opened {
  readonly store: Store;
  readonly lock: OwnerLock | undefined;
  readonly durable: boolean;
  readonly failpoint: AppendFailpoint;
  readonly nowMs: () => number;
}

/** Renewed each time: the readers' alarm clock. */
class Bell {
  #ring: () => void = () => undefined;
  #rung: Promise<void> | undefined;

  next(): Promise<void> {
    this.#rung ??= new Promise((resolve) => {
      this.#ring = resolve;
    });
    return this.#rung;
  }

  ring(): void {
    this.#rung = undefined;
    this.#ring();
  }
}

class OpenLmdbLog implements LmdbLog {
  readonly #opened: Opened;
  readonly #bell = new Bell();
  readonly #host: ReaderHost;
  readonly #queue: WriteQueue;
  readonly #shortener: Shortener;
  readonly #ending = new AbortController();
  #shortening: Promise<unknown> = Promise.resolve();
  #closing: Promise<void> | undefined;

  constructor(opened: Opened) {
    this.#opened = opened;
    const { store, durable, failpoint, nowMs } = opened;
    const wake = () => this.#bell.ring();
    const recent = new RecentRecords();
    const onVisible = (writes: readonly Write[]) => {
      for (const write of writes) recent.add(write);
      wake();
    };
    this.#queue = new WriteQueue({ store, durable, failpoint, nowMs, onVisible });
    this.#host = {
      store,
      recent,
      claims: new Set(),
      running: new Set(),
      nextAppend: () => this.#bell.next(),
      wake,
      assertOpen: () => this.#assertOpen(),
    };
    this.#shortener = new Shortener({ store, readers: () => this.#host.running });
  }

  async createTopics(specs: readonly TopicSpec[]): Promise<void> {
    this.#assertWritable();
    this.#opened.store.createTopics(specs);
  }

  async describe(topic: string): Promise<TopicInfo> {
    this.#assertOpen();
    const { name, incarnation, partitions } = this.#opened.store.topic(topic);
    return { name, incarnation, partitions };
  }

  // Not `async`: the order of calls is the order in the queue, with no turn in between.
  append(records: readonly AppendRecord[]): Promise<void> {
    try {
      this.#assertWritable();
      let bytes = 0;
      const drafts = records.map((record) => {
        bytes += record.value?.byteLength ?? 0;
        return this.#transaction(record);
      });
      return this.#queue.push(drafts, bytes);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  async endOffsets(topic: string): Promise<readonly number[]> {
    this.#assertOpen();
    return [...this.#opened.store.topic(topic).ends];
  }

  async startOffsets(topic: string): Promise<readonly number[]> {
    this.#assertOpen();
    return this.#opened.store.topic(topic).extents.map(({ start }) => start);
  }

  async read(
    topic: string,
    partition: number,
    offset: number,
    recordsMax: number,
  ): Promise<readonly LogRecord[]> {
    this.#assertOpen();
    const found = this.#opened.store.topic(topic);
    const to = found.ends[partition];
    if (to === undefined) throw new RangeError(`${topic} has no partition ${partition}`);
    const start = found.extents[partition]?.start ?? 0;
    if (offset < start) throw new ExpiredError({ topic, partition, asked: offset, start });
    if (offset >= to || recordsMax < 1) return [];
    return this.#opened.store.scan(found, partition, { from: offset, to, recordsMax });
  }

  reader(options: ReaderOptions): Reader {
    this.#assertOpen();
    return new LmdbReader(this.#host, options);
  }

  shorten(options: ShortenOptions): Promise<readonly Shortened[]> {
    const { signal } = this.#ending;
    const ended = options.signal === undefined ? signal : AbortSignal.any([signal, options.signal]);
    const done = this.#shortening.then(() => {
      this.#assertWritable();
      return this.#shortener.run({ ...options, signal: ended });
    });
    this.#shortening = done.catch(() => undefined);
    return done;
  }

  async retained(topic: string): Promise<readonly StoredPartition[]> {
    this.#assertOpen();
    const { store } = this.#opened;
    return storedOf(store.topic(topic), store.extents);
  }

  async retention(topic: string): Promise<TopicRetention> {
    this.#assertOpen();
    return this.#opened.store.topic(topic).retention ?? {};
  }

  async appendedAfter(
    topic: string,
    partition: number,
    offset: number,
  ): Promise<number | undefined> {
    this.#assertOpen();
    const { store } = this.#opened;
    const topicId = store.topic(topic).id;
    return store.extents.markOf({ topicId, partition, offset })?.after;
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#ending.abort();
    const stops = [...this.#host.running].map((reader) => reader.stop());
    await this.#queue.idle();
    await Promise.all(stops);
    await this.#shortening;
    await this.#opened.store.close();
    this.#opened.lock?.release();
  }

  #transaction(record: AppendRecord): PendingAppend {
    const topic = this.#opened.store.topic(record.topic);
    const partition = partitionFor(record, topic.partitions);
    assertRecordFits(record);
    return { topic, partition, record };
  }

  #assertOpen(): void {
    if (this.#closing !== undefined) throw new EventLogError('closed', 'the log is closed');
  }

  #assertWritable(): void {
    this.#assertOpen();
    if (this.#opened.lock === undefined) {
      throw new EventLogError('closed', 'the log is opened for reading only');
    }
  }
}

/** Opens the folder, or fails with `owned`, `damaged` or `unavailable`. */
export async function openLmdbLog(options: LmdbLogOptions): Promise<LmdbLog> {
  const { path, durable = true, readOnly = false } = options;
  const { failpoint = () => undefined, nowMs = () => Date.now() } = options;
  const how = { durable, failpoint, nowMs };
  if (readOnly) {
    assertUnowned(path);
    return new OpenLmdbLog({ ...how, store: await openStore(path, true), lock: undefined });
  }
  mkdirSync(path, { recursive: true });
  const lock = acquireOwnerLock(path);
  try {
    return new OpenLmdbLog({ ...how, store: await openStore(path, false), lock });
  } catch (error) {
    lock.release();
    throw error;
  }
}

export interface StoredPartition {
  readonly start: number;
  readonly end: number;
  readonly bytes: number;
  /** What is kept was appended at this time at the earliest (Unix ms); undefined: not known. */
  readonly sinceMs: number | undefined;
  readonly removed: {
    readonly records: number;
    readonly bytes: number;
    /** Unix ms, of the last time. */
    readonly at: number;
    readonly why: StoredStart['why'];
  } | null;
  readonly lost: readonly LostRecords[];
  /** The last record that was removed, where the topic's retention keeps it. */
  readonly lastRemoved: LogRecord | undefined;
}

function lastRemovedOf(topic: LogTopic, partition: number): LogRecord | undefined {
  const stored = topic.extents[partition]?.stored;
  if (stored?.last === undefined) return undefined;
  const offset = stored.offset - 1;
  const bytes = Buffer.from(stored.last, 'base64');
  const body = decodeRecord(bytes, { topicId: topic.id, partition, offset });
  const { name, incarnation } = topic;
  return body && { topic: name, incarnation, partition, offset, ...body };
}

function storedOf(topic: LogTopic, extents: Extents): readonly StoredPartition[] {
  return topic.extents.map(({ start, bytes, stored }, partition) => ({
    start,
    end: topic.ends[partition] ?? 0,
    bytes: Math.max(0, bytes - (stored?.bytes ?? 0)),
    sinceMs: extents.markOf({ topicId: topic.id, partition, offset: start })?.after,
    removed:
      stored === undefined
        ? null
        : { records: stored.records, bytes: stored.bytes, at: stored.at, why: stored.why },
    lost: stored?.lost ?? [],
    lastRemoved: lastRemovedOf(topic, partition),
  }));
}
