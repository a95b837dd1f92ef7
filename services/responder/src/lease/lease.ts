/**
 * A lease with an epoch in the log: one responder writes, another takes over when it is silent
 * (fencing: Kleppmann 2016). No two clocks are compared.
 */
import type { EventLog, LogRecord, ReadBatch, Reader } from '@waywarden/event-log';
import {
  HEADERS,
  type LeaseRecord,
  leaseRecordSchema,
  type MacKey,
  type MacKeyRing,
  macHeaders,
  TOPICS,
  verifyMac,
} from '@waywarden/schemas';
import { parseJson } from '@waywarden/stage';
import { applyLease, type LeaseState, NO_LEASE } from './lease-state.ts';

const TOPIC = TOPICS.leases.name;
const ROLE = 'responder';
const RENEW_EVERY_MS = 750;
/** A holder that read no renewal of its own for so long writes nothing. */
const IN_HAND_MS = 2_500;
/** A follower that read no renewal for so long claims. */
const SILENT_MS = 3_500;
const TICK_MS = 250;
/** Of one tick: a process that was frozen read nothing meanwhile, and proves no silence. */
const TICK_MS_MAX = 500;
const ENCODER = new TextEncoder();

/** Another process holds the lease: whatever this one would write is refused. */
export class LeaseLostError extends Error {
  constructor(epoch: number, { epoch: newer, holder }: LeaseState) {
    super(
      `epoch ${epoch} of the responder's lease is over: ${holder ?? 'nobody'} holds epoch ${newer}`,
    );
    this.name = 'LeaseLostError';
  }
}

/** It was given back by this process: nothing more is written. */
export class LeaseClosedError extends Error {
  constructor() {
    super('the lease was given back');
    this.name = 'LeaseClosedError';
  }
}

export interface LeaseEvents {
  /** Another one holds it, and this one follows. */
  followed?(info: { readonly holder: string; readonly epoch: number }): void;
  acquired?(info: { readonly epoch: number; readonly waitedMs: number }): void;
}

export interface LeaseOptions {
  /** Its own connection: a renewal must not wait for a batch. */
  readonly log: EventLog;
  readonly macKey: MacKey;
  readonly macKeys: MacKeyRing;
  /** Names this process; no other has the same name. */
  readonly holder: string;
  /** Of what was written under a lease before, also where the records of the lease are lost. */
  readonly newestEpoch: number;
  /** Offsets by `stage/topic/partition`, put into each renewal for those who follow. */
  readonly progress: () => Readonly<Record<string, number>>;
  /** In milliseconds, never back (`waking-clock.ts`). */
  readonly nowMs: () => number;
  readonly events?: LeaseEvents;
}

export interface LeaseReport {
  readonly state: 'following' | 'held' | 'overdue' | 'lost';
  readonly epoch: number;
  readonly holder: string | undefined;
  /** For how long no word of a holder was read. */
  readonly silentMs: number;
}

export class Lease {
  readonly #options: LeaseOptions;
  readonly #reader: Reader;
  #state: LeaseState = NO_LEASE;
  /** Of this process, once claimed. */
  #epoch: number | undefined;
  #silentMs = 0;
  #tickedMs: number;
  #heldUntilMs = 0;
  /** When each renewal that is under way was asked for. */
  #askedMs: number[] = [];
  #renewedMs = 0;
  #waiters: (() => void)[] = [];
  #failure: { readonly error: unknown } | undefined;
  #timer: NodeJS.Timeout | undefined;
  #claimedMs = Number.NEGATIVE_INFINITY;
  /** When the holder was last read, by this process' clock. */
  #lastSeenMs: number;
  #stopped = false;
  #unread: number;
  readonly #running: Promise<void>;
  /** Resolves when it was given back. */
  readonly ended: Promise<void>;
  #end: { resolve(): void; reject(error: unknown): void } = {
    resolve: () => undefined,
    reject: () => undefined,
  };
  readonly #beganMs: number;

  /** Reads from `start`; nobody is taken for silent before the records up to `end` are read. */
  constructor(
    options: LeaseOptions,
    { start, end }: { readonly start: number; readonly end: number },
  ) {
    this.#options = options;
    this.#unread = end - start;
    this.#beganMs = options.nowMs();
    this.#tickedMs = this.#beganMs;
    this.#lastSeenMs = this.#beganMs;
    this.#reader = options.log.reader({
      group: 'lease',
      topics: [TOPIC],
      startAt: () => start,
    });
    this.ended = new Promise((resolve, reject) => {
      this.#end = { resolve, reject };
    });
    this.ended.catch(() => undefined);
    this.#running = this.#reader.run((batch) => this.#read(batch));
    this.#running.catch((error: unknown) => this.#fail(error));
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
  }

  /** Resolves with the epoch once it is held. */
  async acquired(): Promise<number> {
    await this.#until(() => this.#epoch !== undefined && this.#isInHand());
    return this.#epoch ?? 0;
  }

  /** Resolves at once while it is held, waits while that is not known; rejects once it is lost. */
  async valid(): Promise<void> {
    if (this.#isInHand() && this.#failure === undefined) return;
    await this.#until(() => this.#isInHand());
  }

  /** Resolves with false when this process holds it, with true when its holder is past `offset`. */
  async follow(place: string, offset: number): Promise<boolean> {
    const isCovered = () => (this.#state.progress[place] ?? 0) > offset;
    await this.#until(() => this.#isInHand() || (this.#epoch === undefined && isCovered()));
    return this.#epoch === undefined;
  }

  get epoch(): number | undefined {
    return this.#epoch;
  }

  report(): LeaseReport {
    const { epoch, holder } = this.#state;
    const known = { epoch, holder, silentMs: this.#options.nowMs() - this.#lastSeenMs };
    if (this.#failure !== undefined) return { state: 'lost', ...known };
    if (this.#epoch === undefined) return { state: 'following', ...known };
    return { state: this.#isInHand() ? 'held' : 'overdue', ...known };
  }

  /** Gives it back where it is held, so that another need not wait. */
  async stop(): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    clearInterval(this.#timer);
    if (this.#epoch !== undefined && this.#failure === undefined) {
      await this.#append('release', this.#epoch).catch(() => undefined);
    }
    this.#end.resolve();
    this.#fail(new LeaseClosedError());
    await this.#reader.stop();
  }

  #isInHand(): boolean {
    return this.#epoch !== undefined && this.#options.nowMs() < this.#heldUntilMs;
  }

  async #until(isSo: () => boolean): Promise<void> {
    while (!isSo()) {
      if (this.#failure !== undefined) throw this.#failure.error;
      await new Promise<void>((resolve) => {
        this.#waiters.push(resolve);
      });
    }
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  #wake(): void {
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const wake of waiters) wake();
  }

  #fail(error: unknown): void {
    this.#failure ??= { error };
    this.#end.reject(error);
    clearInterval(this.#timer);
    this.#wake();
  }

  async #read(batch: ReadBatch): Promise<void> {
    for (const record of batch.records) this.#take(record);
    this.#unread = Math.min(
      this.#unread,
      batch.endOffset - (batch.records.at(-1)?.offset ?? 0) - 1,
    );
    this.#wake();
  }

  #take(record: LogRecord): void {
    if (verifyMac(record, this.#options.macKeys) !== 'ok') return;
    const parsed = parseJson(record);
    if ('refused' in parsed) return;
    const read = leaseRecordSchema.safeParse(parsed.value);
    if (!read.success) return;
    const before = this.#state;
    this.#state = applyLease(before, read.data);
    const { epoch, holder } = this.#state;
    const isOwn = holder === this.#options.holder;
    if (read.data.epoch === epoch && read.data.holder === holder) {
      this.#silentMs = 0;
      this.#lastSeenMs = this.#options.nowMs();
    }
    if (holder !== undefined && !isOwn && (epoch !== before.epoch || holder !== before.holder)) {
      this.#options.events?.followed?.({ holder, epoch });
    }
    if (this.#epoch !== undefined && (epoch > this.#epoch || !isOwn)) {
      this.#fail(new LeaseLostError(this.#epoch, this.#state));
      return;
    }
    if (isOwn && read.data.holder === holder) this.#renewed(epoch);
  }

  /** An own record came back: nobody had claimed before it. */
  #renewed(epoch: number): void {
    const askedMs = this.#askedMs.shift();
    if (askedMs === undefined) return;
    this.#heldUntilMs = askedMs + IN_HAND_MS;
    if (this.#epoch !== undefined) return;
    this.#epoch = epoch;
    const waitedMs = Math.round(this.#options.nowMs() - this.#beganMs);
    this.#options.events?.acquired?.({ epoch, waitedMs });
  }

  #tick(): void {
    const nowMs = this.#options.nowMs();
    this.#silentMs += Math.min(TICK_MS_MAX, nowMs - this.#tickedMs);
    this.#tickedMs = nowMs;
    if (this.#epoch !== undefined) {
      if (nowMs - this.#renewedMs >= RENEW_EVERY_MS) this.#renew(nowMs);
      return;
    }
    const isFree = this.#state.holder === undefined;
    const isDue = this.#unread <= 0 && (isFree || this.#silentMs >= SILENT_MS);
    if (isDue && nowMs - this.#claimedMs >= SILENT_MS) this.#claim(nowMs);
  }

  #claim(nowMs: number): void {
    this.#claimedMs = nowMs;
    this.#silentMs = 0;
    this.#askedMs = [nowMs];
    const epoch = Math.max(this.#state.epoch, this.#options.newestEpoch) + 1;
    this.#append('claim', epoch).catch((error: unknown) => this.#fail(error));
  }

  #renew(nowMs: number): void {
    this.#renewedMs = nowMs;
    this.#askedMs.push(nowMs);
    this.#append('renew', this.#epoch ?? 0).catch((error: unknown) => this.#fail(error));
  }

  #append(kind: LeaseRecord['kind'], epoch: number): Promise<void> {
    const { log, macKey, holder, progress } = this.#options;
    const content: LeaseRecord = {
      ...{ role: ROLE, kind, epoch, holder },
      ...(kind === 'renew' ? { progress: progress() } : {}),
    };
    const value = ENCODER.encode(JSON.stringify(content));
    const bare = { topic: TOPIC, key: ROLE, value, headers: { [HEADERS.type]: 'event' } };
    return log.append([{ ...bare, headers: { ...bare.headers, ...macHeaders(bare, macKey) } }]);
  }
}
