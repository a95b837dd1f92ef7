/**
 * What stages report, as counters: records decided and refused, alerts, decisions and commands. They
 * count what this process appended; after a crash some is appended, and counted, again.
 */
import type { AppendRecord } from '@waywarden/event-log';
import { TOPICS } from '@waywarden/schemas';
import type { StageEvents } from '@waywarden/stage';
import type { ServiceMetrics } from './service-metrics.ts';

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null;
const textOf = (value: unknown): string => (typeof value === 'string' ? value : 'unknown');

/** What stands before the colon: behind it is the message of one record. */
function reasonOf(reason: string): string {
  return reason.split(':', 1)[0] ?? reason;
}

/** Reasons that say that a limit or a budget is used up. */
const LIMIT_REASON = /_(?:limit|exceeded|exhausted)$/;

function countAlert(metrics: ServiceMetrics, { kind, severity, revision }: Fields): void {
  const labels = { kind: textOf(kind), severity: textOf(severity) };
  if (revision === 1) metrics.add('waywarden_alerts_total', labels);
  else metrics.add('waywarden_alert_revisions_total', { kind: labels.kind });
}

function countDecision(metrics: ServiceMetrics, decision: Fields): void {
  const { mode, withheld_reason: withheld } = decision;
  const outcome = typeof withheld === 'string' ? 'withheld' : 'issued';
  metrics.add('waywarden_decisions_total', { mode: textOf(mode), outcome });
  if (typeof withheld !== 'string') return;
  metrics.add('waywarden_decisions_withheld_total', { reason: withheld });
  if (LIMIT_REASON.test(withheld)) metrics.add('waywarden_limit_hits_total', { limit: withheld });
}

function countOutput(metrics: ServiceMetrics, { topic, decoded }: AppendRecord): void {
  if (!isFields(decoded)) return;
  switch (topic) {
    case TOPICS.alerts.name:
      // Time and rules are forwarded on this topic too.
      if ('alert_id' in decoded) countAlert(metrics, decoded);
      return;
    case TOPICS.decisions.name:
      if ('decision_id' in decoded) countDecision(metrics, decoded);
      return;
    case TOPICS.revocationCommands.name:
      if ('command_id' in decoded) {
        metrics.add('waywarden_commands_total', { action: textOf(decoded['action']) });
      }
      return;
    default:
  }
}

export function stageCounters(
  metrics: ServiceMetrics,
): Required<Pick<StageEvents, 'batchDecided' | 'recordRefused' | 'outputsAppended'>> {
  return {
    batchDecided: ({ stage, records, repeats }) => {
      metrics.add('waywarden_stage_records_total', { stage }, records - repeats);
      metrics.add('waywarden_stage_repeats_total', { stage }, repeats);
    },
    recordRefused: ({ stage, reason }) =>
      metrics.add('waywarden_dead_letters_total', { stage, reason: reasonOf(reason) }),
    outputsAppended: ({ records }) => {
      for (const record of records) countOutput(metrics, record);
    },
  };
}

export function joinStageEvents(...all: readonly StageEvents[]): StageEvents {
  return {
    batchDecided: (info) => {
      for (const one of all) one.batchDecided?.(info);
    },
    recordRefused: (info) => {
      for (const one of all) one.recordRefused?.(info);
    },
    historyShortened: (gap) => {
      for (const one of all) one.historyShortened?.(gap);
    },
    outputsAppended: (info) => {
      for (const one of all) one.outputsAppended?.(info);
    },
    waitBegan: (info) => {
      for (const one of all) one.waitBegan?.(info);
    },
    waitEnded: (info) => {
      for (const one of all) one.waitEnded?.(info);
    },
  };
}
