/** A lease with an epoch in the log (fencing: Kleppmann 2016). No two clocks are compared. */
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

/** Who holds the lease, by its topic's records. Pure. */
export interface LeaseState {
  /** 0: nobody yet. */
  readonly epoch: number;
  /** Undefined: given back. */
  readonly holder: string | undefined;
  /** Offsets by `stage/topic/partition`. */
  readonly progress: Readonly<Record<string, number>>;
}

export const NO_LEASE: LeaseState = { epoch: 0, holder: undefined, progress: {} };

/** The first claim of an epoch stands. */
export function applyLease(state: LeaseState, record: LeaseRecord): LeaseState {
  const { kind, epoch, holder, progress = state.progress } = record;
  if (epoch > state.epoch) {
    return { epoch, holder: kind === 'release' ? undefined : holder, progress };
  }
  if (epoch < state.epoch || holder !== state.holder || kind === 'claim') return state;
  return { epoch, holder: kind === 'release' ? undefined : holder, progress };
}

const TOPIC = TOPICS.leases.name;
const ROLE = 'responder';
const RENEW_EVERY_MS = 750;
/** Without an own renewal, it writes nothing. */
const IN_HAND_MS = 2_500;
/** Without a renewal, it claims. */
const SILENT_MS = 3_500;
const TICK_MS = 250;
/** A frozen process proves no silence. */
const TICK_MS_MAX = 500;
const ENCODER = new TextEncoder();

export class LeaseLostError extends Error {
  constructor(epoch: number, { epoch: newer, holder }: LeaseState) {
    super(
      `epoch ${epoch} of the responder's lease is over: ${holder ?? 'nobody'} holds epoch ${newer}`,
    );
    this.name = 'LeaseLostError';
  }
}

export class LeaseClosedError extends Error {
  constructor() {
    super('the lease was given back');
    this.name = 'LeaseClosedError';
  }
}

export interface LeaseEvents {
  followed?(info: { readonly holder: string; readonly epoch: number }): void;
  acquired?(info: { readonly epoch: number; readonly waitedMs: number }): void;
}

export interface LeaseOptions {
  /** A renewal must not wait for a batch. */
  readonly log: EventLog;
  readonly macKey: MacKey;
  readonly macKeys: MacKeyRing;
  /** Unique. */
  readonly holder: string;
  /** Also where the lease's records are lost. */
  readonly newestEpoch: number;
  /** By `stage/topic/partition`. */
  readonly progress: () => Readonly<Record<string, number>>;
  /** Never back (`open-lease.ts`). */
  readonly nowMs: () => number;
  readonly events?: LeaseEvents;
}

export interface LeaseReport {
  readonly state: 'following' | 'held' | 'overdue' | 'lost';
  readonly epoch: number;
  readonly holder: string | undefined;
  readonly silentMs: number;
}

export class Lease {
  readonly #options: LeaseOptions;
  readonly #reader: Reader;
  #state: LeaseState = NO_LEASE;
  #epoch: number | undefined;
  #silentMs = 0;
  #tickedMs: number;
  #ownedUntilMs = 0;
  #askedMs: number[] = [];
  #renewedMs = 0;
  #waiters: (() => void)[] = [];
  #failure: { readonly error: unknown } | undefined;
  #timer: NodeJS.Timeout | undefined;
  #claimedMs = Number.NEGATIVE_INFINITY;
  #lastSeenMs: number;
  #stopped = false;
  #unread: number;
  readonly #running: Promise<void>;
  readonly ended: Promise<void>;
  #end: { resolve(): void; reject(error: unknown): void } = {
    resolve: () => undefined,
    reject: () => undefined,
  };
  readonly #beganMs: number;

  /** Nobody is silent before `end` is read. */
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

  async acquired(): Promise<number> {
    await this.#until(() => this.#epoch !== undefined && this.#isInHand());
    return this.#epoch ?? 0;
  }

  /** Waits while unknown; rejects once lost. */
  async valid(): Promise<void> {
    if (this.#isInHand() && this.#failure === undefined) return;
    await this.#until(() => this.#isInHand());
  }

  /** False: held here. True: the holder is past `offset`. */
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
    return this.#epoch !== undefined && this.#options.nowMs() < this.#ownedUntilMs;
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

  #renewed(epoch: number): void {
    const askedMs = this.#askedMs.shift();
    if (askedMs === undefined) return;
    this.#ownedUntilMs = askedMs + IN_HAND_MS;
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
