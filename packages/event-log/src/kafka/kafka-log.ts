/** The event log over Apache Kafka. */
import { assertRecordFits } from '../limits.ts';
import {
  type AppendRecord,
  type EventLog,
  EventLogError,
  ExpiredError,
  type LogRecord,
  type Reader,
  type ReaderOptions,
  type TopicInfo,
  type TopicSpec,
} from '../port.ts';
import { type KafkaClient, type KafkaLogOptions, makeClient } from './kafka-client.ts';
import { mapped } from './kafka-errors.ts';
import { KafkaReader } from './kafka-reader.ts';
import { toRecord } from './kafka-record.ts';
import { KafkaWriter } from './kafka-writer.ts';
import { RangeReaders } from './range-readers.ts';
import { TopicRegistry } from './topic-registry.ts';

export type { KafkaLogOptions, KafkaSasl, KafkaTls } from './kafka-client.ts';

class KafkaLog implements EventLog {
  readonly #client: KafkaClient;
  readonly #writer: KafkaWriter;
  readonly #registry: TopicRegistry;
  readonly #ranges: RangeReaders;
  readonly #running = new Set<Reader>();
  #closing: Promise<void> | undefined;

  constructor(client: KafkaClient) {
    this.#client = client;
    this.#ranges = new RangeReaders(client);
    this.#writer = new KafkaWriter({ client, describe: (name) => this.#registry.describe(name) });
    this.#registry = new TopicRegistry({
      client,
      append: (records) => this.#writer.sendAside(records),
      read: (range) => this.#ranges.read(range),
    });
  }

  async connect(): Promise<void> {
    await mapped(() => this.#client.admin.connect());
  }

  async createTopics(specs: readonly TopicSpec[]): Promise<void> {
    this.#assertOpen();
    await this.#registry.create(specs);
  }

  async describe(topic: string): Promise<TopicInfo> {
    this.#assertOpen();
    return this.#registry.describe(topic);
  }

  // Not `async`: the order of calls is the order in the queue, with no turn in between.
  append(records: readonly AppendRecord[]): Promise<void> {
    try {
      this.#assertOpen();
      for (const record of records) assertRecordFits(record);
      return this.#writer.push(records);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  async endOffsets(topic: string): Promise<readonly number[]> {
    const offsets = await this.#offsets(topic);
    return offsets.map(({ high }) => high);
  }

  async startOffsets(topic: string): Promise<readonly number[]> {
    const offsets = await this.#offsets(topic);
    return offsets.map(({ low }) => low);
  }

  async read(
    topic: string,
    partition: number,
    offset: number,
    recordsMax: number,
  ): Promise<readonly LogRecord[]> {
    const info = await this.describe(topic);
    const found = (await this.#offsets(topic))[partition];
    if (found === undefined) throw new RangeError(`${topic} has no partition ${partition}`);
    const { low: start, high: to } = found;
    if (offset < start) throw new ExpiredError({ topic, partition, asked: offset, start });
    const range = { topic: this.#client.physical(topic), partition, from: offset, to, recordsMax };
    const messages = await mapped(() => this.#ranges.read(range));
    return messages.map((message) => toRecord(message, info, partition));
  }

  reader(options: ReaderOptions): Reader {
    this.#assertOpen();
    const client = this.#client;
    const describe = (name: string) => this.#registry.describe(name);
    return new KafkaReader({ client, running: this.#running, describe }, options);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await Promise.all([...this.#running].map((reader) => reader.stop()));
    await this.#ranges.close();
    await this.#writer.close();
    await this.#client.admin.disconnect();
  }

  async #offsets(topic: string): Promise<{ low: number; high: number }[]> {
    await this.describe(topic);
    const found = await this.#client.offsets(this.#client.physical(topic));
    return found.map(({ low, high }) => ({ low, high }));
  }

  #assertOpen(): void {
    if (this.#closing !== undefined) throw new EventLogError('closed', 'the log is closed');
  }
}

/** Connects, or fails with `unavailable` after about half a minute of trying. */
export async function openKafkaLog(options: KafkaLogOptions): Promise<EventLog> {
  const log = new KafkaLog(makeClient(options));
  try {
    await log.connect();
    return log;
  } catch (error) {
    await log.close().catch(() => undefined);
    throw error;
  }
}
