/** What the archiver reports: one typed call an event, each optional to listen to. */
import type { ServiceMetrics } from '@waywarden/service-health';
import type { Logger } from 'pino';

export interface ArchiverEvents {
  batchArchived?(info: {
    readonly rows: number;
    readonly repeats: number;
    readonly tookMs: number;
  }): void;
  /** An id came again with another content; the first stands. */
  idConflict?(info: {
    readonly topic: string;
    readonly partition: number;
    readonly offset: number;
    readonly firstOffset: number;
  }): void;
  /** A record that is no JSON object was kept as a dead letter row. */
  recordsUnreadable?(info: { readonly records: number }): void;
  rollUpsRefreshed?(info: { readonly minutes: number; readonly tookMs: number }): void;
  /** ClickHouse is away or busy; the log keeps what waits. */
  storeRetried?(info: {
    readonly what: string;
    readonly attempt: number;
    readonly waitMs: number;
    readonly error: unknown;
  }): void;
  /** The log no longer holds the records of the open intent. */
  intentLost?(info: { readonly token: string }): void;
  /** Records that were still to be archived are kept no longer. */
  historyShortened?(info: {
    readonly topic: string;
    readonly partition: number;
    readonly missingFrom: number;
    readonly beginsAt: number;
  }): void;
  intentReplayed?(info: { readonly token: string; readonly rows: number }): void;
}

export interface ArchiverStats {
  readonly rows: number;
  readonly repeats: number;
  readonly idConflicts: number;
  readonly unreadable: number;
  readonly batches: number;
  readonly storeRetries: number;
  readonly rollUpsRefreshed: number;
}

/** Levels by what an operator must do; a conflict of ids may be someone who rewrites history. */
export function logArchiverEvents(logger: Logger): ArchiverEvents {
  return {
    batchArchived: (info) => logger.debug(info, 'batch archived'),
    idConflict: (info) => logger.warn(info, 'an id came again with another content'),
    recordsUnreadable: (info) => logger.warn(info, 'records kept as dead letters'),
    rollUpsRefreshed: (info) => logger.debug(info, 'roll-ups refreshed'),
    storeRetried: (info) => logger.warn(info, 'ClickHouse is away; the log keeps what waits'),
    intentLost: (info) => logger.error(info, 'the log lost records that were being archived'),
    historyShortened: (info) =>
      logger.error(info, 'the log no longer holds records that were still to be archived'),
    intentReplayed: (info) => logger.info(info, 'finished what a crash left open'),
  };
}

export function archiverCounters(metrics: ServiceMetrics): ArchiverEvents {
  const stage = 'archiver';
  metrics.declare(
    'waywarden_store_errors_total',
    'waywarden_store_rows_total',
    'waywarden_store_id_conflicts_total',
  );
  return {
    batchArchived: ({ rows, repeats }) => {
      metrics.add('waywarden_store_rows_total', {}, rows);
      metrics.add('waywarden_stage_records_total', { stage }, rows);
      metrics.add('waywarden_stage_repeats_total', { stage }, repeats);
    },
    idConflict: () => metrics.add('waywarden_store_id_conflicts_total', {}),
    recordsUnreadable: ({ records }) =>
      metrics.add('waywarden_dead_letters_total', { stage, reason: 'unreadable' }, records),
    storeRetried: () => metrics.add('waywarden_store_errors_total', {}),
  };
}

/** Both are called; what `counted` does not listen to goes to `logged` alone. */
export function joinArchiverEvents(
  logged: ArchiverEvents,
  counted: ArchiverEvents,
): ArchiverEvents {
  return {
    ...logged,
    batchArchived: (info) => {
      logged.batchArchived?.(info);
      counted.batchArchived?.(info);
    },
    idConflict: (info) => {
      logged.idConflict?.(info);
      counted.idConflict?.(info);
    },
    recordsUnreadable: (info) => {
      logged.recordsUnreadable?.(info);
      counted.recordsUnreadable?.(info);
    },
    storeRetried: (info) => {
      logged.storeRetried?.(info);
      counted.storeRetried?.(info);
    },
  };
}
