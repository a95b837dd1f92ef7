/**
 * The embedded event log: the port over one LMDB environment in one folder, owned by one process.
 *
 * It promises what the Kafka adapter promises (order within a partition, acknowledged means durable
 * and visible, the same partition for a key), so that an embedded installation outgrows it by
 * changing its configuration.
 */
import { mkdirSync } from 'node:fs';
import { assertRecordFits, partitionFor } from '../limits.ts';
import {
  type AppendRecord,
  type EventLog,
  EventLogError,
  type LogRecord,
  type Reader,
  type ReaderOptions,
  type TopicInfo,
  type TopicSpec,
} from '../port.ts';
import { LmdbReader, type ReaderHost } from './lmdb-reader.ts';
import { acquireOwnerLock, assertUnowned, type OwnerLock } from './owner-lock.ts';
import { RecentRecords } from './recent-records.ts';
import { openStore, type Store, type Write } from './store.ts';
import { type Draft, type Failpoint, WriteQueue } from './write-queue.ts';

export type { Failpoint } from './write-queue.ts';

export interface LmdbLogOptions {
  /** The folder; made when absent. */
  readonly path: string;
  /**
   * Default true: an append is acknowledged when it is on disk. False: when it is committed, which
   * outlives the process but not the machine; for backtests and tests.
   */
  readonly durable?: boolean;
  /** Default false. True: no lock is taken and nothing can be appended; refused while owned. */
  readonly readOnly?: boolean;
  /** Fault injection: what it throws, the append in progress is rejected with. */
  readonly failpoint?: Failpoint;
}

interface Opened {
  readonly store: Store;
  readonly lock: OwnerLock | undefined;
  readonly durable: boolean;
  readonly failpoint: Failpoint;
}

/** A promise that many await and one resolves, renewed each time: the readers' alarm clock. */
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

class LmdbLog implements EventLog {
  readonly #opened: Opened;
  readonly #bell = new Bell();
  readonly #host: ReaderHost;
  readonly #queue: WriteQueue;
  #closing: Promise<void> | undefined;

  constructor(opened: Opened) {
    this.#opened = opened;
    const { store, durable, failpoint } = opened;
    const wake = () => this.#bell.ring();
    const recent = new RecentRecords();
    const onVisible = (writes: readonly Write[]) => {
      for (const write of writes) recent.add(write);
      wake();
    };
    this.#queue = new WriteQueue({ store, durable, failpoint, onVisible });
    this.#host = {
      store,
      recent,
      claims: new Set(),
      running: new Set(),
      nextAppend: () => this.#bell.next(),
      wake,
      assertOpen: () => this.#assertOpen(),
    };
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
        return this.#draft(record);
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
    return new Array<number>(this.#opened.store.topic(topic).partitions).fill(0);
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
    if (offset >= to || recordsMax < 1) return [];
    return this.#opened.store.scan(found, partition, { from: offset, to, recordsMax });
  }

  reader(options: ReaderOptions): Reader {
    this.#assertOpen();
    return new LmdbReader(this.#host, options);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const stops = [...this.#host.running].map((reader) => reader.stop());
    await this.#queue.idle();
    await Promise.all(stops);
    await this.#opened.store.close();
    this.#opened.lock?.release();
  }

  #draft(record: AppendRecord): Draft {
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
export async function openLmdbLog(options: LmdbLogOptions): Promise<EventLog> {
  const { path, durable = true, readOnly = false, failpoint = () => undefined } = options;
  if (readOnly) {
    assertUnowned(path);
    return new LmdbLog({ store: await openStore(path, true), lock: undefined, durable, failpoint });
  }
  mkdirSync(path, { recursive: true });
  const lock = acquireOwnerLock(path);
  try {
    return new LmdbLog({ store: await openStore(path, false), lock, durable, failpoint });
  } catch (error) {
    lock.release();
    throw error;
  }
}
