/**
 * Reads partitions round robin, one batch at a time, so that a full partition cannot starve the
 * others; sleeps without a timer until an append wakes it.
 */
import { BATCH_RECORDS_MAX } from '../limits.ts';
import {
  EventLogError,
  ExpiredError,
  type ReadBatch,
  type Reader,
  type ReaderOptions,
} from '../port.ts';
import { checkedStart } from '../start-offset.ts';
import type { ReaderPosition, RecentRecords } from './recent-records.ts';
import type { LogTopic, Store } from './store.ts';

export interface ReaderHost {
  readonly store: Store;
  readonly recent: RecentRecords;
  readonly claims: Set<string>;
  readonly running: Set<LmdbReader>;
  /** Resolves at the next append or `wake`; taken before looking, so that none is missed. */
  nextAppend(): Promise<void>;
  wake(): void;
  assertOpen(): void;
}

export class LmdbReader implements Reader {
  readonly #host: ReaderHost;
  readonly #options: ReaderOptions;
  readonly #positions: ReaderPosition[] = [];
  #stopping = false;
  #run: Promise<void> | undefined;

  constructor(host: ReaderHost, options: ReaderOptions) {
    this.#host = host;
    this.#options = options;
  }

  run(handle: (batch: ReadBatch) => Promise<void>): Promise<void> {
    if (this.#run !== undefined) throw new TypeError('a reader runs once');
    this.#run = this.#claimed(handle);
    return this.#run;
  }

  get group(): string {
    return this.#options.group;
  }

  /** Where this reader's need of a partition begins; undefined when it does not read the topic. */
  needs(topic: LogTopic, partition: number): number | undefined {
    if (!this.#options.topics.includes(topic.name)) return undefined;
    const at = this.#positions.find((one) => one.topic === topic && one.partition === partition);
    if (at === undefined) return 0;
    const { name, incarnation, partitions } = topic;
    const committed = this.#options.committed?.({ name, incarnation, partitions }, partition);
    return Math.min(at.offset, committed ?? at.offset);
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    this.#host.wake();
    // A failure of the handler is for whoever awaits `run`.
    await this.#run?.catch(() => undefined);
  }

  async #claimed(handle: (batch: ReadBatch) => Promise<void>): Promise<void> {
    const { claims, running } = this.#host;
    this.#host.assertOpen();
    const { group, topics } = this.#options;
    const mine = topics.map((topic) => `${group}/${topic}`);
    const taken = mine.find((claim) => claims.has(claim));
    if (taken !== undefined) {
      throw new EventLogError('owned', `another reader has ${taken} in this process`);
    }
    for (const claim of mine) claims.add(claim);
    running.add(this);
    const { recent } = this.#host;
    const positions = this.#positions;
    try {
      await this.#place(positions);
      for (const position of positions) recent.follow(position);
      await this.#deliver(positions, handle);
    } finally {
      for (const position of positions) recent.unfollow(position);
      for (const claim of mine) claims.delete(claim);
      running.delete(this);
    }
  }

  async #place(positions: ReaderPosition[]): Promise<void> {
    for (const name of this.#options.topics) {
      const topic = this.#host.store.topic(name);
      for (let partition = 0; partition < topic.partitions; partition++) {
        const asked = await this.#options.startAt(
          { name, incarnation: topic.incarnation, partitions: topic.partitions },
          partition,
        );
        const end = topic.ends[partition] ?? 0;
        const start = topic.extents[partition]?.start ?? 0;
        const offset = checkedStart({ topic: name, partition, asked, start, end });
        positions.push({ topic, partition, offset });
      }
    }
  }

  async #deliver(
    positions: readonly ReaderPosition[],
    handle: (batch: ReadBatch) => Promise<void>,
  ): Promise<void> {
    while (!this.#stopping) {
      const appended = this.#host.nextAppend();
      let delivered = false;
      for (const position of positions) {
        if (this.#stopping) return;
        const batch = this.#next(position);
        if (batch === undefined) continue;
        await handle(batch);
        position.offset += batch.records.length;
        this.#host.recent.passed(position);
        delivered = true;
        // A handler without IO would otherwise keep timers and sockets waiting.
        await new Promise((resolve) => setImmediate(resolve));
      }
      if (!delivered && !this.#stopping) await appended;
    }
  }

  #next(position: ReaderPosition): ReadBatch | undefined {
    const { topic, partition, offset } = position;
    const endOffset = topic.ends[partition] ?? 0;
    const start = topic.extents[partition]?.start ?? 0;
    if (offset < start) {
      throw new ExpiredError({ topic: topic.name, partition, asked: offset, start });
    }
    if (offset >= endOffset) return undefined;
    const recordsMax = this.#options.batchRecordsMax ?? BATCH_RECORDS_MAX;
    const range = { from: offset, to: endOffset, recordsMax };
    const records =
      this.#host.recent.slice(position, range) ?? this.#host.store.scan(topic, partition, range);
    return {
      topic: topic.name,
      incarnation: topic.incarnation,
      partition,
      records,
      endOffset,
    };
  }
}
