/**
 * A call that needed a decision ran with an approval for other arguments, or though a person had refused it. Class
 * table: docs/reference-detection.md. Limit: decisions under another agent's name.
 */
import {
  type ActorClass,
  type AuditEvent,
  allSources,
  type ClassRow,
  classRow,
  isCritical,
  isCriticalFor,
  isSensitive,
  type Severity,
  sourceNameOf,
} from '@waywarden/schemas';
import {
  asEnded,
  deedInFull,
  deedOf,
  type Finding,
  type FindingContext,
  type FindingRule,
  finding,
  hadEffect,
  keyAsEnded,
  nameOf,
} from '../../alerting/finding.ts';
import { dateOfTime } from '../../domain/day.ts';
import { thresholdOf } from '../../domain/registry/class-threshold.ts';
import { SEVERITIES } from '../../domain/severities.ts';
import { firstFitting, TITLE_LENGTH_MAX } from '../../domain/short-text.ts';
import { ranOtherArguments } from '../../state/agent/other-arguments.ts';
import { type ApprovalGiven, approvalDue, approvalGiven, approverWords } from './approval-due.ts';
import { isUnder, noteRefusal, type RefusedCall, refusedBefore } from './approval-refused.ts';
import { isApprovalMissed } from './approval-told.ts';

const DUE_WORDS = {
  human: 'a human’s approval',
  policy: 'a decision by policy or a human',
} as const;

interface OtherArguments {
  readonly given: ApprovalGiven;
  readonly refusal: RefusedCall | undefined;
  readonly now: string;
}

/** One alert per tool, source and kind of approval: a source may hash otherwise. Not so for what was refused. */
function otherArguments(event: AuditEvent, { given, refusal, now }: OtherArguments): Finding {
  const who = nameOf(event);
  const { server = '', name = '' } = event.tool ?? {};
  const what = JSON.stringify([server, name, sourceNameOf(event), given]);
  const refused = refusal === undefined ? '' : ` ${refusal.by} had refused it before.`;
  return finding({
    kind: 'approval_bypass',
    ruleId: 'approval-other-arguments',
    severity: asEnded(event, SEVERITIES['approval-other-arguments'].plain),
    dedupeKey: keyAsEnded(
      event,
      `other|${refusal === undefined ? '' : dateOfTime(refusal.at)}|${what}`,
    ),
    title: `${who} ran other arguments than were approved`,
    summary: `On ${dateOfTime(now)} ${who} ${deedInFull(event)}. ${event.approval?.by ?? 'Somebody'} approved a call of this tool, and the arguments that ran are not those that were approved.${refused}`,
    expected: 'the arguments that were approved',
    observed: 'other arguments',
    restsOn: event.claims.approval,
    renews: 'work',
    quarantines: true,
    standsBy: refusal === undefined ? [what] : [],
    sources: [sourceNameOf(event)],
    threshold: 'static',
    taxonomy: { owasp: ['ASI09'] },
  });
}

const DECIDED_WORDS: Readonly<Record<string, string>> = {
  none: 'no approval',
  auto: 'an automatic approval',
  policy: 'a policy’s decision and no person’s',
  bypassed: 'its approval bypassed',
};

function observedOf(event: AuditEvent, given: ApprovalGiven): string {
  if (given === 'unreported') return 'no word of an approval';
  if (given === 'asserted') return 'an approval that only its own telemetry tells of';
  if (event.approval?.mode === 'human') return approverWords(event, given === 'nobodys');
  return DECIDED_WORDS[event.approval?.mode ?? 'none'] ?? 'no approval';
}

/** Somebody wrote that rule. */
function severityOf(event: AuditEvent, isGrave: boolean, given: ApprovalGiven): Severity {
  const by = SEVERITIES['approval-bypass'];
  if (given === 'asserted') return by.asserted;
  // Under an agent's name it is likely none.
  if (given === 'nobodys') return event.approval?.by === undefined ? by.byNobody : by.inAgentsName;
  if (event.approval?.mode === 'policy') return by.byPolicy;
  if (event.approval?.mode === 'bypassed') return by.bypassed;
  return isGrave ? by.critical : by.plain;
}

function againstRefusal(event: AuditEvent, refusal: RefusedCall): Finding {
  const who = nameOf(event);
  const isNamed = isUnder(event, refusal);
  const under = isNamed ? 'under the decision that refused it' : 'that was refused';
  const isGrave = event.capabilities.some(
    ({ symbol }) => isCritical(symbol) || isSensitive(symbol),
  );
  const since = event.approval?.mode === 'human' ? 'no person as provably' : 'nobody';
  return finding({
    kind: 'approval_bypass',
    ruleId: 'approval-refused',
    severity: asEnded(event, SEVERITIES['approval-refused'][isGrave ? 'sensitive' : 'plain']),
    // One alert for one day's refusal, apart by gravity.
    dedupeKey: keyAsEnded(event, `refused|${isGrave}|${dateOfTime(refusal.at)}`),
    title: `${who} ran a call ${under}`,
    summary: `${who} ${deedInFull(event)}, which ${refusal.by} had refused at ${refusal.at.slice(0, 19).replace('T', ' ')} UTC, ${isNamed ? 'and names that refusal as its approval' : `and ${since} approved it since`}.`,
    expected: 'no run after a refusal',
    observed: isNamed ? 'a run under a refusal' : 'a run without approval',
    evidence: [{ eventId: refusal.eventId, role: 'refused_call', assurance: refusal.assurance }],
    restsOn: refusal.proven,
    notVisible: ['Whether the person thought again where nothing tells of it is not visible.'],
    quarantines: true,
    renews: 'work',
    threshold: 'static',
    sources: allSources([refusal.source, sourceNameOf(event)]),
    taxonomy: { owasp: ['ASI02', 'ASI09'] },
  });
}

const UNSEEN =
  'Its source told of approvals before and not of this one: it may have been given unseen.';
const WHO = 'Whether a person approved it is not visible.';

interface Judged {
  readonly row: ClassRow;
  readonly due: 'policy' | 'human';
  readonly given: ApprovalGiven;
}

/** Of what is too long the place goes first, then the tool: how it was decided stays. */
function titleOf(who: string, event: AuditEvent, observed: string): string {
  const { target, ...nowhere } = event;
  const { tool, ...bare } = nowhere;
  const deeds = [event, nowhere, bare].map((one) => deedOf(one));
  return firstFitting(
    deeds.map((deed) => `${who} ${deed} with ${observed}`),
    TITLE_LENGTH_MAX,
  );
}

function withoutDecision(event: AuditEvent, { row, due, given }: Judged, cls: ActorClass): Finding {
  const who = nameOf(event);
  const isGrave = event.capabilities.some(({ symbol }) => isCriticalFor(row, symbol));
  const observed = observedOf(event, given);
  const isUnreported = given === 'unreported';
  const isUnnamed = given === 'nobodys' && event.approval?.by === undefined;
  return finding({
    kind: 'approval_bypass',
    ruleId: 'approval-bypass',
    severity: asEnded(event, severityOf(event, isGrave, given)),
    dedupeKey: keyAsEnded(event, `${given}|${event.approval?.mode ?? ''}`),
    threshold: thresholdOf(
      row,
      cls,
      'approval',
      'approval_for',
      'step_up',
      'sensitive',
      'critical',
    ),
    title: titleOf(who, event, observed),
    summary: `${who} is registered as ${cls}, which needs ${DUE_WORDS[due]} for this. On ${dateOfTime(event.event_time)} it ${deedInFull(event)} with ${observed}.`,
    expected: DUE_WORDS[due],
    observed,
    restsOn: event.claims.outcome,
    notVisible: isUnreported ? [UNSEEN] : given === 'nobodys' ? [WHO] : [],
    quarantines: given === 'none' || isUnreported ? 'values' : false,
    // A source that falls silent is one cause.
    sources: isUnreported ? undefined : [sourceNameOf(event)],
    ...(isUnreported ? { causeKey: `approvals-unreported|${sourceNameOf(event)}` } : {}),
    ...(isUnnamed ? { causeKey: `approvals-unnamed|${sourceNameOf(event)}` } : {}),
    taxonomy: { owasp: ['ASI02', 'ASI09'] },
  });
}

export const approvalBypass: FindingRule = (
  transaction,
  event,
  { registry, registered, classes, now }: FindingContext,
): Finding | undefined => {
  noteRefusal(transaction, event);
  if (!hadEffect(event)) return undefined;
  // Unregistered agents owe no approval, but a refusal holds.
  const row = registered && classRow(classes, registered.class, event.target?.environment);
  const due = row === undefined ? 'none' : approvalDue(row, event);
  const isOther = ranOtherArguments(transaction, event);
  const refusal = refusedBefore(transaction, event, { registry, isDue: due !== 'none', isOther });
  if (isOther) {
    const given = approvalGiven(event, 'human', registry);
    return otherArguments(event, { given, refusal, now });
  }
  if (refusal !== undefined) return againstRefusal(event, refusal);
  if (registered === undefined || row === undefined || row.approval_for === 'effects')
    return undefined;
  if (due === 'none') return undefined;
  const isMissed = isApprovalMissed(transaction, event);
  const given = approvalGiven(event, due, registry);
  if (given === 'proven' || (given === 'unreported' && !isMissed)) return undefined;
  return withoutDecision(event, { row, due, given }, registered.class);
};
