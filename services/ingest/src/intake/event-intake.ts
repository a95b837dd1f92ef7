/**
 * Accepts the events of a request and answers once the log has acknowledged them. A failed append
 * forgets its ids, so that a retry is written. One that takes too long keeps them: what it wrote is
 * not known, and a retry waits for the same append.
 */
import type { AppendRecord, EventLog } from '@waywarden/event-log';
import type { TokenEntry } from '../adapters/token-store.ts';
import { BoundedMap } from '../core/domain/bounded-map.ts';
import { UNREAD } from '../core/enrich/derive-result.ts';
import { SourceNumbers } from '../core/enrich/source-numbers.ts';
import type { ReadItem } from '../core/formats/format-reader.ts';
import {
  type AcceptError,
  type AcceptedBatch,
  type AcceptedId,
  type EventAcceptor,
  newRecentIds,
} from './accept-events.ts';
import { HttpRefusal } from './http-error.ts';
import { type Sender, senderOf } from './in-hand.ts';
import type { IngestTelemetry } from './telemetry.ts';
import { type TenantParts, tokenAcceptor } from './tenants.ts';
import { sliceOf, Turns } from './turns.ts';

export const APPEND_MS_MAX = 10_000;
const ACCEPTORS_MAX = 64;
const ERRORS_LISTED_MAX = 100;
const LATELY_WEIGHT = 0.1;

export interface IntakeAnswer {
  readonly accepted: number;
  readonly duplicates: number;
  readonly dead_lettered: number;
  readonly event_ids: readonly string[];
  readonly errors: readonly AcceptError[];
  readonly errors_omitted: number;
}

interface IntakeOptions {
  readonly log: EventLog;
  readonly partsOf: (tenant: string) => TenantParts;
  readonly telemetry: IngestTelemetry;
  readonly appendMsMax?: number;
  readonly hasRoom?: () => boolean;
  readonly turns?: Turns;
  readonly nowMs?: () => number;
}

const senderName = ({ tenant, source }: Sender): string => JSON.stringify([tenant, source]);

/** `unread`: events of which a text is in a language that is not read for marks. */
const nothing = () => ({
  records: [] as AppendRecord[],
  ids: [] as AcceptedId[],
  fresh: [] as AcceptedId[],
  errors: [] as AcceptError[],
  ...{ accepted: 0, duplicates: 0, deadLettered: 0, unread: 0, truncated: 0 },
});

type Taken = ReturnType<typeof nothing>;

function add(taken: Taken, batch: AcceptedBatch): void {
  taken.records.push(...batch.records);
  taken.ids.push(...batch.ids);
  for (const event of batch.events) {
    taken.fresh.push({ event_id: event.event_id, native_id: event.native_id });
  }
  taken.errors.push(...batch.errors);
  taken.accepted += batch.accepted;
  taken.duplicates += batch.duplicates;
  taken.deadLettered += batch.deadLettered;
  for (const { args, result } of batch.events) {
    if (result?.features?.[UNREAD] === true) taken.unread += 1;
    if (args?.values_truncated === true || result?.values_truncated === true) taken.truncated += 1;
  }
}

/** A request under way, as others see it: ended well when its own records are in the log. */
class Pending {
  readonly ids = new Set<string>();
  readonly ended: Promise<void>;
  #end: (cause?: unknown) => void = () => undefined;

  constructor() {
    this.ended = new Promise((resolve, reject) => {
      this.#end = (cause) => (cause === undefined ? resolve() : reject(cause));
    });
    this.ended.catch(() => undefined);
  }

  end(cause?: unknown): void {
    this.#end(cause);
  }
}

/** Rejects after `msMax`, whatever becomes of the work, which goes on. */
export function within<T>(
  work: Promise<T>,
  msMax: number,
  late: () => void = () => undefined,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      late();
      reject(new Error(`no acknowledgement within ${msMax} ms`));
    }, msMax);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

export class EventIntake {
  readonly #options: IntakeOptions;
  readonly #appendMsMax: number;
  #acceptors = new BoundedMap<EventAcceptor>(ACCEPTORS_MAX);
  readonly #recent = newRecentIds();
  readonly #numbers = new SourceNumbers();
  /** From before a request's first event is accepted until its append has ended. */
  readonly #pending = new Set<Pending>();
  readonly #turns: Turns;
  readonly #nowMs: () => number;
  readonly #answeredMs = new BoundedMap<number>(ACCEPTORS_MAX);
  #overdue = 0;
  #failed = false;

  constructor(options: IntakeOptions) {
    this.#options = options;
    this.#appendMsMax = options.appendMsMax ?? APPEND_MS_MAX;
    this.#turns = options.turns ?? new Turns();
    this.#nowMs = options.nowMs ?? (() => performance.now());
  }

  /** From its last byte to the log's acknowledgement. */
  answeredMs(sender: Sender): number {
    return this.#answeredMs.get(senderName(sender)) ?? 0;
  }

  get unwell(): 'append_failed' | 'append_overdue' | 'disk_full' | undefined {
    if (this.#options.hasRoom?.() === false) return 'disk_full';
    if (this.#overdue > 0) return 'append_overdue';
    return this.#failed ? 'append_failed' : undefined;
  }

  /** `settled`: nothing of this request is under way any more; long after a late append's answer. */
  async take(
    items: Iterable<ReadItem>,
    token: TokenEntry,
    warmedUp: () => void = () => undefined,
  ): Promise<IntakeAnswer> {
    const own = new Pending();
    const end = (cause?: unknown) => {
      this.#pending.delete(own);
      own.end(cause);
      warmedUp();
    };
    if (this.#overdue > 0) {
      end();
      throw new HttpRefusal('log_unavailable');
    }
    this.#pending.add(own);
    const started = this.#nowMs();
    const acceptor = this.acceptorFor(token);
    let taken: Taken;
    try {
      taken = await this.#acceptAll(items, token, own);
    } catch (cause) {
      end(cause);
      throw cause;
    }
    const others = taken.duplicates === 0 ? [] : this.#bringersOf(taken.ids, own);
    const append = this.#append(taken, acceptor, end);
    try {
      const all = Promise.all([append, ...others.map(({ ended }) => ended)]);
      await within(all, this.#appendMsMax, () => this.#isLate(append));
    } catch (cause) {
      this.#options.telemetry.appendFailed(cause);
      throw new HttpRefusal('log_unavailable');
    }
    const sender = senderOf(token);
    const lately = this.answeredMs(sender);
    const answeredMs = lately + (this.#nowMs() - started - lately) * LATELY_WEIGHT;
    this.#answeredMs.set(senderName(sender), answeredMs);
    return this.#answer(taken, token);
  }

  async #acceptAll(items: Iterable<ReadItem>, token: TokenEntry, own: Pending) {
    const acceptor = this.acceptorFor(token);
    const sender = senderOf(token);
    const taken = nothing();
    const rest = items[Symbol.iterator]();
    const acceptSlice = () => {
      const { slice, isLast } = sliceOf(rest);
      const batch = acceptor.accept(slice);
      for (const { event_id: id } of batch.events) own.ids.add(id);
      add(taken, batch);
      return isLast;
    };
    let isDone = false;
    while (!isDone) isDone = await this.#turns.run(sender, acceptSlice);
    return taken;
  }

  /** A repeat waits for the append of its event. Nobody waits before appending. */
  #bringersOf(ids: readonly AcceptedId[], own: Pending): readonly Pending[] {
    const brings = (one: Pending) => one !== own && ids.some(({ event_id: id }) => one.ids.has(id));
    return [...this.#pending].filter(brings);
  }

  async #append(taken: Taken, acceptor: EventAcceptor, end: (cause?: unknown) => void) {
    try {
      if (taken.records.length > 0) await this.#options.log.append(taken.records);
      this.#failed = false;
      end();
    } catch (cause) {
      this.#failed = true;
      acceptor.forget(taken.fresh);
      end(cause);
      throw cause;
    }
  }

  #isLate(append: Promise<void>): void {
    this.#overdue += 1;
    const onEnd = () => {
      this.#overdue -= 1;
    };
    append.then(onEnd, onEnd);
  }

  #answer(taken: Taken, token: TokenEntry): IntakeAnswer {
    this.#options.telemetry.accepted({
      tenant: token.tenant,
      source: `${token.source.kind}/${token.source.instance}`,
      ...taken,
    });
    return {
      accepted: taken.accepted,
      duplicates: taken.duplicates,
      dead_lettered: taken.deadLettered,
      event_ids: taken.ids.map(({ event_id: id }) => id),
      errors: taken.errors.slice(0, ERRORS_LISTED_MAX),
      errors_omitted: Math.max(0, taken.errors.length - ERRORS_LISTED_MAX),
    };
  }

  remember(eventId: string, body: string): void {
    this.#recent.set(eventId, body);
  }

  renew(): void {
    this.#acceptors = new BoundedMap(ACCEPTORS_MAX);
  }

  acceptorFor(token: TokenEntry): EventAcceptor {
    // Everything of the token that an event or a dead letter may depend on is part of the name.
    const name = JSON.stringify(token);
    return this.#acceptors.orMake(name, () =>
      tokenAcceptor(token, this.#options.partsOf(token.tenant), this.#recent, this.#numbers),
    );
  }
}
