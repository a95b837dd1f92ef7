/**
 * One person who approves whatever agents ask, by the shipped numbers (`rules/approvals/approval-quality.ts` has
 * the rule for one agent).
 */
import { type Alert, epochMs, type PrivilegeStep } from '@waywarden/schemas';
import { restate } from '../../alerting/standing-alert.ts';
import { DAY_MS, dateOfTime } from '../../domain/day.ts';
import { RULE_SEVERITIES } from '../../domain/severities.ts';
import {
  decisionName,
  isDecidedBefore,
  upperMedian,
} from '../../rules/approvals/decision-print.ts';
import { rememberInRing } from '../../state/agent/bounded-lists.ts';
import { rubberStampManyWords } from '../../wording/approvals.ts';
import { type NoteCounter, noteAlert } from './note-alert.ts';
import { inOrder } from './step-proof.ts';

/** The oldest is forgotten. */
export const APPROVERS_MAX = 10_000;
const RING = 'approvers';
const IN_A_ROW = 20;
const MEDIAN_MS = 5000;
const ANOTHER_MS = 7 * DAY_MS;

interface Decisions {
  readonly latest: readonly PrivilegeStep[];
  readonly last?: Alert;
}

/** Unknown: at most since the one before. */
function tookMs(steps: readonly PrivilegeStep[]): readonly number[] {
  return steps.map((step, at) => {
    const before = at === 0 ? undefined : steps[at - 1];
    const since = step.noted_since_ms ?? (before && epochMs(before.event_time));
    return since === undefined ? Number.POSITIVE_INFINITY : epochMs(step.event_time) - since;
  });
}

function describe(latest: readonly PrivilegeStep[], by: string, at: string): Alert | undefined {
  const agents = [...new Set(latest.map((one) => one.agent_uid))];
  const [first] = latest;
  const subject = latest.at(-1);
  if (first === undefined || subject === undefined || latest.length < IN_A_ROW) return undefined;
  if (agents.length < 2 || latest.some((one) => one.outcome === 'denied')) return undefined;
  const took = upperMedian(tookMs(latest));
  if (took >= MEDIAN_MS) return undefined;
  const approvals = latest.length;
  const decided = { tookMs: took, approvals, approvalsMin: IN_A_ROW, medianMs: MEDIAN_MS };
  return noteAlert({
    kind: 'approval_quality',
    ruleId: 'rubber-stamp-many',
    severity: RULE_SEVERITIES['rubber-stamp-many'].plain,
    alertKey: `${by}|${dateOfTime(at)}`,
    causeKey: `approver|${by}`,
    subject,
    evidence: latest.map((one) => [one, 'approved_call'] as const),
    count: agents.length,
    ...rubberStampManyWords({ by, since: first.event_time, agents, ...decided }),
    taxonomy: { owasp: ['ASI09'] },
    detectedAt: at,
  });
}

const isTimed = (one: PrivilegeStep) => one.noted_since_ms !== undefined;

function isSameDecision(one: PrivilegeStep, other: PrivilegeStep): boolean {
  const { noted_decision: a } = one;
  const { noted_decision: b } = other;
  if (a === undefined || b === undefined) return false;
  return a === b || (isTimed(one) !== isTimed(other) && decisionName(a) === decisionName(b));
}

/** One approval may be told for weeks. */
function sameOfAnotherDay(
  latest: readonly PrivilegeStep[],
  step: PrivilegeStep,
): PrivilegeStep | undefined {
  const { noted_decision: timed } = step;
  if (timed === undefined || !isTimed(step)) return undefined;
  const printOf = (one: PrivilegeStep) => one.noted_decision ?? '';
  const named = latest.filter((one) => decisionName(printOf(one)) === decisionName(timed));
  const at = named.filter((one) => inOrder(one, step) < 0).length;
  const sides = [named.slice(0, at), named.slice(at).reverse()];
  return sides.find((side) => isDecidedBefore(timed, side.map(printOf)))?.at(-1);
}

const saysMore = (one: PrivilegeStep, than: PrivilegeStep) =>
  isTimed(one) === isTimed(than) ? inOrder(one, than) < 0 : isTimed(one);

/** The same where nothing is new. */
function withDecision(
  latest: readonly PrivilegeStep[],
  step: PrivilegeStep,
): readonly PrivilegeStep[] {
  const same = latest.find((one) => isSameDecision(one, step)) ?? sameOfAnotherDay(latest, step);
  if (same !== undefined && !saysMore(step, same)) return latest;
  return [...latest.filter((one) => one !== same), step].sort(inOrder).slice(-IN_A_ROW);
}

function alertOf(last: Alert | undefined, fresh: Alert | undefined): Alert | undefined {
  if (last === undefined || fresh === undefined) return fresh;
  if (epochMs(fresh.detected_at) - epochMs(last.detected_at) >= ANOTHER_MS) return fresh;
  const isLaterDay = dateOfTime(fresh.detected_at) > dateOfTime(last.detected_at);
  return restate(last, fresh, isLaterDay);
}

export const countApproval: NoteCounter = (transaction, step, at) => {
  const about = step.workload ?? '';
  const key = `approver/${JSON.stringify([step.tenant_id, about])}`;
  const before = transaction.get<Decisions>(key);
  if (before === undefined) rememberInRing(transaction, RING, key, APPROVERS_MAX);
  const known = before?.latest ?? [];
  const latest = withDecision(known, step);
  if (latest === known) return undefined;
  const alert = alertOf(before?.last, describe(latest, about.slice('approver/'.length), at));
  const last = alert ?? before?.last;
  transaction.put(key, { latest, ...(last === undefined ? {} : { last }) } satisfies Decisions);
  return alert;
};
