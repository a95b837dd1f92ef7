/**
 * Approvals that decide nothing: many in a row by one person, none refused, seconds each (`rubber_stamp` of the
 * class table). Decisions count, not calls. Limit: per agent and approver.
 */
import { type AuditEvent, classRow, durationMs, epochMs } from '@waywarden/schemas';
import type { Transaction } from '@waywarden/stage';
import { type FindingContext, type FindingRule, finding, nameOf } from '../../alerting/finding.ts';
import { dateOfTime } from '../../domain/day.ts';
import { eachRecord, findPrint, fromDigits, mostOf, toDigits } from '../../domain/print-table.ts';
import { thresholdOf } from '../../domain/registry/class-threshold.ts';
import { agentStateKey } from '../../state/agent/agent-key.ts';
import { keepLatest } from '../../state/agent/keep-latest.ts';
import { scopeOf } from './approval-scope.ts';
import {
  DECISION_PRINT,
  decisionName,
  decisionOf,
  isDecidedBefore,
  upperMedian,
} from './decision-print.ts';
import { isRefusal } from './refusal.ts';

/** The longest unasked is forgotten. */
const APPROVERS_MAX = 16;
const RUN_MAX = 64;
const UNNAMED = '';

const DECISIONS_MAX = 20;
/** No print is so. */
const UNKNOWN = ' '.repeat(DECISION_PRINT);

/** Four digits of milliseconds each, up to four hours; decisions by print, the latest last. */
type Runs = readonly (readonly [
  by: string,
  latencies: string,
  lastMs?: number,
  decisions?: string,
])[];
const DIGITS = 4;

const latenciesOf = (text: string): readonly number[] => eachRecord(text, DIGITS).map(fromDigits);

/** Undefined: nothing measures it. */
function latencyOf(event: AuditEvent, lastMs: number | undefined): number | undefined {
  const { approval, event_time_quality: quality } = event;
  if (approval?.latency_ms !== undefined) return approval.latency_ms;
  if (isRefusal(event)) return 0;
  if (quality !== 'measured') return undefined;
  if (lastMs === undefined) return mostOf(DIGITS);
  return Math.abs(epochMs(event.event_time) - lastMs);
}

interface Decided {
  readonly table: string;
  /** 0: another one. */
  readonly back: number;
}

const another = (table: string, print: string): Decided => ({
  table: (table + print).slice(-DECISIONS_MAX * DECISION_PRINT),
  back: 0,
});

/** Undefined where it is known. */
function withDecision(
  before: string,
  event: AuditEvent,
  context: FindingContext,
): Decided | undefined {
  const table = before.slice(0, before.length - (before.length % DECISION_PRINT));
  if (isRefusal(event)) return { table, back: 0 };
  const decision = decisionOf(event, scopeOf(event, context));
  if (decision === undefined) return table === '' ? { table, back: 0 } : another(table, UNKNOWN);
  const { named, timed } = decision;
  const placeOf = (print: string) => findPrint(table, print, DECISION_PRINT);
  if (timed === undefined) {
    return placeOf(decisionName(named)) >= 0 ? undefined : another(table, named);
  }
  if (placeOf(timed) >= 0) return undefined;
  const at = placeOf(named);
  if (at < 0) {
    const known = eachRecord(table, DECISION_PRINT);
    return isDecidedBefore(timed, known) ? undefined : another(table, timed);
  }
  const after = table.slice(at + DECISION_PRINT);
  return { table: table.slice(0, at) + timed + after, back: after.length / DECISION_PRINT + 1 };
}

function withTook(run: string, took: string, back: number): string {
  if (back === 0) return (run + took).slice(-RUN_MAX * DIGITS);
  const at = run.length - back * DIGITS;
  return at < 0 ? run : run.slice(0, at) + took + run.slice(at + DIGITS);
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
  const took = toDigits(Math.max(0, Math.round(latency)), DIGITS);
  const run = isRefused ? '' : withTook(before, took, back);
  const own = table === '' ? ([by, run, ms] as const) : ([by, run, ms, table] as const);
  transaction.put(key, keepLatest(all, own, APPROVERS_MAX));
  return latenciesOf(run);
}

const UNTIMED = 'How long decisions took is not told: no longer than since the one before.';

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
  const by = name ?? 'Somebody unnamed';
  const who = nameOf(event);
  const seconds = Math.max(1, Math.ceil(took / 1000));
  return finding({
    kind: 'approval_quality',
    ruleId: 'rubber-stamp',
    severity: 'medium',
    dedupeKey: by,
    renews: 'work',
    title: `${by} approves what ${who} asks within ${seconds} s, and refuses nothing`,
    summary: `Up to ${dateOfTime(event.event_time)} ${by} approved the last ${latest.length} requests of ${who} in a row and refused none; half of them within ${seconds} s. Such approvals decide nothing.`,
    expected: `a median of at least ${stamp.median}, or a refusal among ${stamp.approvals}`,
    observed: `median ${Math.round(took)} ms over ${latest.length}, none refused`,
    restsOn: event.claims.approval,
    notVisible: [
      ...(event.approval?.latency_ms === undefined ? [UNTIMED] : []),
      ...(name === undefined ? ['Who approved is not told: it may be several people.'] : []),
    ],
    ...(name === undefined ? {} : { causeKey: `approver|${name}` }),
    threshold: thresholdOf(row, cls, 'rubber_stamp'),
    taxonomy: { owasp: ['ASI09'] },
  });
};
