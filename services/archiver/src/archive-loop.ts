/**
 * Gathers records and writes them batch by batch: intent on disk → insert under its token →
 * offsets, marks and dirty minutes. One batch is inserted while the next is gathered. A full batch
 * that must wait holds up the reader.
 */
import { type EventLog, ExpiredError, type LogRecord, type ReadBatch } from '@waywarden/event-log';
import { type ArchiveMarks, type ArchiveState, partitionKey } from './archive-state.ts';
import { BatchBuild, type RepeatedId } from './batch-build.ts';
import { ArchiverError } from './clickhouse-errors.ts';
import type { ClickHouseStore } from './clickhouse-store.ts';
import { insertBatch, insertMissing } from './insert-batch.ts';
import { type IdPlace, sameContent } from './recent-ids.ts';
import type { RollUpRefresh } from './rollup-refresh.ts';
import type { ArchivedTopic } from './rows/archived-topic.ts';
import { clickhouseTime } from './rows/clickhouse-time.ts';
import type { StoredBefore } from './stored-before.ts';
import type { ArchiverEvents, ArchiverStats } from './telemetry.ts';

export const FAILPOINTS = [
  'archiver.intent.written',
  'archiver.insert.before',
  'archiver.insert.done',
  'archiver.commit.before',
  'archiver.commit.done',
  'archiver.rollup.done',
] as const;
export type Failpoint = (typeof FAILPOINTS)[number];

/** Rows of one insert: above it ClickHouse gets no faster and this process stalls longer. */
const BATCH_ROWS_MAX = 10_000;
const BATCH_ROWS_FULL = 8_000;
const BATCH_BYTES_MAX = 24 * 1024 * 1024;
/** How long a record waits for company. */
const LINGER_MS = 100;
/** Without a new batch for so long, the log counts as idle and the roll-ups are brought up. */
const IDLE_MS = 500;
/** Repeats whose first record is looked up, of one batch. */
const CONFLICT_CHECKS_MAX = 100;

export interface LoopParts {
  readonly log: EventLog;
  readonly state: ArchiveState;
  readonly store: ClickHouseStore;
  readonly rollUps: RollUpRefresh;
  readonly stored: StoredBefore;
  readonly topics: ReadonlyMap<string, ArchivedTopic>;
  readonly now: () => number;
  readonly failpoint: (name: Failpoint) => void;
  readonly events: ArchiverEvents;
  /** Told once, of whatever ends the loop. */
  readonly onFailed: (error: unknown) => void;
}

export class ArchiveLoop {
  readonly #parts: LoopParts;
  readonly #positions = new Map<string, number>();
  readonly #waiters = new Set<() => void>();
  #current: BatchBuild;
  #inFlight: { readonly build: BatchBuild; readonly written: Promise<void> } | undefined;
  #linger: NodeJS.Timeout | undefined;
  #idle: NodeJS.Timeout | undefined;
  #failure: { readonly error: unknown } | undefined;
  #inUse: Promise<void> | undefined;
  #taking: Promise<void> = Promise.resolve();
  #closed = false;
  #stats = { rows: 0, repeats: 0, idConflicts: 0, unreadable: 0, batches: 0 };

  constructor(parts: LoopParts) {
    this.#parts = parts;
    this.#current = this.#newBuild();
  }

  stats(): Omit<ArchiverStats, 'storeRetries' | 'rollUpsRefreshed'> {
    return { ...this.#stats };
  }

  /** The offset after the last record that was taken; 0 when none ever was. */
  positionOf(key: string): number {
    return this.#positions.get(key) ?? this.#parts.state.nextOffset(key) ?? 0;
  }

  seek(key: string, offset: number): void {
    this.#positions.set(key, offset);
  }

  /** Runs `work` while nothing is written. */
  async hold<T>(work: () => Promise<T>): Promise<T> {
    while (this.#inUse !== undefined) await this.#inUse;
    let release: () => void = () => undefined;
    this.#inUse = new Promise((resolve) => {
      release = resolve;
    });
    try {
      await this.#taking.catch(() => undefined);
      await this.write();
      await this.#parts.rollUps.drain();
      return await work();
    } finally {
      this.#inUse = undefined;
      release();
    }
  }

  async take(batch: ReadBatch): Promise<void> {
    while (this.#inUse !== undefined) await this.#inUse;
    this.#taking = this.#take(batch);
    await this.#taking;
  }

  async #take(batch: ReadBatch): Promise<void> {
    this.#assertRunning();
    const topic = this.#parts.topics.get(batch.topic);
    if (topic === undefined) return;
    const key = partitionKey(batch.topic, batch.incarnation, batch.partition);
    const position = this.positionOf(key);
    // After a rebalance the same records may be delivered while they still wait here.
    const records = batch.records.filter((record) => record.offset >= position);
    if (records.length === 0) return;
    const stored = await this.#parts.stored.of(topic, { ...batch, records });
    if (this.#current.records + records.length > BATCH_ROWS_MAX) await this.#rotate();
    const repeated = this.#current.add(topic, records, {
      stored,
      marks: (of) => this.#marks(of),
      ids: this.#parts.state.recentIds,
      inFlight: this.#inFlight?.build,
    });
    this.#positions.set(key, (records.at(-1)?.offset ?? position) + 1);
    const full = this.#current.records >= BATCH_ROWS_FULL || this.#current.bytes >= BATCH_BYTES_MAX;
    if (full) await this.#rotate();
    else this.#armLinger();
    if (repeated.length > 0) await this.#countConflicts(topic, repeated);
  }

  async write(): Promise<void> {
    await this.#rotate();
    await this.#inFlight?.written;
    this.#assertRunning();
  }

  /** Resolves when everything below the given offsets (by partition key) is committed. */
  async reach(targets: ReadonlyMap<string, number>): Promise<void> {
    const missing = (): boolean =>
      [...targets].some(([key, end]) => (this.#parts.state.nextOffset(key) ?? 0) < end);
    while (missing()) {
      this.#assertRunning();
      // The waiter is in place before the write.
      const advanced = new Promise<void>((resolve) => this.#waiters.add(resolve));
      await this.write();
      if (missing()) await advanced;
    }
    // What was committed just before a failure is there, but whoever waits must learn of it.
    this.#assertRunning();
  }

  /** Ends the loop as a crash would. */
  abandon(error: unknown): void {
    if (this.#failure !== undefined) return;
    this.#failure = { error };
    this.close();
    this.#parts.onFailed(error);
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#linger);
    clearTimeout(this.#idle);
    this.#wake();
  }

  /** Resolves when no batch is under way. */
  async warmedUp(): Promise<void> {
    await this.#inFlight?.written.catch(() => undefined);
  }

  #newBuild(): BatchBuild {
    const storedAt = clickhouseTime(new Date(this.#parts.now()).toISOString());
    return new BatchBuild(storedAt);
  }

  #marks(key: string): ArchiveMarks {
    return this.#parts.state.marks(key);
  }

  #assertRunning(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
    if (this.#closed) throw new ArchiverError('stopped', 'The archiver was stopped.');
  }

  #wake(): void {
    const waiting = [...this.#waiters];
    this.#waiters.clear();
    for (const resolve of waiting) resolve();
  }

  #armLinger(): void {
    if (this.#linger !== undefined) return;
    this.#linger = setTimeout(
      () => {
        this.#linger = undefined;
        this.#rotate().catch((error: unknown) => this.abandon(error));
      },
      this.#waiters.size > 0 ? 0 : LINGER_MS,
    );
  }

  async #rotate(): Promise<void> {
    while (this.#inFlight !== undefined) await this.#inFlight.written;
    this.#assertRunning();
    if (this.#current.records === 0) return;
    clearTimeout(this.#linger);
    this.#linger = undefined;
    const build = this.#current;
    this.#current = this.#newBuild();
    const written = this.#writeBatch(build);
    this.#inFlight = { build, written };
    written.catch((error: unknown) => this.abandon(error));
  }

  async #writeBatch(build: BatchBuild): Promise<void> {
    const { state, events, failpoint } = this.#parts;
    const began = performance.now();
    await state.writeIntent(build.intent());
    failpoint('archiver.intent.written');
    const { rows, isSeen } = await insertBatch(this.#parts, build);
    if (!isSeen) await insertMissing(this.#parts, build.intent());
    failpoint('archiver.commit.before');
    await state.commit(build.commit((key) => this.#marks(key)));
    failpoint('archiver.commit.done');
    this.#inFlight = undefined;
    this.#stats.rows += rows;
    this.#stats.repeats += build.repeats;
    this.#stats.unreadable += build.unreadable;
    this.#stats.batches += 1;
    events.batchArchived?.({ rows, repeats: build.repeats, tookMs: performance.now() - began });
    if (build.unreadable > 0) events.recordsUnreadable?.({ records: build.unreadable });
    this.#wake();
    this.#scheduleRollUps();
  }

  #scheduleRollUps(): void {
    if (this.#closed) return;
    clearTimeout(this.#idle);
    const drain = (): void => {
      if (this.#closed) return;
      this.#parts.rollUps.drain().catch((error: unknown) => this.abandon(error));
    };
    if (this.#parts.rollUps.due) drain();
    // Also when a refresh has just begun.
    this.#idle = setTimeout(() => {
      if (this.#inFlight === undefined && this.#current.records === 0) drain();
    }, IDLE_MS);
  }

  async #countConflicts(topic: ArchivedTopic, repeated: readonly RepeatedId[]): Promise<void> {
    for (const { record, first } of repeated.slice(0, CONFLICT_CHECKS_MAX)) {
      const earlier = await recordAt(this.#parts.log, topic.topic, first);
      if (earlier === undefined || sameContent(earlier, record)) continue;
      this.#stats.idConflicts += 1;
      this.#parts.events.idConflict?.({
        topic: topic.topic,
        partition: record.partition,
        offset: record.offset,
        firstOffset: first.offset,
      });
    }
  }
}

/** Undefined when it is kept no longer: then nothing can be compared. */
async function recordAt(
  log: EventLog,
  topic: string,
  { partition, offset }: IdPlace,
): Promise<LogRecord | undefined> {
  try {
    return (await log.read(topic, partition, offset, 1))[0];
  } catch (error) {
    if (error instanceof ExpiredError) return undefined;
    throw error;
  }
}
