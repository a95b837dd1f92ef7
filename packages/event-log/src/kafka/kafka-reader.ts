/**
 * A member of a consumer group that believes kafkajs's offsets in nothing. Partitions are paused in
 * the join event until `startAt` was asked and the seek set; a batch from another offset is sought
 * again. Every join revokes everything.
 */
import type { Consumer, EachBatchPayload, IMemberAssignment } from 'kafkajs';
import { BATCH_RECORDS_MAX } from '../limits.ts';
import {
  EventLogError,
  ExpiredError,
  type ReadBatch,
  type Reader,
  type ReaderOptions,
  type TopicInfo,
} from '../port.ts';
import { checkedStart } from '../start-offset.ts';
import { CommitHints } from './commit-hints.ts';
import type { KafkaClient } from './kafka-client.ts';
import { toEventLogError } from './kafka-errors.ts';
import { toRecord } from './kafka-record.ts';
import { fetchedFrom } from './range-readers.ts';

const SESSION_MS = 6_000;
const HEARTBEATS_PER_SESSION = 6;
/** Also the longest wait for a stop. */
const WAIT_MS = 250;
const FETCH_BYTES_MAX = 4 * 1024 * 1024;
/** kafkajs is restarted by itself for so long without any progress. */
const RESTART_MS_MAX = 60_000;
/** Batches in a row from a wrong offset, after which the log is asked whether the right one exists. */
const MISFETCHES_MAX = 5;

interface Owned {
  readonly topic: TopicInfo;
  readonly partition: number;
  expected: number;
  misfetches: number;
}

type Handle = (batch: ReadBatch) => Promise<void>;

export interface KafkaReaderHost {
  readonly client: KafkaClient;
  readonly running: Set<Reader>;
  readonly describe: (topic: string) => Promise<TopicInfo>;
}

export class KafkaReader implements Reader {
  readonly #host: KafkaReaderHost;
  readonly #options: ReaderOptions;
  readonly #consumer: Consumer;
  readonly #heartbeatMs: number;
  readonly #topics = new Map<string, TopicInfo>();
  readonly #owned = new Map<string, Owned>();
  /** Where kafkajs went on by itself because a batch held nothing but markers. */
  readonly #filteredTo = new Map<string, number>();
  readonly #hints: CommitHints;
  readonly #ending = new AbortController();
  #failure: { readonly error: unknown } | undefined;
  #epoch = 0;
  #chain: Promise<void> = Promise.resolve();
  #progressAt = Date.now();
  #run: Promise<void> | undefined;

  constructor(host: KafkaReaderHost, options: ReaderOptions) {
    this.#host = host;
    this.#options = options;
    const sessionTimeout = host.client.options.sessionTimeoutMs ?? SESSION_MS;
    this.#heartbeatMs = Math.ceil(sessionTimeout / HEARTBEATS_PER_SESSION);
    this.#consumer = host.client.kafka.consumer({
      groupId: host.client.physical(options.group),
      sessionTimeout,
      heartbeatInterval: this.#heartbeatMs,
      maxWaitTimeInMs: WAIT_MS,
      maxBytesPerPartition: FETCH_BYTES_MAX,
      allowAutoTopicCreation: false,
      retry: {
        ...host.client.retry,
        restartOnFailure: async () =>
          !this.#ending.signal.aborted && Date.now() - this.#progressAt < RESTART_MS_MAX,
      },
    });
    this.#hints = new CommitHints(this.#consumer);
  }

  run(handle: Handle): Promise<void> {
    if (this.#run !== undefined) throw new TypeError('a reader runs once');
    this.#host.running.add(this);
    this.#run = this.#consume(handle).finally(() => this.#host.running.delete(this));
    return this.#run;
  }

  async stop(): Promise<void> {
    this.#ending.abort();
    await this.#run?.catch(() => undefined);
  }

  async #consume(handle: Handle): Promise<void> {
    const { client, describe } = this.#host;
    for (const name of this.#options.topics) {
      this.#topics.set(client.physical(name), await describe(name));
    }
    const ended = new Promise<void>((resolve) => {
      const { signal } = this.#ending;
      if (signal.aborted) resolve();
      else signal.addEventListener('abort', () => resolve(), { once: true });
    });
    this.#listen();
    try {
      await this.#consumer.connect();
      await this.#consumer.subscribe({ topics: [...this.#topics.keys()], fromBeginning: true });
      if (!this.#ending.signal.aborted) {
        this.#progressAt = Date.now();
        const eachBatch = (payload: EachBatchPayload) => this.#take(payload, handle);
        await this.#consumer.run({ autoCommit: false, eachBatchAutoResolve: false, eachBatch });
      }
      await ended;
      await this.#chain;
      if (this.#failure === undefined) await this.#hints.flush();
    } catch (error) {
      this.#fail(toEventLogError(error));
    } finally {
      await this.#consumer.disconnect();
    }
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  #listen(): void {
    const { events } = this.#consumer;
    this.#consumer.on(events.GROUP_JOIN, ({ payload }) => this.#joined(payload.memberAssignment));
    this.#consumer.on(events.CRASH, ({ payload }) => {
      if (!payload.restart) this.#fail(toEventLogError(payload.error));
    });
    // An empty answer is progress too: a topic may be quiet for days before a broker restarts.
    this.#consumer.on(events.FETCH, () => {
      this.#progressAt = Date.now();
    });
    this.#consumer.on(events.START_BATCH_PROCESS, ({ payload }) => {
      if (payload.batchSize > 0) return;
      const { topic, partition, lastOffset } = payload;
      this.#filteredTo.set(`${topic}/${partition}`, Number(lastOffset) + 1);
    });
  }

  #fail(error: unknown): void {
    this.#failure ??= { error };
    this.#ending.abort();
  }

  /** Runs after everything that was given before; a failure ends the reader. */
  #inTurn(action: () => Promise<void>): Promise<void> {
    const turn = this.#chain.then(async () => {
      if (!this.#ending.signal.aborted) await action();
    });
    this.#chain = turn.catch((error: unknown) => this.#fail(error));
    return this.#chain;
  }

  /** Called by kafkajs between joining and the first fetch. */
  #joined(assignment: IMemberAssignment): void {
    const epoch = ++this.#epoch;
    this.#progressAt = Date.now();
    const revoked = [...this.#owned.values()];
    this.#owned.clear();
    this.#filteredTo.clear();
    this.#hints.forget();
    const assigned = Object.entries(assignment).map(([topic, partitions]) => ({
      topic,
      partitions: [...partitions],
    }));
    this.#consumer.pause(assigned);
    void this.#inTurn(async () => {
      this.#revoke(revoked);
      for (const { topic, partitions } of assigned) await this.#assign(epoch, topic, partitions);
    });
  }

  #revoke(partitions: readonly Owned[]): void {
    for (const { topic, partition } of partitions) this.#options.onRevoked?.(topic.name, partition);
  }

  async #assign(epoch: number, physical: string, partitions: readonly number[]): Promise<void> {
    const topic = this.#topics.get(physical);
    if (topic === undefined || epoch !== this.#epoch) return;
    const limits = await this.#limits(physical);
    const found: Owned[] = [];
    for (const partition of partitions) {
      const asked = await this.#options.startAt(topic, partition);
      const { start = 0, end = 0 } = limits.get(partition) ?? {};
      const expected = checkedStart({ topic: topic.name, partition, asked, start, end });
      found.push({ topic, partition, expected, misfetches: 0 });
    }
    // What `startAt` prepared is somebody else's now.
    if (epoch !== this.#epoch) return this.#revoke(found);
    for (const owned of found) {
      this.#owned.set(`${physical}/${owned.partition}`, owned);
      this.#seek(physical, owned);
    }
    this.#consumer.resume([{ topic: physical, partitions: [...partitions] }]);
  }

  async #limits(physical: string): Promise<Map<number, { start: number; end: number }>> {
    const offsets = await this.#host.client.offsets(physical);
    return new Map(offsets.map((at) => [at.partition, { start: at.low, end: at.high }]));
  }

  #seek(topic: string, { partition, expected }: Owned): void {
    this.#consumer.seek({ topic, partition, offset: String(expected) });
  }

  async #take(payload: EachBatchPayload, handle: Handle): Promise<void> {
    // kafkajs itself sends none between the start and the end of a batch.
    const beat = setInterval(() => {
      // A rebalance is learnt of after the batch, where kafkajs can act on it.
      payload.heartbeat().catch(() => undefined);
    }, this.#heartbeatMs);
    try {
      await this.#inTurn(() => this.#deliver(payload, handle));
    } finally {
      clearInterval(beat);
    }
  }

  async #deliver(payload: EachBatchPayload, handle: Handle): Promise<void> {
    const { batch } = payload;
    const key = `${batch.topic}/${batch.partition}`;
    const owned = this.#owned.get(key);
    // The seek will bring it again.
    if (owned === undefined) return;
    const from = fetchedFrom(batch);
    if (from !== owned.expected && from !== this.#filteredTo.get(key)) {
      return this.#misfetched(batch.topic, owned);
    }
    owned.misfetches = 0;
    const size = this.#options.batchRecordsMax ?? BATCH_RECORDS_MAX;
    for (let at = 0; at < batch.messages.length; at += size) {
      if (this.#ending.signal.aborted || this.#owned.get(key) !== owned) return;
      const { topic, partition } = owned;
      const messages = batch.messages.slice(at, at + size);
      const records = messages.map((message) => toRecord(message, topic, partition));
      const endOffset = Number(batch.highWatermark);
      const { name, incarnation } = topic;
      await handle({ topic: name, incarnation, partition, records, endOffset });
      this.#progressAt = Date.now();
      // kafkajs may not know the partition any more.
      if (this.#owned.get(key) !== owned) return;
      const last = messages.at(-1)?.offset ?? batch.lastOffset();
      payload.resolveOffset(last);
      const isLast = at + size >= batch.messages.length;
      owned.expected = Number(isLast ? batch.lastOffset() : last) + 1;
      this.#hints.handled(payload, batch, owned.expected);
    }
  }

  async #misfetched(physical: string, owned: Owned): Promise<void> {
    owned.misfetches += 1;
    if (owned.misfetches > MISFETCHES_MAX) {
      owned.misfetches = 0;
      const { start = 0, end = 0 } = (await this.#limits(physical)).get(owned.partition) ?? {};
      const { topic, partition, expected } = owned;
      if (expected < start) {
        throw new ExpiredError({ topic: topic.name, partition, asked: expected, start });
      }
      if (expected > end) {
        const where = `${owned.topic.name}, partition ${owned.partition}`;
        const message = `${where} holds ${start} to ${end}; the reader is at ${owned.expected}`;
        throw new EventLogError('damaged', message);
      }
    }
    if (this.#owned.get(`${physical}/${owned.partition}`) === owned) this.#seek(physical, owned);
  }
}
