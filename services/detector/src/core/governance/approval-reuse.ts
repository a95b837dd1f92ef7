/**
 * One approval under which several calls ran. A person decided over one call; what ran after it under the
 * same decision was decided by nobody.
 *
 * An approval is known again by its `uid`; where a source gives none, by who approved which arguments
 * (`args_hash`) after exactly how many milliseconds: two decisions of one person over the same arguments
 * do not take the same time. Rejected: the approver and the arguments alone, since who pays the same
 * invoice twice may ask twice.
 *
 * A retry is no second run: only calls that succeeded count, and two reports of one call (`call_uid`, or
 * two sources that give none) are one.
 *
 * Method: runs counted by decision. Source: what the call tells of its approval.
 * Limits: an approval without `uid` and hash of the arguments is not followed, nor one that is older than the
 * last 512 of its agent. One that two agents share is told where they meet (`assembly/count-approval-uses.ts`).
 * Of those before the last sixteen it is known only that a call ran, and not which.
 */
import {
  type Assurance,
  type AuditEvent,
  allSources,
  isCritical,
  isSensitive,
  shortPrint,
  sourceNameOf,
} from '@waywarden/schemas';
import type { Draft } from '@waywarden/stage';
import type { FacetAlarm } from '../facets/facet.ts';
import { agentKey } from '../kept/agent-key.ts';
import { findPrint } from '../kept/print-table.ts';
import { decisiveAssurance } from '../profile/decisive-assurance.ts';
import { deedOf, type FindingRule, finding, hadEffect, nameOf } from './finding.ts';

/** Approvals of an agent under which it is known what ran. */
const APPROVALS_MAX = 16;
/** Earlier ones, of which it is known that something did. */
const EARLIER_MAX = 512;
const EARLIER_PRINT = 8;

interface Run {
  readonly approval: string;
  readonly eventId: string;
  readonly at: string;
  readonly assurance: Assurance;
  readonly call: string;
  readonly source: string;
}

function approvalName({ approval }: AuditEvent): string | undefined {
  if (approval?.mode !== 'human') return undefined;
  const { uid, by, latency_ms: latency, args_hash: hash } = approval;
  if (uid !== undefined) return `uid|${uid}`;
  if (by === undefined || hash === undefined || latency === undefined) return undefined;
  return JSON.stringify([by, hash, latency]);
}

/** Two reports of one call. */
function isSameCall(a: Run, b: Run): boolean {
  if (a.call !== '' || b.call !== '') return a.call === b.call;
  return a.source !== b.source;
}

/** What ran under the same approval before; this call is remembered where it is the first. */
function ranBefore(draft: Draft, event: AuditEvent, approval: string): Run | 'earlier' | undefined {
  const run: Run = {
    approval,
    eventId: event.event_id,
    at: event.event_time,
    assurance: decisiveAssurance(event),
    call: event.call_uid ?? '',
    source: sourceNameOf(event),
  };
  const key = agentKey(event, 'approved');
  const runs = draft.get<readonly Run[]>(key) ?? [];
  const before = runs.find((one) => one.approval === approval);
  if (before !== undefined) return isSameCall(before, run) ? undefined : before;
  const earlier = draft.get<string>(agentKey(event, 'approved-earlier')) ?? '';
  if (findPrint(earlier, shortPrint(approval, EARLIER_PRINT), EARLIER_PRINT) >= 0) return 'earlier';
  draft.put(key, [...runs, run].slice(-APPROVALS_MAX));
  const [gone] = runs.length < APPROVALS_MAX ? [] : runs;
  if (gone !== undefined) {
    const all = earlier + shortPrint(gone.approval, EARLIER_PRINT);
    draft.put(agentKey(event, 'approved-earlier'), all.slice(-EARLIER_MAX * EARLIER_PRINT));
  }
  return undefined;
}

interface Before {
  readonly when: string;
  readonly evidence: FacetAlarm['evidence'];
  readonly sources: readonly string[] | undefined;
}

function toldOf(before: Run | 'earlier', event: AuditEvent): Before {
  if (before === 'earlier') {
    return { when: 'before its last sixteen approvals', evidence: [], sources: undefined };
  }
  const { eventId, assurance, at, source } = before;
  return {
    when: `at ${at.slice(0, 10)} ${at.slice(11, 19)} UTC`,
    evidence: [{ eventId, role: 'approved_call', assurance }],
    sources: allSources([source, sourceNameOf(event)]),
  };
}

export const approvalReuse: FindingRule = (draft, event) => {
  const approval = approvalName(event);
  if (approval === undefined || event.outcome !== 'success' || !hadEffect(event)) return undefined;
  const before = ranBefore(draft, event, approval);
  if (before === undefined) return undefined;
  const { when, evidence, sources } = toldOf(before, event);
  const who = nameOf(event);
  const by = event.approval?.by ?? 'somebody';
  const isGrave = event.capabilities.some(
    ({ symbol }) => isCritical(symbol) || isSensitive(symbol),
  );
  return finding({
    kind: 'approval_bypass',
    ruleId: 'approval-reuse',
    severity: isGrave ? 'high' : 'medium',
    dedupeKey: `reuse|${approval}`,
    title: `${who} ran another call under an approval that was used`,
    summary: `${who} ${deedOf(event)} under an approval by ${by} under which a call had run ${when} already. What ran again was decided by nobody.`,
    expected: 'an approval for each call',
    observed: 'one approval for several',
    evidence,
    restsOn: event.claims.approval,
    notVisible: [
      'Whether the person meant to approve more than one call is not visible.',
      ...(approval.startsWith('uid|')
        ? []
        : ['The approval has no id: it is known again by approver, arguments and time taken.']),
    ],
    quarantines: true,
    sources,
    threshold: 'static',
    taxonomy: { owasp: ['ASI09'] },
  });
};
