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
import type { Transaction } from '@waywarden/stage';
import {
  asEnded,
  type Finding,
  type FindingRule,
  finding,
  hadEffect,
  keyAsEnded,
  thresholdOf,
} from '../../alerting/finding.ts';
import { dateOfTime } from '../../domain/day.ts';
import { RULE_SEVERITIES } from '../../domain/severities.ts';
import { agentStateKey } from '../../state/agent/agent-key.ts';
import {
  againstRefusalWords,
  approvalBypassWords,
  otherArgumentsWords,
} from '../../wording/approvals.ts';
import { type ApprovalGiven, approvalDue, approvalGiven, approverOf } from './approval-due.ts';
import { isUnder, noteRefusal, type RefusedCall, refusedBefore } from './approval-refused.ts';
import { isApprovalMissed } from './approval-reports.ts';

const SOURCES_MAX = 4;
const PLAIN = 'sha256:';

const schemeOf = (text: string) => text.slice(0, text.indexOf(':') + 1);

function isHashedHere({ args }: AuditEvent): boolean {
  return args?.items !== undefined || args?.values !== undefined;
}

/**
 * Whether other arguments ran than were approved. Hashes compare only if made alike: both by the source, or once
 * they agreed. Limit: with clear arguments the first mismatch is not told.
 */
function ranOtherArguments(transaction: Transaction, event: AuditEvent): boolean {
  const [approved, ran] = [event.approval?.args_hash, event.args?.hash];
  if (event.approval?.mode !== 'human' || approved === undefined || ran === undefined) return false;
  const key = agentStateKey(event, 'shown');
  const agreed = transaction.get<readonly string[]>(key) ?? [];
  const source = sourceNameOf(event);
  if (approved === ran) {
    if (!agreed.includes(source)) transaction.put(key, [...agreed, source].slice(-SOURCES_MAX));
    return false;
  }
  const isAlike = schemeOf(approved) !== '' && schemeOf(approved) === schemeOf(ran);
  if (!isHashedHere(event)) return isAlike;
  return agreed.includes(source) && (isAlike || approved.startsWith(PLAIN));
}

interface OtherArguments {
  readonly given: ApprovalGiven;
  readonly refusal: RefusedCall | undefined;
  readonly now: string;
}

/** One alert per tool, source and kind of approval: a source may hash otherwise. Not so for what was refused. */
function otherArguments(event: AuditEvent, { given, refusal, now }: OtherArguments): Finding {
  const { server = '', name = '' } = event.tool ?? {};
  const what = JSON.stringify([server, name, sourceNameOf(event), given]);
  return finding({
    kind: 'approval_bypass',
    ruleId: 'approval-other-arguments',
    severity: asEnded(event, RULE_SEVERITIES['approval-other-arguments'].plain),
    dedupeKey: keyAsEnded(
      event,
      `other|${refusal === undefined ? '' : dateOfTime(refusal.at)}|${what}`,
    ),
    ...otherArgumentsWords(event, now, refusal?.by),
    restsOn: event.claims.approval,
    renews: 'work',
    quarantines: true,
    standsBy: refusal === undefined ? [what] : [],
    sources: [sourceNameOf(event)],
    threshold: 'static',
    taxonomy: { owasp: ['ASI09'] },
  });
}

/** Somebody wrote that rule. */
function severityOf(event: AuditEvent, isGrave: boolean, given: ApprovalGiven): Severity {
  const by = RULE_SEVERITIES['approval-bypass'];
  if (given === 'asserted') return by.asserted;
  // Under an agent's name it is likely none.
  if (given === 'nobodys') return event.approval?.by === undefined ? by.byNobody : by.inAgentsName;
  if (event.approval?.mode === 'policy') return by.byPolicy;
  if (event.approval?.mode === 'bypassed') return by.bypassed;
  return isGrave ? by.critical : by.plain;
}

function againstRefusal(event: AuditEvent, refusal: RefusedCall): Finding {
  const isNamed = isUnder(event, refusal);
  const isGrave = event.capabilities.some(
    ({ symbol }) => isCritical(symbol) || isSensitive(symbol),
  );
  return finding({
    kind: 'approval_bypass',
    ruleId: 'approval-refused',
    severity: asEnded(event, RULE_SEVERITIES['approval-refused'][isGrave ? 'sensitive' : 'plain']),
    // One alert for one day's refusal, apart by gravity.
    dedupeKey: keyAsEnded(event, `refused|${isGrave}|${dateOfTime(refusal.at)}`),
    ...againstRefusalWords(event, { by: refusal.by, at: refusal.at, isNamed }),
    evidence: [{ eventId: refusal.eventId, role: 'refused_call', assurance: refusal.assurance }],
    restsOn: refusal.proven,
    quarantines: true,
    renews: 'work',
    threshold: 'static',
    sources: allSources([refusal.source, sourceNameOf(event)]),
    taxonomy: { owasp: ['ASI02', 'ASI09'] },
  });
}

interface Judged {
  readonly row: ClassRow;
  readonly due: 'policy' | 'human';
  readonly given: Exclude<ApprovalGiven, 'proven'>;
}

function withoutDecision(event: AuditEvent, { row, due, given }: Judged, cls: ActorClass): Finding {
  const isGrave = event.capabilities.some(({ symbol }) => isCriticalFor(row, symbol));
  const approver = approverOf(event, given === 'nobodys');
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
    ...approvalBypassWords(event, { cls, due, given, approver }),
    restsOn: event.claims.outcome,
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
  { registry, registered, classes, now },
) => {
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
