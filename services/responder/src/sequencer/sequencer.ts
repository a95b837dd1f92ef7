/**
 * Numbers registry, snapshots, verdicts and time for every partition, one at a time. There is one, by lock or
 * lease.
 */
import type { AppendRecord, ReadBatch, Reader } from '@waywarden/event-log';
import { type MacKeyRing, normaliseTime, TOPICS } from '@waywarden/schemas';
import { toControlRecord } from '../core/stages/registry-record.ts';
import { lastRules } from './last-rules.ts';
import { OffsetWaiters } from './offset-waiters.ts';
import { RegistryOrder, type RegistryTrust, readRegistryRecord } from './read-registry-record.ts';
import { readSnapshot, toBaselineControl } from './read-snapshot.ts';
import { type OperatorKeys, readVerdict } from './read-verdict.ts';
import { SequenceFloor } from './sequence-floor.ts';
import { type SequencedContent, type SequencePosition, toSequenced } from './sequenced-record.ts';
import type { SequencerOptions } from './sequencer-options.ts';
import { recoverSequence, takeOverSequence } from './take-over-sequence.ts';

const GROUP = 'sequencer';
const SNAPSHOTS_GROUP = 'sequencer-snapshots';
const VERDICTS_GROUP = 'sequencer-verdicts';

export interface Sequencer {
  advance(logTime: string): Promise<void>;
  /** Appends the rules in force once more, with new numbers. */
  repeatRules(): Promise<void>;
  /** Resolves when every registry record before `offset` is sequenced. */
  caughtUp(offset: number): Promise<void>;
  snapshotsCaughtUp(offset: number): Promise<void>;
  /** Rejects with what ended it. */
  readonly finished: Promise<void>;
  stop(): Promise<void>;
}

class RunningSequencer implements Sequencer {
  readonly finished: Promise<void>;
  readonly #options: SequencerOptions;
  readonly #trust: RegistryTrust;
  readonly #partitions: number;
  readonly #floor: SequenceFloor;
  readonly #readers: readonly Reader[];
  #position: SequencePosition;
  #queue: Promise<void> = Promise.resolve();
  #failure: { readonly error: unknown } | undefined;
  readonly #registry = new OffsetWaiters();
  readonly #snapshots = new OffsetWaiters();

  constructor(
    options: SequencerOptions,
    state: { partitions: number; floor: SequenceFloor; position: SequencePosition },
  ) {
    this.#options = options;
    const { registryKeys, registryOrder = new RegistryOrder() } = options;
    this.#trust = { keys: registryKeys, order: registryOrder };
    this.#partitions = state.partitions;
    this.#floor = state.floor;
    this.#position = state.position;
    const registry = options.log.reader({
      group: GROUP,
      topics: [TOPICS.registry.name],
      startAt: ({ incarnation }) => this.#startAt(incarnation),
    });
    const running = [registry.run((batch) => this.#handle(batch))];
    this.#readers = [registry];
    if (options.snapshotKeys !== undefined) {
      const keys = options.snapshotKeys;
      const snapshots = options.log.reader({
        group: SNAPSHOTS_GROUP,
        topics: [TOPICS.baselineSnapshots.name],
        startAt: ({ incarnation }) => this.#snapshotsStartAt(incarnation),
      });
      running.push(snapshots.run((batch) => this.#handleSnapshots(batch, keys)));
      this.#readers = [registry, snapshots];
    }
    if (options.operatorKeys !== undefined) {
      const keys = options.operatorKeys;
      const verdicts = options.log.reader({
        group: VERDICTS_GROUP,
        topics: [TOPICS.decisions.name],
        startAt: ({ incarnation }, partition) => this.#verdictsStartAt(incarnation, partition),
      });
      running.push(verdicts.run((batch) => this.#handleVerdicts(batch, keys)));
      this.#readers = [...this.#readers, verdicts];
    }
    this.finished = Promise.all(running).then(
      () => undefined,
      async (error: unknown) => {
        this.#fail(error);
        await Promise.all(this.#readers.map((one) => one.stop()));
        throw error;
      },
    );
    this.finished.catch(() => undefined);
  }

  advance(logTime: string): Promise<void> {
    const time = normaliseTime(logTime);
    if (time === undefined) throw new TypeError(`${logTime} is no RFC 3339 time.`);
    return this.#enqueue(async () => {
      const last = this.#position.logTime;
      // Normal forms sort as strings.
      if (last !== null && time <= last) return;
      const seq = this.#position.seq + 1;
      await this.#append({ seq, time }, { seq, logTime: time });
    });
  }

  async repeatRules(): Promise<void> {
    const { log, registryKeys } = this.#options;
    for (const { record, offset } of await lastRules(log, registryKeys)) {
      if (offset >= this.#position.registryNext) continue;
      await this.#enqueue(async () => {
        const seq = this.#position.seq + 1;
        await this.#append(toControlRecord(record, seq), { seq });
      });
    }
  }

  caughtUp(offset: number): Promise<void> {
    if (this.#failure) return Promise.reject(this.#failure.error);
    return this.#registry.reached(offset);
  }

  snapshotsCaughtUp(offset: number): Promise<void> {
    if (this.#failure) return Promise.reject(this.#failure.error);
    return this.#snapshots.reached(offset);
  }

  async stop(): Promise<void> {
    await Promise.all(this.#readers.map((one) => one.stop()));
    await this.#queue.catch(() => undefined);
  }

  #startAt(incarnation: string): number {
    const { registryIncarnation, registryNext } = this.#position;
    const next = registryIncarnation === incarnation ? registryNext : 0;
    this.#position = { ...this.#position, registryIncarnation: incarnation, registryNext: next };
    this.#registry.done(next);
    return next;
  }

  #snapshotsStartAt(incarnation: string): number {
    const { snapshotsIncarnation, snapshotsNext } = this.#position;
    const next = snapshotsIncarnation === incarnation ? snapshotsNext : 0;
    this.#position = {
      ...this.#position,
      snapshotsIncarnation: incarnation,
      snapshotsNext: next,
    };
    this.#snapshots.done(next);
    return next;
  }

  /** The earliest, where retention took the rest. */
  async #verdictsStartAt(incarnation: string, partition: number): Promise<number> {
    if (this.#position.verdictsIncarnation !== incarnation) {
      this.#position = { ...this.#position, verdictsIncarnation: incarnation, verdictsNext: [] };
    }
    const starts = await this.#options.log.startOffsets(TOPICS.decisions.name);
    return Math.max(this.#position.verdictsNext[partition] ?? 0, starts[partition] ?? 0);
  }

  #verdictsUpTo(partition: number, next: number): Pick<SequencePosition, 'verdictsNext'> {
    const { verdictsNext } = this.#position;
    const length = Math.max(verdictsNext.length, partition + 1);
    const all = Array.from({ length }, (_, at) => verdictsNext[at] ?? 0);
    return { verdictsNext: all.with(partition, next) };
  }

  async #handleVerdicts(batch: ReadBatch, keys: OperatorKeys): Promise<void> {
    const { partition } = batch;
    for (const record of batch.records) {
      const read = await readVerdict(record, keys);
      const next = record.offset + 1;
      await this.#enqueue(async () => {
        const upTo = this.#verdictsUpTo(partition, next);
        if (read === undefined || 'refused' in read) {
          this.#position = { ...this.#position, ...upTo };
          const at = { partition, offset: record.offset };
          if (read) this.#options.events?.verdictRefused?.({ ...at, reason: read.refused });
          return;
        }
        const seq = this.#position.seq + 1;
        await this.#append({ ...read.verdict, seq }, { seq, ...upTo });
        const { kind, tenant_id: tenantId, version } = read.verdict;
        this.#options.events?.controlSequenced?.({ seq, kind, tenantId, version });
      });
    }
  }

  async #handleSnapshots(batch: ReadBatch, keys: MacKeyRing): Promise<void> {
    for (const record of batch.records) {
      const read = readSnapshot(record, keys);
      const snapshotsNext = record.offset + 1;
      await this.#enqueue(async () => {
        if ('refused' in read) {
          this.#position = { ...this.#position, snapshotsNext };
          const { offset } = record;
          this.#options.events?.snapshotRefused?.({ offset, reason: read.refused });
          return;
        }
        const { seq: last, logTime } = this.#position;
        const seq = last + 1;
        const control = toBaselineControl(read.snapshot, seq, logTime);
        await this.#append(control, { seq, snapshotsNext });
        const { kind, tenant_id: tenantId, version } = control;
        this.#options.events?.controlSequenced?.({ seq, kind, tenantId, version });
      });
      this.#snapshots.done(snapshotsNext);
    }
  }

  async #handle(batch: ReadBatch): Promise<void> {
    for (const record of batch.records) {
      const read = await readRegistryRecord(record, this.#trust);
      const registryNext = record.offset + 1;
      await this.#enqueue(async () => {
        if ('refused' in read) {
          this.#position = { ...this.#position, registryNext };
          const { offset } = record;
          this.#options.events?.registryRecordRefused?.({ offset, reason: read.refused });
          return;
        }
        const seq = this.#position.seq + 1;
        const control = toControlRecord(read.record, seq);
        await this.#append(control, { seq, registryNext });
        const { kind, tenant_id: tenantId, version } = control;
        this.#options.events?.controlSequenced?.({ seq, kind, tenantId, version });
      });
      this.#registry.done(registryNext);
    }
  }

  async #append(
    content: SequencedContent,
    change: Partial<SequencePosition> & Pick<SequencePosition, 'seq'>,
  ): Promise<void> {
    const { log, macKey, wallClock, failpoint } = this.#options;
    const position = { ...this.#position, ...change };
    const sealed = toSequenced(content, position, { key: macKey, producedAt: wallClock() });
    const copies: AppendRecord[] = Array.from({ length: this.#partitions }, (_, partition) => ({
      ...sealed,
      partition,
    }));
    await log.append(copies);
    failpoint?.('sequencer.append.after');
    this.#position = { ...this.#position, ...change };
    this.#floor.write(position.seq);
    failpoint?.('sequencer.floor.after');
  }

  #enqueue(step: () => Promise<void>): Promise<void> {
    const done = this.#queue.then(async () => {
      if (this.#failure) throw this.#failure.error;
      try {
        await step();
      } catch (error) {
        this.#fail(error);
        throw error;
      }
    });
    this.#queue = done.catch(() => undefined);
    return done;
  }

  #fail(error: unknown): void {
    if (this.#failure) return;
    this.#failure = { error };
    for (const waiters of [this.#registry, this.#snapshots]) waiters.fail(error);
  }
}

async function goOn(options: SequencerOptions, partitions: number, floor: number) {
  const { log, macKeys, epoch } = options;
  if (epoch !== undefined) {
    return takeOverSequence({ ...options, partitions, floor, epoch });
  }
  const { position, missing } = await recoverSequence(log, macKeys, { floor });
  if (missing.length > 0) await log.append(missing);
  return { position, copies: missing.length };
}

/** The topics must exist. */
export async function startSequencer(options: SequencerOptions): Promise<Sequencer> {
  const { log, stateDir, events } = options;
  const { partitions, incarnation } = await log.describe(TOPICS.auditEvents.name);
  const floor = new SequenceFloor(stateDir, incarnation);
  const { position, copies } = await goOn(options, partitions, floor.read());
  events?.sequenceRecovered?.({ seq: position.seq, copies });
  return new RunningSequencer(options, { partitions, floor, position });
}
