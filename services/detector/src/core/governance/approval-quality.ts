/**
 * Approvals that decide nothing: one person approved an agent's calls many times in a row, refused none,
 * and took seconds for each. Numbers from the class table (`rubber_stamp`: twenty in a row, median under
 * five seconds). About the approval and not about the agent: the alert names who approved.
 *
 * Method: a median over the latest decisions in a row. Source: the class table (docs/reference-detection.md),
 * which a policy may change.
 * Limits: per agent and approver, since this stage sees each agent apart; one who stamps calls of several agents
 * is told where they meet (`notes/count-approvals.ts`). An approval that tells no latency took no longer than
 * since the decision of that person before it, where that was another; of one that names nobody the latency alone
 * counts, and who is not named is one approver of that agent.
 */
import { type AuditEvent, classRow, durationMs, epochMs, shortPrint } from '@waywarden/schemas';
import type { Draft } from '@waywarden/stage';
import { agentKey } from '../kept/agent-key.ts';
import { keepLatest } from '../kept/keep-latest.ts';
import { fromDigits, mostOf, toDigits } from '../kept/print-table.ts';
import { thresholdOf } from './class-threshold.ts';
import { dayOf, type FindingRule, finding, nameOf } from './finding.ts';
import { isRefusal } from './refusal.ts';

/** Approvers of one agent that are remembered; the one who was asked longest ago is forgotten. */
const APPROVERS_MAX = 16;
/** The longest run that is kept, whatever the class table asks. */
const RUN_MAX = 64;
const SHORTEST_MS = 1000;
/** Whoever is not named is one approver. */
const UNNAMED = '';

/** Milliseconds in four digits each: what took longer than four hours took four hours. */
type Runs = readonly (readonly [by: string, latencies: string, lastMs?: number, last?: string])[];
const DIGITS = 4;

function latenciesOf(text: string): readonly number[] {
  const all: number[] = [];
  for (let at = 0; at < text.length; at += DIGITS)
    all.push(fromDigits(text.slice(at, at + DIGITS)));
  return all;
}

/**
 * How long the decision took; where nobody says, at most since the one before. `same`: it is the one before, as
 * when one approval covers several calls, or nothing measures when it came.
 */
function latencyOf(event: AuditEvent, known: Runs[number] | undefined): number | 'same' {
  const { approval, event_time_quality: quality } = event;
  if (approval?.latency_ms !== undefined) return approval.latency_ms;
  if (isRefusal(event)) return 0;
  if (quality !== 'measured') return 'same';
  const [, , lastMs, last] = known ?? [];
  if (last !== undefined && last === shortPrint(approval?.uid ?? '')) return 'same';
  if (lastMs === undefined) return mostOf(DIGITS);
  return Math.abs(epochMs(event.event_time) - lastMs);
}

/** The run of approvals by this person, with this one; undefined when the event is none. */
function runOf(draft: Draft, event: AuditEvent): readonly number[] | undefined {
  const { approval, outcome } = event;
  if (approval?.mode !== 'human') return undefined;
  const { by = UNNAMED } = approval;
  // Of several who may be behind it, the time since the one before says nothing.
  if (by === UNNAMED && approval.latency_ms === undefined && !isRefusal(event)) return undefined;
  const isRefused = isRefusal(event);
  // A quota that stopped the call says nothing of the person, who had approved it.
  if (outcome === 'denied' && !isRefused) return undefined;
  const key = agentKey(event, 'deciders');
  const all = draft.get<Runs>(key) ?? [];
  const known = all.find(([name]) => name === by);
  const ms = epochMs(event.event_time);
  const latency = latencyOf(event, known);
  if (latency === 'same') return undefined;
  const took = toDigits(Math.max(0, Math.round(latency)), DIGITS);
  const run = isRefused ? '' : ((known?.[1] ?? '') + took).slice(-RUN_MAX * DIGITS);
  const last = approval.uid === undefined ? undefined : shortPrint(approval.uid);
  const own = last === undefined ? ([by, run, ms] as const) : ([by, run, ms, last] as const);
  draft.put(key, keepLatest(all, own, APPROVERS_MAX));
  return latenciesOf(run);
}

const UNTIMED = 'How long decisions took is not told: no longer than since the one before.';

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.POSITIVE_INFINITY;
}

export const approvalQuality: FindingRule = (draft, event, context) => {
  const { registered, classes, now } = context;
  // Its decision was told as an event of its own, and counted then.
  if (context.isApprovalApart === true) return undefined;
  const run = runOf(draft, event);
  if (run === undefined) return undefined;
  const cls = registered?.class ?? 'unknown';
  const row = classRow(classes, cls, event.target?.environment);
  const stamp = row.rubber_stamp;
  if (stamp === undefined) return undefined;
  const wanted = Math.min(stamp.approvals, RUN_MAX);
  const latest = run.slice(-wanted);
  const took = median(latest);
  if (latest.length < wanted || took >= durationMs(stamp.median)) return undefined;
  const name = event.approval?.by;
  const by = name ?? 'Somebody unnamed';
  const who = nameOf(event);
  const seconds = Math.max(1, Math.round(took / SHORTEST_MS));
  return finding({
    kind: 'approval_quality',
    ruleId: 'rubber-stamp',
    severity: 'medium',
    dedupeKey: `${by}|${dayOf(now)}`,
    title: `${by} approves what ${who} asks within ${seconds} s, and refuses nothing`,
    summary: `${by} approved the last ${run.length} calls of ${who} in a row and refused none; half of them within ${seconds} s. Such approvals decide nothing.`,
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
