/**
 * Accepts the events of a request and answers for them: nothing counts as accepted before the log
 * has acknowledged it. A failed append forgets its ids, so that the sender's retry is written and not
 * taken for a repeat (a second copy in the log is harmless: ids are derived).
 */
import type { EventLog } from '@waywarden/event-log';
import {
  type AcceptError,
  type AcceptedBatch,
  type AcceptorOptions,
  EventAcceptor,
} from '../accept-events.ts';
import type { TokenEntry } from '../adapters/token-store.ts';
import type { ReadItem } from '../core/formats/format-reader.ts';
import type { IngestTelemetry } from '../telemetry.ts';
import { HttpRefusal } from './http-error.ts';

/** Appends under way; more are refused, since each holds its events in memory. */
const APPENDS_MAX = 64;
/** Errors and ids that one answer lists. */
const ERRORS_LISTED_MAX = 100;

export interface IntakeAnswer {
  readonly accepted: number;
  readonly duplicates: number;
  readonly dead_lettered: number;
  readonly event_ids: readonly string[];
  readonly errors: readonly Omit<AcceptError, 'code'>[];
}

/** What an acceptor needs beside the token: looked up per tenant by whoever composes. */
export type TenantParts = Pick<AcceptorOptions, 'keys' | 'catalogue' | 'now'> &
  Pick<Partial<AcceptorOptions>, 'seal'>;

export class EventIntake {
  readonly #log: EventLog;
  readonly #partsOf: (tenant: string) => TenantParts;
  readonly #telemetry: IngestTelemetry;
  /** One for each kind of token; bounded by the token store. */
  readonly #acceptors = new Map<string, EventAcceptor>();
  readonly #appending = new Set<Promise<void>>();

  constructor(log: EventLog, partsOf: (tenant: string) => TenantParts, telemetry: IngestTelemetry) {
    this.#log = log;
    this.#partsOf = partsOf;
    this.#telemetry = telemetry;
  }

  async take(items: readonly ReadItem[], token: TokenEntry): Promise<IntakeAnswer> {
    if (this.#appending.size >= APPENDS_MAX) throw new HttpRefusal('busy');
    const acceptor = this.#acceptorFor(token);
    const batch = acceptor.accept(items);
    try {
      await this.#append(batch);
    } catch (cause) {
      acceptor.forget(batch.ids);
      this.#telemetry.appendFailed(cause);
      throw new HttpRefusal('log_unavailable');
    }
    this.#telemetry.accepted({
      tenant: token.tenant,
      source: `${token.source.kind}/${token.source.instance}`,
      ...batch,
    });
    return {
      accepted: batch.accepted,
      duplicates: batch.duplicates,
      dead_lettered: batch.deadLettered,
      event_ids: batch.ids.map(({ event_id: id }) => id),
      errors: batch.errors
        .slice(0, ERRORS_LISTED_MAX)
        .map(({ line, field, reason }) => ({ line, field, reason })),
    };
  }

  /**
   * A repeat may be of an event whose own append is still under way, and is no more acknowledged than
   * that: so it waits for all that is, and fails with it.
   */
  async #append(batch: AcceptedBatch): Promise<void> {
    if (batch.duplicates > 0) await Promise.all(this.#appending);
    if (batch.records.length === 0) return;
    const append = this.#log.append(batch.records);
    this.#appending.add(append);
    try {
      await append;
    } finally {
      this.#appending.delete(append);
    }
  }

  /** After the registry changed: catalogues and keys are asked for again. */
  renew(): void {
    this.#acceptors.clear();
  }

  #acceptorFor(token: TokenEntry): EventAcceptor {
    const { tenant, source, assurance, trust_fields: trustFields } = token;
    const name = JSON.stringify([tenant, source.kind, source.instance, assurance, trustFields]);
    const known = this.#acceptors.get(name);
    if (known !== undefined) return known;
    const parts = this.#partsOf(tenant);
    const made = new EventAcceptor({ tenant, source, assurance, trustFields, ...parts });
    this.#acceptors.set(name, made);
    return made;
  }
}
