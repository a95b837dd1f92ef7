/**
 * From telemetry to events: joined by source and token, concluded by a timer. Bounded: 429 without room, 503
 * without log.
 */
import type {
  Call,
  ClientRequest,
  JoinCounts,
  JoinOptions,
  Mapping,
  ReadResult,
} from '@waywarden/agent-telemetry';
import type { TokenEntry } from '../adapters/token-store.ts';
import type { EventIntake } from '../intake/event-intake.ts';
import { HttpRefusal } from '../intake/http-error.ts';
import { senderOf } from '../intake/in-hand.ts';
import type { IngestTelemetry } from '../intake/telemetry.ts';
import { SourceCalls } from './source-calls.ts';
import { SourcesSeen } from './source-summary.ts';

interface Counted {
  readonly counts: JoinCounts;
}

const NOTHING: JoinCounts = { inHand: 0, concluded: 0, evicted: 0, late: 0, unresolved: {} };

function sum(one: JoinCounts, other: JoinCounts): JoinCounts {
  const unresolved = { ...one.unresolved };
  for (const [reason, count] of Object.entries(other.unresolved)) {
    unresolved[reason] = (unresolved[reason] ?? 0) + count;
  }
  return {
    inHand: one.inHand + other.inHand,
    concluded: one.concluded + other.concluded,
    evicted: one.evicted + other.evicted,
    late: one.late + other.late,
    unresolved,
  };
}

class CallCounts {
  #stored: JoinCounts = NOTHING;
  #living: () => Iterable<Counted> = () => [];

  watch(living: () => Iterable<Counted>): void {
    this.#living = living;
  }

  keep({ counts }: Counted): void {
    this.#stored = sum(this.#stored, { ...counts, inHand: 0 });
  }

  get inHand(): number {
    let inHand = 0;
    for (const { counts } of this.#living()) inHand += counts.inHand;
    return inHand;
  }

  get all(): JoinCounts {
    let all = this.#stored;
    for (const { counts } of this.#living()) all = sum(all, counts);
    return all;
  }
}

/** Exporters send every five seconds. */
const QUIET_MS = 6_000;
/** People approve slowly. */
export const CALL_WAIT_MS_MAX = 120_000;
export const SOURCE_OBSERVATIONS_MAX = 50_000;
const OBSERVATIONS_MAX = 200_000;
/** The number alone bounds no memory. */
export const SOURCE_PENDING_BYTES_MAX = 64 * 1024 * 1024;
export const PENDING_BYTES_MAX = 256 * 1024 * 1024;
export const CALL_SOURCES_MAX = 1_024;
export const CALLS_WAITING_MAX = 10_000;
const LOOK_MS = 500;
const IDLE_MS = 600_000;
const MARK_EVERY_MS = 5_000;

interface ClientCallsOptions {
  readonly intake: Pick<EventIntake, 'take'>;
  readonly telemetry: IngestTelemetry;
  readonly nowMs: () => number;
  readonly hashOf: (tenant: string) => (text: string) => string;
  readonly mark?: ((token: TokenEntry, untilMs: number) => Promise<void>) | undefined;
  readonly join?: Partial<JoinOptions> | undefined;
  readonly mappings?: readonly Mapping[] | undefined;
  readonly pendingBytesMax?: number | undefined;
  readonly onCall?: ((call: Call) => void) | undefined;
}

/** Renewed tokens go on. */
function sourceName(token: TokenEntry): string {
  const { id: _id, hash: _hash, expires_at: _expires, identity, ...proves } = token;
  const who = identity && [identity.uid, identity.principal, identity.chain];
  return JSON.stringify([proves, who]);
}

export class ClientCalls {
  readonly counts = new CallCounts();
  readonly seen: SourcesSeen;
  readonly #options: ClientCallsOptions;
  readonly #join: JoinOptions;
  readonly #sources = new Map<string, SourceCalls>();
  #timer: NodeJS.Timeout | undefined;
  #work: Promise<void> = Promise.resolve();
  #isWorking = false;
  #nowMs = 0;

  constructor(options: ClientCallsOptions) {
    this.#options = options;
    this.seen = new SourcesSeen(options.nowMs);
    this.#join = {
      quietMs: QUIET_MS,
      waitMsMax: CALL_WAIT_MS_MAX,
      observationsMax: SOURCE_OBSERVATIONS_MAX,
      ...options.join,
    };
    this.counts.watch(() => this.#sources.values());
  }

  start(): void {
    this.#timer = setInterval(() => {
      if (!this.#isWorking) void this.#conclude(false);
    }, LOOK_MS);
    this.#timer.unref();
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.flush();
  }

  #now(): number {
    this.#nowMs = Math.max(this.#nowMs, this.#options.nowMs());
    return this.#nowMs;
  }

  admit(token: TokenEntry): void {
    const source = this.#sources.get(sourceName(token));
    if ((source?.waiting ?? 0) >= CALLS_WAITING_MAX) throw new HttpRefusal('log_unavailable');
    const isFull = source === undefined && this.#sources.size >= CALL_SOURCES_MAX;
    const isHeavy = this.#pendingBytes >= PENDING_BYTES_MAX;
    if (isFull || isHeavy || this.counts.inHand >= OBSERVATIONS_MAX) {
      throw new HttpRefusal('busy', senderOf(token));
    }
  }

  get #pendingBytes(): number {
    let bytes = 0;
    for (const source of this.#sources.values()) bytes += source.pendingBytes;
    return bytes;
  }

  take(request: ClientRequest, token: TokenEntry): ReadResult {
    const source = this.#sourceOf(token);
    source.token = token;
    const result = source.take(request, this.#now());
    this.#markRead(token, result);
    return result;
  }

  #markRead(token: TokenEntry, { observations, rejected, problem }: ReadResult): void {
    const summary = this.seen.summaryOf(token);
    const definitions = observations.reduce((sum, one) => sum + (one.definitions?.length ?? 0), 0);
    summary.noteRequest({ observations: observations.length, definitions }, this.#nowMs);
    // An unread body is refused whole.
    if (rejected > 0 && observations.length > 0)
      summary.noteRefused('records', rejected, problem ?? '', this.#nowMs);
  }

  #sourceOf(token: TokenEntry): SourceCalls {
    const name = sourceName(token);
    const known = this.#sources.get(name);
    if (known !== undefined) return known;
    const made = new SourceCalls({
      token,
      join: this.#join,
      mappings: this.#options.mappings,
      hash: this.#options.hashOf(token.tenant),
      onCall: (call) => {
        this.seen.summaryOf(token).noteCall(call);
        this.#options.onCall?.(call);
      },
      pendingBytesMax: this.#options.pendingBytesMax ?? SOURCE_PENDING_BYTES_MAX,
      onFull: () => this.#options.telemetry.pendingBytesFull(),
    });
    this.#sources.set(name, made);
    return made;
  }

  async flush(): Promise<void> {
    await this.#work;
    await this.#conclude(true);
    for (const [name, source] of this.#sources) {
      if (source.waiting > 0) throw new HttpRefusal('log_unavailable');
      this.#forget(name, source);
    }
  }

  #forget(name: string, source: SourceCalls): void {
    this.counts.keep(source);
    this.#sources.delete(name);
  }

  #conclude(isAll: boolean): Promise<void> {
    this.#work = this.#concludeEach(isAll);
    return this.#work;
  }

  async #mark(source: SourceCalls, now: number): Promise<void> {
    const { mark } = this.#options;
    const { unmarkedMs, isOver, waiting } = source;
    if (mark === undefined || unmarkedMs === undefined || waiting > 0) return;
    if (!isOver && now - source.markedAtMs < MARK_EVERY_MS) return;
    // Whoever waits still.
    const until = isOver ? source.lastMs : now - this.#join.waitMsMax - LOOK_MS;
    if (until < unmarkedMs) return;
    await mark(source.token, until);
    source.markedAtMs = now;
    source.unmarkedMs = isOver ? undefined : until + 1;
  }

  async #concludeEach(isAll: boolean): Promise<void> {
    this.#isWorking = true;
    try {
      const now = this.#now();
      const isFull = this.#sources.size >= CALL_SOURCES_MAX;
      for (const [name, source] of this.#sources) {
        source.conclude(now, isAll);
        await source.deliver((items, token) => this.#options.intake.take(items, token));
        await this.#mark(source, now);
        if (source.isOver && (isFull || now - source.lastMs > IDLE_MS)) this.#forget(name, source);
      }
    } catch (cause) {
      if (!(cause instanceof HttpRefusal)) this.#options.telemetry.failed(cause);
    } finally {
      this.#isWorking = false;
    }
  }
}
