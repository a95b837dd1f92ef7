/**
 * An agent acts above its class: effects without the human approval that its class table row demands
 * (docs/reference-detection.md).
 */
import {
  type AuditEvent,
  assuranceAtLeast,
  classRow,
  isCriticalFor,
  isSensitiveFor,
  type Registry,
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
import { RULE_SEVERITIES } from '../../domain/severities.ts';
import { knownOf, storeKnown } from '../../state/agent/agent-key.ts';
import { classDriftWords } from '../../wording/approvals.ts';
import { approverOf, isAgentsApproval, isNobodysApproval } from './approval-due.ts';
import { isApprovalMissed } from './approval-reports.ts';

interface EffectCount {
  readonly effects: number;
  readonly unapproved: number;
  readonly since: string;
}

const NO_EFFECTS: EffectCount = { effects: 0, unapproved: 0, since: '' };

type ApprovalState = 'proven' | 'asserted' | 'nobodys' | 'none';

function approvalOf(event: AuditEvent, registry: Registry): ApprovalState {
  if (event.approval?.mode !== 'human' || isAgentsApproval(event, registry)) return 'none';
  if (isNobodysApproval(event, registry)) return 'nobodys';
  return assuranceAtLeast(event.claims.approval, 'authenticated') ? 'proven' : 'asserted';
}

const HANDS_OVER: ReadonlySet<string> = new Set(['delegation', 'agent_invoke']);

/** By the request, or by the target's type. */
export function isUnsent(event: AuditEvent): boolean {
  if (event.effect !== 'create' && event.effect !== 'update') return false;
  const { target, principal } = event;
  if (target?.resource_type === 'draft') return true;
  return target?.owner_uid !== undefined && target.owner_uid === principal?.uid;
}

function countEffect(transaction: Transaction, event: AuditEvent, approved: boolean): EffectCount {
  const before = knownOf<EffectCount>(transaction, event, 'effects') ?? {
    ...NO_EFFECTS,
    since: event.event_time,
  };
  const now = {
    effects: before.effects + 1,
    unapproved: before.unapproved + (approved ? 0 : 1),
    since: before.since,
  };
  storeKnown(transaction, event, 'effects', now);
  return now;
}

function severityOf(event: AuditEvent, approval: ApprovalState, isGrave: boolean): Severity {
  const by = RULE_SEVERITIES['class-drift'];
  if (approval === 'asserted') return by.asserted;
  // Under an agent's name it is likely none.
  if (approval === 'nobodys')
    return event.approval?.by === undefined ? by.byNobody : by.inAgentsName;
  return isGrave ? by.sensitive : by.plain;
}

export const classDrift: FindingRule = (transaction, event, context): Finding | undefined => {
  const { registry, registered, classes } = context;
  if (registered === undefined) return undefined;
  const row = classRow(classes, registered.class, event.target?.environment);
  if (row.approval_for !== 'effects' || !hadEffect(event)) return undefined;
  if (isUnsent(event) || HANDS_OVER.has(event.activity)) return undefined;
  const isUndecided = registered.class === 'unknown';
  if (isUndecided && !isApprovalMissed(transaction, event) && event.approval === undefined) {
    return undefined;
  }
  const approval = approvalOf(event, registry);
  const { effects, unapproved, since } = countEffect(transaction, event, approval === 'proven');
  if (approval === 'proven') return undefined;
  const symbols = event.capabilities.map((claim) => claim.symbol);
  const grave = symbols.some((one) => isSensitiveFor(row, one) || isCriticalFor(row, one));
  const severity = severityOf(event, approval, grave);
  const cls = registered.class;
  const approver = approverOf(event, approval === 'nobodys');
  const drift = { cls, approval, approver, effects, unapproved, since };
  return finding({
    kind: 'class_drift',
    ruleId: 'class-drift',
    severity: asEnded(event, severity),
    dedupeKey: keyAsEnded(event, `${cls}|${approval}`),
    threshold: thresholdOf(row, cls, 'approval_for', 'sensitive', 'critical'),
    ...classDriftWords(event, drift),
    restsOn: event.claims.outcome,
    quarantines: approval === 'none' ? 'values' : false,
    sources: [sourceNameOf(event)],
    taxonomy: { owasp: ['ASI02', 'ASI03'] },
  });
};
