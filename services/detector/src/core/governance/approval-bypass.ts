/**
 * A call over which the class table wants a decision went through without it, or with an approval
 * that was given for other arguments than were executed. A rule over what was declared: the first
 * such call is told.
 *
 * Agents whose every effect needs a human are left to `class_drift`, which says the same of them. What
 * an event does not tell is not held against it: where a source never tells of approvals, nothing can be
 * said. Once it has told of them, a call that needs one and tells of none is noted with low severity.
 */
import {
  type AuditEvent,
  classRow,
  isCriticalFor,
  type Severity,
  sourceNameOf,
} from '@waywarden/schemas';
import type { Draft } from '@waywarden/stage';
import { agentKey } from '../kept/agent-key.ts';
import { approvalDue, approvalGiven } from './approval-due.ts';
import {
  dayOf,
  deedOf,
  type Finding,
  type FindingContext,
  type FindingRule,
  finding,
  hadEffect,
  nameOf,
} from './finding.ts';

/** Decisions that a source has told of before a call without one is missed. */
const TOLD_MIN = 20;

const DUE_WORDS = {
  human: 'a human’s approval',
  policy: 'a decision by policy or a human',
} as const;

/** How often approvals were told of this agent before; counts this call's. */
function toldBefore(draft: Draft, event: AuditEvent): number {
  const key = agentKey(event, 'approvals');
  const told = draft.get<number>(key) ?? 0;
  if (event.approval !== undefined && told < TOLD_MIN) draft.put(key, told + 1);
  return told;
}

/** Both hashes are of one scheme, and differ: what was approved is not what ran. */
function isOtherArguments({ approval, args }: AuditEvent): boolean {
  const [approved, ran] = [approval?.args_hash, args?.hash];
  if (approval?.mode !== 'human' || approved === undefined || ran === undefined) return false;
  const scheme = (text: string) => text.slice(0, text.indexOf(':') + 1);
  return scheme(approved) !== '' && scheme(approved) === scheme(ran) && approved !== ran;
}

function otherArguments(event: AuditEvent, now: string): Finding {
  const who = nameOf(event);
  return finding({
    kind: 'approval_bypass',
    ruleId: 'approval-other-arguments',
    severity: 'high',
    dedupeKey: `other|${event.task?.id ?? event.chain_id}|${dayOf(now)}`,
    title: `${who} ran other arguments than were approved`,
    summary: `${who} ${deedOf(event)}. ${event.approval?.by ?? 'Somebody'} approved a call of this tool, and the arguments that ran are not those that were approved.`,
    expected: 'the arguments that were approved',
    observed: 'other arguments',
    restsOn: event.claims.approval,
    quarantines: true,
    sources: [sourceNameOf(event)],
    taxonomy: { owasp: ['ASI09'] },
  });
}

/** How a call was decided over, where no person did. */
const DECIDED_WORDS: Readonly<Record<string, string>> = {
  none: 'no approval',
  auto: 'an automatic approval',
  policy: 'a policy’s decision and no person’s',
  bypassed: 'its approval bypassed',
};

/** What a policy decided was decided by somebody's rule: less than what nobody decided. */
function severityOf(event: AuditEvent, isGrave: boolean, given: string): Severity {
  if (given !== 'none') return 'low';
  if (event.approval?.mode === 'policy') return 'medium';
  return isGrave || event.approval?.mode === 'bypassed' ? 'high' : 'medium';
}

export const approvalBypass: FindingRule = (
  draft,
  event,
  { registered, classes, now }: FindingContext,
): Finding | undefined => {
  if (registered === undefined || !hadEffect(event)) return undefined;
  if (isOtherArguments(event)) return otherArguments(event, now);
  const row = classRow(classes, registered.class, event.target?.environment);
  const due = row.approval_for === 'effects' ? 'none' : approvalDue(row, event);
  if (due === 'none') return undefined;
  const told = toldBefore(draft, event);
  const given = approvalGiven(event, due);
  if (given === 'proven' || (given === 'untold' && told < TOLD_MIN)) return undefined;
  const who = nameOf(event);
  const isGrave = event.capabilities.some(({ symbol }) => isCriticalFor(row, symbol));
  const observed =
    given === 'untold'
      ? 'no word of an approval'
      : given === 'asserted'
        ? 'an approval that only its own telemetry tells of'
        : (DECIDED_WORDS[event.approval?.mode ?? 'none'] ?? 'no approval');
  return finding({
    kind: 'approval_bypass',
    ruleId: 'approval-bypass',
    severity: severityOf(event, isGrave, given),
    dedupeKey: `${given}|${event.approval?.mode ?? ''}|${dayOf(now)}`,
    title: `${who} ${deedOf(event)} with ${observed}`,
    summary: `${who} is registered as ${registered.class}, which needs ${DUE_WORDS[due]} for this. It ${deedOf(event)} with ${observed}.`,
    expected: DUE_WORDS[due],
    observed,
    restsOn: event.claims.outcome,
    notVisible:
      given === 'untold'
        ? [
            'Its source told of approvals before and not of this one: it may have been given unseen.',
          ]
        : [],
    quarantines: given === 'none',
    // That none was told of is judged by what was told before.
    sources: given === 'untold' ? undefined : [sourceNameOf(event)],
    taxonomy: { owasp: ['ASI02', 'ASI09'] },
  });
};
