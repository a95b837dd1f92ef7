/**
 * Appends in order: one request in flight, what comes meanwhile goes with the next. A failure is
 * final: a broker would drop other records under the same sequence number as duplicates.
 */
import { type Message, Partitioners, type Producer } from 'kafkajs';
import { partitionFor } from '../limits.ts';
import { type AppendRecord, EventLogError, type TopicInfo } from '../port.ts';
import type { KafkaClient } from './kafka-client.ts';
import { toEventLogError } from './kafka-errors.ts';
import { toMessage } from './kafka-record.ts';

/** Of one request: well below a message's limit, since a partition's share is one message batch. */
const REQUEST_BYTES_MAX = 4 * 1024 * 1024;
const ALL_IN_SYNC = -1;
/** Nothing is written yet, so trying again can't write anything twice. */
const CONNECTS_MAX = 3;

interface Waiting {
  readonly records: readonly AppendRecord[];
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

interface Routed {
  readonly topic: string;
  readonly message: Message;
  readonly bytes: number;
}

export interface KafkaWriterOptions {
  readonly client: KafkaClient;
  readonly describe: (topic: string) => Promise<TopicInfo>;
}

export class KafkaWriter {
  readonly #options: KafkaWriterOptions;
  readonly #producer: Producer;
  #waiting: Waiting[] = [];
  #running: Promise<void> | undefined;
  #failure: EventLogError | undefined;
  #connected: Promise<void> | undefined;

  constructor(options: KafkaWriterOptions) {
    this.#options = options;
    this.#producer = options.client.kafka.producer({
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      createPartitioner: Partitioners.DefaultPartitioner,
      retry: options.client.retry,
    });
  }

  /** With the first append: only writers need a producer id. */
  #connect(): Promise<void> {
    this.#connected ??= this.#tryConnecting();
    return this.#connected;
  }

  /** Again after a failure: kafkajs asks for a producer id once, whatever goes wrong. */
  async #tryConnecting(): Promise<void> {
    for (let left = CONNECTS_MAX - 1; ; left--) {
      try {
        return await this.#producer.connect();
      } catch (error) {
        if (left === 0 || !toEventLogError(error).retryable) throw error;
        await this.#producer.disconnect();
      }
    }
  }

  push(records: readonly AppendRecord[]): Promise<void> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    if (records.length === 0) return Promise.resolve();
    const done = new Promise<void>((resolve, reject) => {
      this.#waiting.push({ records, resolve, reject });
    });
    this.#running ??= this.#run();
    return done;
  }

  async sendAside(records: readonly AppendRecord[]): Promise<void> {
    const routed = await this.#route(records);
    for (let from = 0; from < routed.length; ) from = await this.#send(routed, from);
  }

  async close(): Promise<void> {
    await this.#running;
    await this.#producer.disconnect();
  }

  async #run(): Promise<void> {
    // Appends of the same turn of the event loop go together.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#waiting.length > 0) {
      const group = this.#waiting;
      this.#waiting = [];
      await this.#write(group);
    }
    this.#running = undefined;
  }

  async #write(group: readonly Waiting[]): Promise<void> {
    const accepted: Waiting[] = [];
    const routed: Routed[] = [];
    for (const waiting of group) {
      try {
        const own = await this.#route(waiting.records);
        for (const one of own) routed.push(one);
        accepted.push(waiting);
      } catch (error) {
        // Nothing of it was sent: its caller alone is at fault, the others go on.
        waiting.reject(error);
      }
    }
    try {
      for (let from = 0; from < routed.length; ) from = await this.#send(routed, from);
      for (const { resolve } of accepted) resolve();
    } catch (error) {
      this.#fail(error, accepted);
    }
  }

  async #route(records: readonly AppendRecord[]): Promise<Routed[]> {
    const { describe, client } = this.#options;
    const topics = new Map<string, TopicInfo>();
    const routed: Routed[] = [];
    for (const record of records) {
      let topic = topics.get(record.topic);
      if (topic === undefined) {
        topic = await describe(record.topic);
        topics.set(record.topic, topic);
      }
      routed.push({
        topic: client.physical(record.topic),
        message: toMessage(record, partitionFor(record, topic.partitions)),
        bytes: record.value?.byteLength ?? 0,
      });
    }
    return routed;
  }

  async #send(routed: readonly Routed[], from: number): Promise<number> {
    const topics = new Map<string, Message[]>();
    let bytes = 0;
    let at = from;
    for (; at < routed.length; at++) {
      const next = routed[at];
      if (next === undefined || (at > from && bytes + next.bytes > REQUEST_BYTES_MAX)) break;
      bytes += next.bytes;
      const messages = topics.get(next.topic);
      if (messages === undefined) topics.set(next.topic, [next.message]);
      else messages.push(next.message);
    }
    const topicMessages = [...topics].map(([topic, messages]) => ({ topic, messages }));
    await this.#connect();
    await this.#producer.sendBatch({ acks: ALL_IN_SYNC, topicMessages });
    return at;
  }

  #fail(cause: unknown, group: readonly Waiting[]): void {
    const { code, message, retryable } = toEventLogError(cause);
    // The broker's refusal does not say of which topic.
    const topics = new Set(group.flatMap(({ records }) => records.map(({ topic }) => topic)));
    const text = `an append to ${[...topics].join(', ')} failed (${message}); what was written is unknown until the log is reopened`;
    this.#failure = new EventLogError(code, text, { cause, retryable });
    const refused = [...group, ...this.#waiting];
    this.#waiting = [];
    for (const { reject } of refused) reject(this.#failure);
    this.#options.client.options.onGivenUp?.(this.#failure);
  }
}
