/**
 * Reads known ranges of partitions and ends. Joining a group takes seconds, so a topic's reader
 * stays in its group of one, paused between reads, and commits nothing.
 */
import { randomUUID } from 'node:crypto';
import type { Batch, Consumer, KafkaMessage } from 'kafkajs';
import { EventLogError } from '../port.ts';
import { type KafkaClient, MESSAGE_BYTES_MAX } from './kafka-client.ts';
import { toEventLogError } from './kafka-errors.ts';

/** The offset that a batch was asked for. kafkajs 2.2.4 sets it on every batch but leaves it out of its typings. */
export function fetchedFrom(batch: Batch): number {
  const { fetchedOffset } = batch as Batch & { readonly fetchedOffset?: string | number };
  return Number(fetchedOffset ?? batch.firstOffset());
}

/** Also how long kafkajs sleeps while everything is paused: a read waits half of it on average. */
const WAIT_MS = 10;
const READ_MS_MAX = 60_000;
/** Not used for so long, a reader leaves its group. */
const IDLE_MS_MAX = 60_000;

interface ReadRange {
  readonly topic: string;
  readonly partition: number;
  readonly from: number;
  /** Exclusive, and not beyond the end: the read waits until it gets there. */
  readonly to: number;
  readonly recordsMax: number;
}

interface Asked extends Pick<ReadRange, 'to' | 'recordsMax'> {
  readonly found: KafkaMessage[];
  next: number;
  readonly end: (error?: Error) => void;
}

const nothing = () => undefined;

class TopicReader {
  readonly #client: KafkaClient;
  readonly #topic: string;
  readonly #groupId: string;
  readonly #consumer: Consumer;
  readonly #joined: Promise<void>;
  readonly #onEnd: () => void;
  readonly #asked = new Map<number, Asked>();
  readonly #turns = new Map<number, Promise<void>>();
  #idle: NodeJS.Timeout | undefined;
  #ended: Promise<void> | undefined;
  #crashed: EventLogError | undefined;

  constructor(client: KafkaClient, topic: string, onEnd: () => void) {
    this.#client = client;
    this.#topic = topic;
    this.#onEnd = onEnd;
    this.#groupId = `${client.options.clientId}.read.${randomUUID()}`;
    this.#consumer = client.kafka.consumer({
      groupId: this.#groupId,
      maxWaitTimeInMs: WAIT_MS,
      maxBytesPerPartition: MESSAGE_BYTES_MAX,
      allowAutoTopicCreation: false,
      retry: { ...client.retry, restartOnFailure: async () => this.#ended === undefined },
    });
    this.#joined = this.#join();
    this.#joined.catch(() => this.end());
  }

  async read(range: ReadRange): Promise<KafkaMessage[]> {
    const before = this.#turns.get(range.partition) ?? Promise.resolve();
    const reading = before.then(() => this.#read(range));
    this.#turns.set(range.partition, reading.then(nothing, nothing));
    return reading;
  }

  end(): Promise<void> {
    this.#ended ??= this.#end();
    return this.#ended;
  }

  async #join(): Promise<void> {
    const consumer = this.#consumer;
    const { events } = consumer;
    consumer.on(events.GROUP_JOIN, ({ payload }) => {
      const partitions = [...(payload.memberAssignment[this.#topic] ?? [])];
      consumer.pause([{ topic: this.#topic, partitions }]);
      for (const partition of this.#asked.keys()) this.#fetch(partition);
    });
    consumer.on(events.CRASH, ({ payload }) => {
      if (payload.restart) return;
      this.#crashed = toEventLogError(payload.error);
      void this.end();
    });
    await consumer.connect();
    await consumer.subscribe({ topics: [this.#topic], fromBeginning: true });
    await consumer.run({ autoCommit: false, eachBatch: async ({ batch }) => this.#take(batch) });
  }

  async #read({ partition, from, to, recordsMax }: ReadRange): Promise<KafkaMessage[]> {
    clearTimeout(this.#idle);
    await this.#joined;
    const found: KafkaMessage[] = [];
    await new Promise<void>((resolve, reject) => {
      const end = (error?: Error) => {
        clearTimeout(timer);
        this.#asked.delete(partition);
        if (error === undefined) resolve();
        else reject(error);
      };
      const timer = setTimeout(() => {
        end(this.#unavailable('took too long'));
        void this.end();
      }, READ_MS_MAX);
      this.#asked.set(partition, { to, recordsMax, found, next: from, end });
      if (this.#ended === undefined) this.#fetch(partition);
      else end(this.#whyEnded());
    });
    this.#rest();
    return found.slice(0, recordsMax);
  }

  #whyEnded(): EventLogError {
    if (this.#crashed === undefined) return this.#unavailable('was ended');
    const { code, message, retryable } = this.#crashed;
    const text = `reading ${this.#topic} in group ${this.#groupId}: ${message}`;
    return new EventLogError(code, text, { retryable, cause: this.#crashed });
  }

  #unavailable(what: string): EventLogError {
    return new EventLogError('unavailable', `reading ${this.#topic} ${what}`, { retryable: true });
  }

  /** Leaves the group when nobody asks any more. */
  #rest(): void {
    clearTimeout(this.#idle);
    if (this.#asked.size > 0) return;
    this.#idle = setTimeout(() => void this.end(), IDLE_MS_MAX);
    this.#idle.unref();
  }

  #fetch(partition: number): void {
    const asked = this.#asked.get(partition);
    if (asked === undefined) return;
    const topic = this.#topic;
    try {
      this.#consumer.seek({ topic, partition, offset: String(asked.next) });
      this.#consumer.resume([{ topic, partitions: [partition] }]);
    } catch {}
  }

  #take(batch: Batch): void {
    const { partition } = batch;
    const asked = this.#asked.get(partition);
    // Fetched before the pause took effect.
    if (asked === undefined) return;
    if (fetchedFrom(batch) !== asked.next) {
      this.#fetch(partition);
      return;
    }
    for (const message of batch.messages) {
      if (Number(message.offset) < asked.to) asked.found.push(message);
    }
    asked.next = Number(batch.lastOffset()) + 1;
    if (asked.next < asked.to && asked.found.length < asked.recordsMax) return;
    this.#consumer.pause([{ topic: this.#topic, partitions: [partition] }]);
    asked.end();
  }

  async #end(): Promise<void> {
    this.#onEnd();
    clearTimeout(this.#idle);
    for (const { end } of [...this.#asked.values()]) end(this.#whyEnded());
    // What failed to join is told to whoever reads.
    await this.#joined.catch(nothing);
    await this.#consumer.disconnect().catch(nothing);
    // Left behind, it would expire by itself.
    await this.#client.admin.deleteGroups([this.#groupId]).catch(nothing);
  }
}

export class RangeReaders {
  readonly #client: KafkaClient;
  readonly #readers = new Map<string, TopicReader>();

  constructor(client: KafkaClient) {
    this.#client = client;
  }

  async read(range: ReadRange): Promise<KafkaMessage[]> {
    if (range.from >= range.to || range.recordsMax < 1) return [];
    return this.#of(range.topic).read(range);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#readers.values()].map((reader) => reader.end()));
  }

  #of(topic: string): TopicReader {
    const known = this.#readers.get(topic);
    if (known !== undefined) return known;
    const made: TopicReader = new TopicReader(this.#client, topic, () => {
      if (this.#readers.get(topic) === made) this.#readers.delete(topic);
    });
    this.#readers.set(topic, made);
    return made;
  }
}
