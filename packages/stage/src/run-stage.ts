/**
 * Runs a stage: decide, append the outputs, then commit state, marks and offset in one local
 * transaction, so that a crash only emits identical outputs again (docs/architecture.md).
 */
import {
  type AppendRecord,
  type EventLog,
  ExpiredError,
  encodeSrc,
  type LogRecord,
  type ReadBatch,
  type Reader,
  type TopicInfo,
} from '@waywarden/event-log';
import { BatchesInHand } from './in-hand.ts';
import { refusedRecord, toAppendRecords } from './output-record.ts';
import type { Output, Transaction } from './port.ts';
import {
  isMarkedRepeat,
  isOfEndedLease,
  type Marks,
  type Source,
  sourceOf,
  toStageRecord,
} from './record-source.ts';
import { type PlacedGap, ResumePoint, stageSpace } from './restore-partition.ts';
import type { SpaceTransaction } from './space-draft.ts';
import { parseJson, type StageOptions } from './stage-options.ts';
import { turnSpent } from './turn-budget.ts';

/** Batches, each of another partition, that are under way at a time. */
const IN_HAND_MAX = 16;
type Decided = readonly Output[] | Promise<readonly Output[]>;

export class Stage {
  readonly name: string;
  readonly #options: StageOptions;
  readonly #partitions = new Map<string, number>();
  #reader: Reader | undefined;
  #stopping = false;
  readonly #history: ResumePoint;
  /** Next offset per `topic/partition`, for whoever waits until a stage has caught up. */
  readonly #done = new Map<string, number>();
  readonly #spaces = new Map<string, string>();
  #waiters: (() => void)[] = [];
  readonly #inHand: BatchesInHand;

  constructor(options: StageOptions) {
    this.#options = options;
    this.name = options.name;
    this.#history = new ResumePoint(options);
    // The reader may be waiting for records that never come.
    const stopReader = () => void this.#reader?.stop().catch(() => undefined);
    this.#inHand = new BatchesInHand(IN_HAND_MAX, stopReader);
  }

  /** Resolves when stopped; rejects with the failure that stopped it. */
  async run(): Promise<void> {
    const { log, name, topics, state, batchRecordsMax } = this.#options;
    while (!this.#stopping) {
      const reader = log.reader({
        group: name,
        topics,
        startAt: (topic, partition) => this.#startAt(topic, partition),
        committed: ({ name: topic, incarnation }, partition) =>
          state.storedOffset(this.#space(topic, incarnation, partition)),
        onRevoked: (topic, partition) => this.#spaces.delete(`${topic}/${partition}`),
        ...(batchRecordsMax === undefined ? {} : { batchRecordsMax }),
      });
      this.#reader = reader;
      try {
        await reader.run((batch) => this.#handle(batch));
        break;
      } catch (error) {
        // Removed before they were read: `#startAt` says so, and the rest is worth deciding.
        if (!(error instanceof ExpiredError)) throw error;
      } finally {
        await this.#inHand.warmedUp();
      }
    }
    this.#inHand.assertWhole();
  }

  /** Lets the batches in hand finish. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#reader?.stop();
    await this.#inHand.warmedUp();
  }

  get topics(): readonly string[] {
    return this.#options.topics;
  }

  /** Of each partition that it has, the next offset to be decided. */
  positions(): readonly { topic: string; partition: number; next: number }[] {
    return [...this.#spaces.keys()].map((place) => {
      const at = place.lastIndexOf('/');
      const next = this.#done.get(place) ?? 0;
      return { topic: place.slice(0, at), partition: Number(place.slice(at + 1)), next };
    });
  }

  /** What this stage does not know of its past, of the partitions that it has. */
  history(): readonly PlacedGap[] {
    return this.#history.all();
  }

  /** What it knows by partition of a topic, to be read between records and never written. */
  states(
    topic: string,
  ): readonly (readonly [partition: number, state: Pick<Transaction, 'get'>])[] {
    return [...this.#spaces].flatMap(([place, space]) => {
      const [name, partition] = place.split('/');
      return name === topic
        ? [[Number(partition), this.#options.state.transaction(space)] as const]
        : [];
    });
  }

  /** By `topic/partition`: the offset below which all is decided and its outputs are in the log. */
  progress(): ReadonlyMap<string, number> {
    return this.#done;
  }

  async #startAt(topic: TopicInfo, partition: number): Promise<number> {
    await this.#inHand.warmedUp(`${topic.name}/${partition}`);
    const space = this.#space(topic.name, topic.incarnation, partition);
    this.#spaces.set(`${topic.name}/${partition}`, space);
    const next = await this.#history.startAt(space, topic.name, partition);
    this.#finish(topic.name, partition, next);
    return next;
  }

  /** Resolves when every record before `offsets` (by partition) of `topic` is decided. */
  async caughtUp(topic: string, offsets: readonly number[]): Promise<void> {
    const behind = () =>
      offsets.some((end, partition) => end > (this.#done.get(`${topic}/${partition}`) ?? 0));
    while (behind()) {
      await new Promise<void>((resolve) => {
        this.#waiters.push(resolve);
      });
    }
  }

  #finish(topic: string, partition: number, next: number): void {
    this.#done.set(`${topic}/${partition}`, next);
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const wake of waiters) wake();
  }

  #space(topic: string, incarnation: string, partition: number): string {
    return stageSpace(this.#options.name, topic, incarnation, partition);
  }

  /** Resolves when the reader may go on to another partition, which is before the batch is done. */
  async #handle(batch: ReadBatch): Promise<void> {
    if (!(await this.#passed(batch.topic))) return;
    const { topic, incarnation, partition } = batch;
    const transaction = this.#options.state.transaction(this.#space(topic, incarnation, partition));
    await this.#inHand.begin(`${topic}/${partition}`, async () => {
      try {
        await this.#decideBatch(batch, transaction);
      } catch (error) {
        transaction.abandon();
        throw error;
      }
    });
  }

  /** False: all is stopping. */
  async #passed(topic: string): Promise<boolean> {
    const { gate, events, name: stage } = this.#options;
    if (gate === undefined) return true;
    events?.waitBegan?.({ stage, topic });
    try {
      return await gate(topic);
    } finally {
      events?.waitEnded?.({ stage, topic });
    }
  }

  async #decideBatch(batch: ReadBatch, transaction: SpaceTransaction): Promise<void> {
    const { name, state, failpoint, log, events } = this.#options;
    const space = this.#space(batch.topic, batch.incarnation, batch.partition);
    const progress = state.progress<Marks>(space, {});
    const marks: Marks = { ...progress.marks };
    const appends: AppendRecord[] = [];
    let nextOffset = progress.nextOffset;
    let repeats = 0;
    // Once a batch: for each record it would cost a per cent of all the time.
    const producedAt = this.#options.wallClock();
    for (const record of batch.records) {
      if (record.offset < nextOffset) continue;
      const spent = turnSpent();
      if (spent !== undefined) await spent;
      nextOffset = record.offset + 1;
      if (this.#options.underLease === true && isOfEndedLease(record, marks)) {
        this.#report(record, 'ended_lease');
        continue;
      }
      const source = sourceOf(record);
      if (isMarkedRepeat(source, marks)) {
        repeats++;
        continue;
      }
      const decided = this.#decide(transaction, record, source);
      // Who admits hardly ever has to wait for anything.
      const outputs = decided instanceof Promise ? await decided : decided;
      if (outputs.length > 0) await this.#collect(appends, { record, producedAt }, outputs);
    }
    failpoint?.(`${name}.append.before`);
    if (appends.length > 0) await log.append(appends);
    failpoint?.(`${name}.append.after`);
    if (appends.length > 0) events?.outputsAppended?.({ stage: name, records: appends });
    await state.commit(space, { nextOffset, marks });
    failpoint?.(`${name}.commit.after`);
    this.#finish(batch.topic, batch.partition, nextOffset);
    events?.batchDecided?.({
      stage: name,
      partition: batch.partition,
      records: batch.records.length,
      repeats,
    });
  }

  #decide(transaction: SpaceTransaction, record: LogRecord, source: Source): Decided {
    const judged = (refusal: string | undefined) =>
      refusal === undefined
        ? this.#decideAdmitted(transaction, record, source)
        : this.#refuse(record, refusal);
    const refusal = this.#options.admit?.(record);
    return refusal instanceof Promise ? refusal.then(judged) : judged(refusal);
  }

  #decideAdmitted(
    transaction: SpaceTransaction,
    record: LogRecord,
    source: Source,
  ): readonly Output[] {
    const { parse, decide } = this.#options;
    const parsed = (parse ?? parseJson)(record);
    if ('refused' in parsed) return this.#refuse(record, parsed.refused);
    try {
      const outputs = decide(transaction, toStageRecord(record, parsed.value, source.partition));
      transaction.keep();
      return outputs;
    } catch (error) {
      // A pure decide that threw has changed nothing: this record is set aside and the stage goes on,
      // since a crash loop on a poisoned record would be an attacker's off switch.
      transaction.forget();
      return this.#refuse(
        record,
        `invariant: ${error instanceof Error ? error.message : 'unknown'}`,
      );
    }
  }

  #refuse(record: LogRecord, reason: string): readonly Output[] {
    this.#report(record, reason);
    return [refusedRecord(this.#options.name, record, reason)];
  }

  #report({ topic, partition, offset }: LogRecord, reason: string): void {
    const { name: stage, events } = this.#options;
    events?.recordRefused?.({ stage, topic, partition, offset, reason });
  }

  async #collect(
    appends: AppendRecord[],
    { record, producedAt }: { readonly record: LogRecord; readonly producedAt: string },
    outputs: readonly Output[],
  ): Promise<void> {
    const { log, seal, name } = this.#options;
    const src = { ...record, index: 0 };
    for (const output of outputs) {
      const partitions =
        output.partition === 'all' ? await this.#partitionsOf(log, output.topic) : 1;
      const made = toAppendRecords(output, {
        partitions,
        source: name,
        src: () => encodeSrc({ ...src, index: src.index++ }),
        producedAt,
      });
      for (const one of made) {
        const sealed = seal === undefined ? one : seal(one);
        appends.push(sealed instanceof Promise ? await sealed : sealed);
      }
    }
  }

  async #partitionsOf(log: EventLog, topic: string): Promise<number> {
    const known = this.#partitions.get(topic);
    if (known !== undefined) return known;
    const { partitions } = await log.describe(topic);
    this.#partitions.set(topic, partitions);
    return partitions;
  }
}
