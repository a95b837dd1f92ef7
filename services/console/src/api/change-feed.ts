/**
 * One watcher for all open pages: twice a second it looks for what is new. A page that comes back with the number of its
 * last message gets what it missed, or has to ask for everything again.
 */
import { randomUUID } from 'node:crypto';
import type { EventLog, LogRecord } from '@waywarden/event-log';
import { type AuditEvent, HEADERS, TOPICS } from '@waywarden/schemas';
import { toEventRow } from '../core/event-row.ts';
import type { ConsoleStatus, EventRow, StreamMessage } from '../core/view-model.ts';
import type { ConsoleStore } from '../store/console-store.ts';

const EVERY_MS = 500;
/** The store and the status are asked every so many beats. */
const BEATS_PER_LOOK = 2;
/** Messages kept for pages that come back. */
const STORED_MESSAGES_MAX = 256;
/** Events told in one message; a faster flow is sampled, the newest first. */
const EVENTS_PER_MESSAGE_MAX = 25;

export interface Numbered {
  readonly id: string;
  readonly message: StreamMessage;
}

interface FeedParts {
  readonly store: ConsoleStore;
  readonly tail: EventTail;
  readonly status: () => Promise<ConsoleStatus>;
}

export type Listener = (numbered: Numbered) => void;

export class ChangeFeed {
  readonly #parts: FeedParts;
  readonly #run = randomUUID().slice(0, 8);
  readonly #stored: Numbered[] = [];
  readonly #listeners = new Set<Listener>();
  #last = 0;
  #beat = 0;
  #marks: ReadonlyMap<string, string> | undefined;
  #status = '';
  #timer: NodeJS.Timeout | undefined;
  #working = false;

  constructor(parts: FeedParts) {
    this.#parts = parts;
  }

  get listeners(): number {
    return this.#listeners.size;
  }

  /** What a page that saw `lastId` has missed; a `reset` when that can't be told. */
  missedSince(lastId: string | undefined): readonly Numbered[] {
    if (lastId === undefined) return [];
    const [run, number] = lastId.split('.');
    const seen = Number(number);
    const oldest = Number(this.#stored[0]?.id.split('.')[1] ?? this.#last + 1);
    const isKnown = run === this.#run && Number.isInteger(seen) && seen <= this.#last;
    if (isKnown && seen >= oldest - 1) {
      return this.#stored.filter((one) => Number(one.id.split('.')[1]) > seen);
    }
    return [{ id: `${this.#run}.${this.#last}`, message: { type: 'reset' } }];
  }

  /** Tells `listener` everything from now on; the returned function ends that. */
  listen(listener: Listener): () => void {
    this.#listeners.add(listener);
    this.#timer ??= setInterval(() => void this.#tick(), EVERY_MS);
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.close();
    };
  }

  close(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #emit(message: StreamMessage): void {
    this.#last += 1;
    const numbered = { id: `${this.#run}.${this.#last}`, message };
    this.#stored.push(numbered);
    if (this.#stored.length > STORED_MESSAGES_MAX) this.#stored.shift();
    for (const listener of this.#listeners) listener(numbered);
  }

  /** A part that does not answer is left out of this beat: the status says what is wrong. */
  async #tick(): Promise<void> {
    if (this.#working) return;
    this.#working = true;
    this.#beat += 1;
    try {
      const rows = await this.#parts.tail.since(EVENTS_PER_MESSAGE_MAX);
      if (rows.length > 0) this.#emit({ type: 'events', rows });
      if (this.#beat % BEATS_PER_LOOK === 0) await this.#look();
    } catch {
      await this.#emitStatus().catch(() => undefined);
    } finally {
      this.#working = false;
    }
  }

  async #look(): Promise<void> {
    await this.#emitStatus();
    const marks = await this.#parts.store.marks();
    const before = this.#marks;
    this.#marks = marks;
    // Nobody knows what was stored since the first page asked: all of it may be news to it.
    const what = [...marks].filter(([name, mark]) => before?.get(name) !== mark).map(([n]) => n);
    if (what.length > 0 || before === undefined) this.#emit({ type: 'changed', what });
  }

  /** Nothing moves unless something happened: uptime alone is no news. */
  async #emitStatus(): Promise<void> {
    const status = await this.#parts.status();
    const { sentence, events_per_s: rate, counts, stages } = status;
    const lags = stages.map((stage) => [stage.name, stage.behind_s > 1]);
    const text = JSON.stringify([sentence, rate, counts, lags]);
    if (text === this.#status) return;
    this.#status = text;
    this.#emit({ type: 'status', status });
  }
}

/** Records read of one partition to find events among them (time and rules stand there too). */
const TAIL_RECORDS_MAX = 100;
const DECODER = new TextDecoder();

interface Observed {
  readonly row: EventRow;
  readonly observed: string;
}

/**
 * The newest events, from the end of the log: a live view costs the same however much is stored, and shows calls at once.
 */
export class EventTail {
  readonly #log: EventLog;
  readonly #tenant: string;
  #ends: readonly number[] | undefined;

  constructor(log: EventLog, tenant: string) {
    this.#log = log;
    this.#tenant = tenant;
  }

  /** The newest `count` events that are wanted, the newest first. */
  async newest(
    count: number,
    isWanted: (row: EventRow) => boolean = () => true,
  ): Promise<readonly EventRow[]> {
    const topic = TOPICS.auditEvents.name;
    const [ends, starts] = await Promise.all([
      this.#log.endOffsets(topic),
      this.#log.startOffsets(topic),
    ]);
    return this.#between(starts, ends, count, isWanted);
  }

  /** Events since the last time this was asked, at most `count` of them; none at the first time. */
  async since(count: number): Promise<readonly EventRow[]> {
    const ends = await this.#log.endOffsets(TOPICS.auditEvents.name);
    const before = this.#ends;
    this.#ends = ends;
    if (before === undefined || ends.every((end, at) => end === before[at])) return [];
    return this.#between(before, ends, count);
  }

  async #between(
    starts: readonly number[],
    ends: readonly number[],
    count: number,
    isWanted: (row: EventRow) => boolean = () => true,
  ): Promise<readonly EventRow[]> {
    const parts = await Promise.all(
      ends.map(async (end, partition) => {
        const from = Math.max(starts[partition] ?? 0, end - TAIL_RECORDS_MAX);
        if (from >= end) return [];
        const records = await this.#log.read(TOPICS.auditEvents.name, partition, from, end - from);
        return records.flatMap((record) => this.#toRow(record));
      }),
    );
    return parts
      .flat()
      .filter((one) => isWanted(one.row))
      .toSorted((a, b) => (a.observed < b.observed ? 1 : a.observed > b.observed ? -1 : 0))
      .slice(0, count)
      .map((one) => one.row);
  }

  #toRow({ value, headers }: LogRecord): readonly Observed[] {
    if (value === null || headers[HEADERS.type] !== 'event') return [];
    const event = JSON.parse(DECODER.decode(value)) as AuditEvent;
    if (event.tenant_id !== this.#tenant) return [];
    return [{ row: toEventRow(event), observed: event.observed_time }];
  }
}
