/**
 * Approvals that decide nothing: many in a row by one person, none refused, seconds each (`rubber_stamp` of the
 * class table). Decisions count, not calls. Limit: per agent and approver.
 */
import { type AuditEvent, classRow, durationMs, epochMs } from '@waywarden/schemas';
import type { Transaction } from '@waywarden/stage';
import {
  type FindingContext,
  type FindingRule,
  finding,
  thresholdOf,
} from '../../alerting/finding.ts';
import { isRefusal } from '../../domain/call-ending.ts';
import { digits, mostOf, print, recordTable } from '../../domain/record-table.ts';
import { RULE_SEVERITIES } from '../../domain/severities.ts';
import { agentStateKey } from '../../state/agent/agent-key.ts';
import { keepLatest } from '../../state/agent/bounded-lists.ts';
import { rubberStampWords } from '../../wording/approvals.ts';
import { scopeOf } from './approval-scope.ts';
import {
  DECISION_PRINT,
  decisionName,
  decisionOf,
  isDecidedBefore,
  upperMedian,
} from './decision-print.ts';

/** The longest unasked is forgotten. */
const APPROVERS_MAX = 16;
const RUN_MAX = 64;
const UNNAMED = '';
const DECISIONS = recordTable({ decision: print(DECISION_PRINT) }, 20);
/** No print is so. */
const UNKNOWN = ' '.repeat(DECISION_PRINT);

/** Up to four hours. */
const MS_DIGITS = 4;
const LATENCIES = recordTable({ ms: digits(MS_DIGITS) }, RUN_MAX);

/** The latest last. */
type Runs = readonly (readonly [
  by: string,
  latencies: string,
  lastMs: number,
  decisions: string,
])[];

/** Undefined: nothing measures it. */
function latencyOf(event: AuditEvent, lastMs: number | undefined): number | undefined {
  const { approval, event_time_quality: quality } = event;
  if (approval?.latency_ms !== undefined) return approval.latency_ms;
  if (isRefusal(event)) return 0;
  if (quality !== 'measured') return undefined;
  if (lastMs === undefined) return mostOf(MS_DIGITS);
  return Math.abs(epochMs(event.event_time) - lastMs);
}

interface Decided {
  readonly table: string;
  /** 0: another one. */
  readonly back: number;
}

const another = (table: string, decision: string): Decided => ({
  ...{ table: DECISIONS.add(table, { decision }), back: 0 },
});

/** Undefined where it is known. */
function withDecision(
  table: string,
  event: AuditEvent,
  context: FindingContext,
): Decided | undefined {
  if (isRefusal(event)) return { table, back: 0 };
  const decision = decisionOf(event, scopeOf(event, context));
  if (decision === undefined) return table === '' ? { table, back: 0 } : another(table, UNKNOWN);
  const { named, timed } = decision;
  if (timed === undefined) {
    return DECISIONS.has(table, decisionName(named)) ? undefined : another(table, named);
  }
  if (DECISIONS.has(table, timed)) return undefined;
  const at = DECISIONS.indexOf(table, named);
  if (at < 0) {
    const known = DECISIONS.all(table).map((one) => one.decision);
    return isDecidedBefore(timed, known) ? undefined : another(table, timed);
  }
  const back = DECISIONS.count(table) - at;
  return { table: DECISIONS.replace(table, at, { decision: timed }), back };
}

function withTook(run: string, latency: number, back: number): string {
  const took = { ms: Math.max(0, Math.round(latency)) };
  return back === 0
    ? LATENCIES.add(run, took)
    : LATENCIES.replace(run, LATENCIES.count(run) - back, took);
}

function runOf(
  transaction: Transaction,
  event: AuditEvent,
  context: FindingContext,
): readonly number[] | undefined {
  const { approval, outcome } = event;
  if (approval?.mode !== 'human') return undefined;
  const { by = UNNAMED } = approval;
  if (by === UNNAMED && approval.latency_ms === undefined && !isRefusal(event)) return undefined;
  const isRefused = isRefusal(event);
  if (outcome === 'denied' && !isRefused) return undefined;
  const key = agentStateKey(event, 'deciders');
  const all = transaction.get<Runs>(key) ?? [];
  const [, before = '', lastMs, known = ''] = all.find(([name]) => name === by) ?? [];
  const ms = epochMs(event.event_time);
  const latency = latencyOf(event, lastMs);
  const decided = withDecision(known, event, context);
  if (latency === undefined || decided === undefined) return undefined;
  const { table, back } = decided;
  const run = isRefused ? '' : withTook(before, latency, back);
  transaction.put(key, keepLatest(all, [by, run, ms, table] as const, APPROVERS_MAX));
  return LATENCIES.all(run).map((one) => one.ms);
}

export const approvalQuality: FindingRule = (transaction, event, context) => {
  const { registered, classes } = context;
  if (context.isApprovalApart === true) return undefined;
  const run = runOf(transaction, event, context);
  if (run === undefined) return undefined;
  const cls = registered?.class ?? 'unknown';
  const row = classRow(classes, cls, event.target?.environment);
  const stamp = row.rubber_stamp;
  if (stamp === undefined) return undefined;
  const wanted = Math.min(stamp.approvals, RUN_MAX);
  const latest = run.slice(-wanted);
  const took = upperMedian(latest);
  if (latest.length < wanted || took >= durationMs(stamp.median)) return undefined;
  const name = event.approval?.by;
  const { by, ...words } = rubberStampWords(event, {
    ...{ tookMs: took, approvals: latest.length, name },
    ...{ medianMin: stamp.median, approvalsMin: stamp.approvals },
  });
  return finding({
    kind: 'approval_quality',
    ruleId: 'rubber-stamp',
    severity: RULE_SEVERITIES['rubber-stamp'].plain,
    dedupeKey: by,
    renews: 'work',
    ...words,
    restsOn: event.claims.approval,
    ...(name === undefined ? {} : { causeKey: `approver|${name}` }),
    threshold: thresholdOf(row, cls, 'rubber_stamp'),
    taxonomy: { owasp: ['ASI09'] },
  });
};
