/**
 * Group commit: appends that arrive while a group is on its way to the disk go together as the next
 * one. A failure is final: nothing may be written behind a hole.
 */
import { type AppendRecord, EventLogError } from '../port.ts';
import { encodeRecord } from './record-codec.ts';
import type { LogTopic, Store, Write } from './store.ts';

/** Where a test may let an append fail; see `openLmdbLog`. */
export type AppendFailpoint = (
  name: 'log.append.before' | 'log.append.committed' | 'log.append.flushed',
) => void;

/** A group is cut here so that one transaction doesn't hold the event loop for long. */
const GROUP_BYTES_MAX = 8 * 1024 * 1024;

export interface PendingAppend {
  readonly topic: LogTopic;
  readonly partition: number;
  readonly record: AppendRecord;
}

interface Waiting {
  readonly drafts: readonly PendingAppend[];
  readonly bytes: number;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

export interface WriteQueueOptions {
  readonly store: Store;
  readonly durable: boolean;
  readonly failpoint: AppendFailpoint;
  readonly nowMs: () => number;
  readonly onVisible: (writes: readonly Write[]) => void;
}

export class WriteQueue {
  readonly #options: WriteQueueOptions;
  #waiting: Waiting[] = [];
  #running: Promise<void> | undefined;
  #failure: EventLogError | undefined;

  constructor(options: WriteQueueOptions) {
    this.#options = options;
  }

  push(drafts: readonly PendingAppend[], bytes: number): Promise<void> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    if (drafts.length === 0) return Promise.resolve();
    const done = new Promise<void>((resolve, reject) => {
      this.#waiting.push({ drafts, bytes, resolve, reject });
    });
    this.#running ??= this.#run();
    return done;
  }

  async idle(): Promise<void> {
    await this.#running;
  }

  async #run(): Promise<void> {
    // Appends of the same turn of the event loop belong to the same group.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#waiting.length > 0) {
      const group = this.#takeGroup();
      try {
        await this.#write(group);
        for (const { resolve } of group) resolve();
      } catch (error) {
        this.#fail(error, group);
      }
    }
    this.#running = undefined;
  }

  #takeGroup(): Waiting[] {
    let bytes = 0;
    let count = 0;
    while (count < this.#waiting.length && (count === 0 || bytes < GROUP_BYTES_MAX)) {
      bytes += this.#waiting[count]?.bytes ?? 0;
      count++;
    }
    return this.#waiting.splice(0, count);
  }

  async #write(group: readonly Waiting[]): Promise<void> {
    const { store, durable, failpoint, nowMs, onVisible } = this.#options;
    failpoint('log.append.before');
    const writes: Write[] = [];
    for (const { drafts } of group) {
      for (const { topic, partition, record } of drafts) {
        const offset = topic.next[partition] ?? 0;
        topic.next[partition] = offset + 1;
        const bytes = encodeRecord(record, { topicId: topic.id, partition, offset });
        writes.push({ topic, partition, offset, bytes, record });
      }
    }
    const { visible, flushed } = store.commit(writes, nowMs());
    await visible;
    failpoint('log.append.committed');
    if (durable) await flushed;
    failpoint('log.append.flushed');
    for (const { topic, partition, offset } of writes) topic.ends[partition] = offset + 1;
    onVisible(writes);
  }

  #fail(cause: unknown, group: readonly Waiting[]): void {
    const why = cause instanceof Error ? cause.message : String(cause);
    const message = `an append failed (${why}); what was written is unknown until the log is reopened`;
    this.#failure = new EventLogError('unavailable', message, { cause, retryable: true });
    const refused = [...group, ...this.#waiting];
    this.#waiting = [];
    for (const { reject } of refused) reject(this.#failure);
  }
}
