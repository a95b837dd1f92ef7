/**
 * What ingest says about itself: one method for each thing that happens, so that names and labels
 * stand in one place. Counters by name and label for a scraper, log lines by what an operator must
 * do: `error` needs someone now, `warn` may. Never a body or a token.
 */
import type { Logger } from 'pino';

export interface AcceptedCounts {
  readonly tenant: string;
  readonly source: string;
  readonly accepted: number;
  readonly duplicates: number;
  readonly deadLettered: number;
  /** Events with a text in a language that is not read for marks, and with values that were cut. */
  readonly unread: number;
  readonly truncated: number;
}

/** Label sets kept; more tenants and sources than this share the label `other`. */
const SERIES_MAX = 2_000;

export class IngestTelemetry {
  readonly #log: Logger;
  readonly #counters = new Map<string, number>();

  constructor(log: Logger) {
    this.#log = log;
  }

  started(url: string, tokens: number): void {
    this.#log.info({ url, tokens }, 'ingest listens');
    if (tokens === 0) this.#log.warn({ url }, 'no token exists: every event will be refused');
  }

  recalled(events: number): void {
    this.#log.info({ events }, 'recent events recalled from the log');
  }

  notRecalled(cause: unknown): void {
    this.#log.warn(
      { err: cause },
      'recent events can not be recalled from the log: conflicts with them are not noticed here',
    );
  }

  registryFollowed(tenant: string, version: string): void {
    this.#log.info({ tenant, version }, 'registry taken over from the log');
  }

  registryRefused(at: { readonly offset: number; readonly reason: string }): void {
    this.#log.error(
      at,
      'a record of the registry topic is not believed; the registry of before stays',
    );
  }

  registryUnreadable(cause: unknown): void {
    this.#log.warn(
      { err: cause },
      'the registry topic can not be read; the registry of before stays',
    );
  }

  stopped(): void {
    this.#log.info('ingest stopped');
  }

  accepted(counts: AcceptedCounts): void {
    const labels = `tenant="${label(counts.tenant)}",source="${label(counts.source)}"`;
    this.#add('ingest_events_accepted_total', labels, counts.accepted);
    this.#add('ingest_events_duplicate_total', labels, counts.duplicates);
    this.#add('ingest_events_dead_lettered_total', labels, counts.deadLettered);
    this.#add('ingest_events_unread_language_total', labels, counts.unread);
    this.#add('ingest_events_truncated_total', labels, counts.truncated);
  }

  refused(status: number, error: string): void {
    this.#add('ingest_requests_refused_total', `status="${status}",error="${label(error)}"`, 1);
  }

  appendFailed(cause: unknown): void {
    this.#add('ingest_append_failures_total', '', 1);
    this.#log.error(
      { err: cause },
      'the event log did not acknowledge; the sender was told to retry',
    );
  }

  failed(cause: unknown): void {
    this.#log.error({ err: cause }, 'a request failed for a reason of our own');
  }

  tokensReloaded(tokens: number): void {
    this.#log.info({ tokens }, 'tokens read again');
  }

  tokensUnreadable(cause: unknown): void {
    this.#log.error(
      { err: cause },
      'the token file can not be read; the tokens of before stay valid',
    );
  }

  /** Prometheus text format. */
  exposition(): string {
    const lines = [...this.#counters].map(([series, value]) => `${series} ${value}`);
    return `${lines.sort().join('\n')}\n`;
  }

  #add(name: string, labels: string, by: number): void {
    if (by === 0) return;
    const wanted = labels === '' ? name : `${name}{${labels}}`;
    const isFull = this.#counters.size >= SERIES_MAX && !this.#counters.has(wanted);
    const series = isFull ? `${name}{series="other"}` : wanted;
    this.#counters.set(series, (this.#counters.get(series) ?? 0) + by);
  }
}

const LABEL_LENGTH_MAX = 80;

function label(text: string): string {
  return text.slice(0, LABEL_LENGTH_MAX).replace(/[\\"\n\r]/g, '_');
}
