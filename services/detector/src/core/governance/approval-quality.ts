/**
 * Approvals that decide nothing: one person approved an agent's calls many times in a row, refused none,
 * and took seconds for each. Numbers from the class table (`rubber_stamp`: twenty in a row, median under
 * five seconds). About the approval and not about the agent: the alert names who approved.
 *
 * Limits: per agent and approver, since this stage sees each agent apart; one who stamps calls of several
 * agents is told where they meet (`assembly/count-approvals.ts`). An approval that tells no latency interrupts nothing and counts for nothing.
 */
import { type AuditEvent, classRow, durationMs } from '@waywarden/schemas';
import type { Draft } from '@waywarden/stage';
import { agentKey } from '../kept/agent-key.ts';
import { keepLatest } from '../kept/keep-latest.ts';
import { fromDigits, toDigits } from '../kept/print-table.ts';
import { thresholdOf } from './class-threshold.ts';
import { dayOf, type FindingRule, finding, nameOf } from './finding.ts';
import { isRefusal } from './refusal.ts';

/** Approvers of one agent that are remembered; the one who was asked longest ago is forgotten. */
const APPROVERS_MAX = 16;
/** The longest run that is kept, whatever the class table asks. */
const RUN_MAX = 64;
const SHORTEST_MS = 1000;

/** Milliseconds in four digits each: what took longer than four hours took four hours. */
type Runs = readonly (readonly [by: string, latencies: string])[];
const DIGITS = 4;

function latenciesOf(text: string): readonly number[] {
  const all: number[] = [];
  for (let at = 0; at < text.length; at += DIGITS)
    all.push(fromDigits(text.slice(at, at + DIGITS)));
  return all;
}

/** The run of approvals by this person, with this one; undefined when the event is none. */
function runOf(draft: Draft, event: AuditEvent): readonly number[] | undefined {
  const { approval, outcome } = event;
  if (approval?.mode !== 'human' || approval.by === undefined) return undefined;
  const { by, latency_ms: latency } = approval;
  const isRefused = isRefusal(event);
  // A quota that stopped the call says nothing of the person, who had approved it.
  if (outcome === 'denied' && !isRefused) return undefined;
  if (latency === undefined && !isRefused) return undefined;
  const key = agentKey(event, 'deciders');
  const all = draft.get<Runs>(key) ?? [];
  const before = all.find(([name]) => name === by)?.[1] ?? '';
  const took = toDigits(Math.max(0, Math.round(latency ?? 0)), DIGITS);
  const run = isRefused ? '' : (before + took).slice(-RUN_MAX * DIGITS);
  draft.put(key, keepLatest(all, [by, run], APPROVERS_MAX));
  return latenciesOf(run);
}

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
  const by = event.approval?.by ?? 'somebody';
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
    causeKey: `approver|${by}`,
    threshold: thresholdOf(row, cls, 'rubber_stamp'),
    taxonomy: { owasp: ['ASI09'] },
  });
};
