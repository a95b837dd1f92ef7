/**
 * What ingest says about itself: counters for a scraper, log lines by what an operator must do
 * (`error` needs someone now, `warn` may). Never a body or a token.
 */
import type { JoinCounts } from '@waywarden/agent-telemetry';
import type { ServiceMetrics } from '@waywarden/service-health';
import type { Logger } from 'pino';
import { words } from '../core/lexicon/fold-word.ts';

interface AcceptedCounts {
  readonly tenant: string;
  readonly source: string;
  readonly accepted: number;
  readonly duplicates: number;
  readonly deadLettered: number;
  readonly errors: readonly { readonly code: string }[];
  readonly unread: number;
  readonly truncated: number;
}

/** Refusals that say that a limit was hit: their code is the limit's name. */
const LIMIT_ERRORS = words(
  'body_too_large busy compression_ratio headers_too_large line_too_long request_timeout too_deep too_many_events too_many_values',
);

export class IngestTelemetry {
  readonly #log: Logger;
  readonly #metrics: ServiceMetrics;

  constructor(log: Logger, metrics: ServiceMetrics) {
    this.#log = log;
    this.#metrics = metrics;
    metrics.declare(
      'waywarden_ingest_append_failures_total',
      'waywarden_ingest_dropped_metrics_total',
    );
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

  clientsRecalled(recalled: { readonly requests: number; readonly lost: number }): void {
    if (recalled.lost === 0) this.#log.info(recalled, 'requests of clients read again');
    else this.#log.warn(recalled, 'some requests of clients can not be read again');
  }

  clientsNotRecalled(cause: unknown): void {
    this.#log.warn(
      { err: cause },
      'requests of clients can not be read again: calls that were under way may be missing',
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
    const labels = { tenant: counts.tenant, source: counts.source };
    const results = {
      accepted: counts.accepted,
      duplicate: counts.duplicates,
      dead_lettered: counts.deadLettered,
    };
    for (const [result, count] of Object.entries(results)) {
      this.#metrics.add('waywarden_ingest_events_total', { ...labels, result }, count);
    }
    this.#metrics.add('waywarden_ingest_unread_language_events_total', labels, counts.unread);
    this.#metrics.add('waywarden_ingest_truncated_events_total', labels, counts.truncated);
    this.#metrics.add('waywarden_limit_hits_total', { limit: 'event_values' }, counts.truncated);
    for (const { code } of counts.errors) {
      this.#metrics.add('waywarden_dead_letters_total', { stage: 'ingest', reason: code });
      this.#countLimit(code);
    }
  }

  refused(status: number, error: string): void {
    const labels = { status: String(status), error };
    this.#metrics.add('waywarden_ingest_requests_refused_total', labels);
    this.#countLimit(error);
  }

  observed(route: string, { observed, rejected }: { observed: number; rejected: number }): void {
    this.#metrics.add('waywarden_ingest_client_requests_total', { route });
    this.#metrics.add('waywarden_ingest_observations_total', { route }, observed);
    this.#metrics.add('waywarden_ingest_rejected_records_total', { route }, rejected);
  }

  pendingBytesFull(): void {
    this.#metrics.add('waywarden_limit_hits_total', { limit: 'held_bytes' });
  }

  metricsDropped(): void {
    this.#metrics.add('waywarden_ingest_dropped_metrics_total', {});
  }

  watchCalls(counts: () => JoinCounts): void {
    const of = (value: number) => [{ labels: {}, value }];
    this.#metrics.observe('waywarden_ingest_calls_concluded_total', () => of(counts().concluded));
    this.#metrics.observe('waywarden_ingest_observations_waiting', () => of(counts().inHand));
    this.#metrics.observe('waywarden_ingest_calls_evicted_total', () => of(counts().evicted));
    this.#metrics.observe('waywarden_ingest_observations_late_total', () => of(counts().late));
    this.#metrics.observe('waywarden_ingest_calls_unresolved_total', () =>
      Object.entries(counts().unresolved).map(([reason, value]) => ({ labels: { reason }, value })),
    );
  }

  appendFailed(cause: unknown): void {
    this.#metrics.add('waywarden_ingest_append_failures_total', {});
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

  issuersReloaded(issuers: number): void {
    this.#log.info({ issuers }, 'issuers read again');
  }

  issuersUnreadable(cause: unknown): void {
    this.#log.error(
      { err: cause },
      'the issuer file can not be read; the issuers of before stay valid',
    );
  }

  tokensUnreadable(cause: unknown): void {
    this.#log.error(
      { err: cause },
      'the token file can not be read; the tokens of before stay valid',
    );
  }

  #countLimit(code: string): void {
    if (LIMIT_ERRORS.has(code)) this.#metrics.add('waywarden_limit_hits_total', { limit: code });
  }
}
