import { durationMs, type RevocationCommand, type Rule } from '@waywarden/schemas';
import type { Output } from '@waywarden/stage';
import { isMild, narrowest, STEP_UP } from '../model/action-strength.ts';
import { type PlannedAction, targetActionKey } from '../model/action-target.ts';
import {
  type Cause,
  holdCommand,
  type IssuedCommand,
  rememberCommand,
  standingCommand,
  type Withheld,
} from '../model/issued-command.ts';
import { commandOutput, nextSequence, type ResponseContext } from '../model/response-context.ts';
import { receiversFor } from '../model/tenant-policy.ts';
import { subjectOf } from '../model/watched-subject.ts';
import { buildCommand, causedAlert } from './build-command.ts';

/** Stronger than what did not hold. */
export const RISES: ReadonlySet<FollowUp['verb']> = new Set(['escalates', 'retries']);

export interface FollowUp {
  readonly issued: IssuedCommand;
  readonly cause: Cause;
  readonly verb: 'escalates' | 'retries' | 'lapses' | 'awaits' | 'unanswered';
  readonly sentence: string;
  /** Undefined: nothing further. */
  readonly planned: PlannedAction | undefined;
  readonly against: readonly string[];
  readonly expires?: string;
  readonly scope?: RevocationCommand['scope'];
  readonly isUnbudgeted: boolean;
}

export type Approvals = RevocationCommand['approvals'];

export interface Issue {
  readonly one: FollowUp;
  readonly approvals?: Approvals;
  readonly rule: Rule;
  readonly planned: PlannedAction;
  readonly openKey: string;
  readonly insteadOf?: Withheld;
}

export function commandOf(context: ResponseContext, parts: Issue): RevocationCommand {
  const { one, rule, planned, approvals } = parts;
  const { transaction, policy, registry, nowMs } = context;
  const { tenant_id: tenantId, command_id: commandId } = one.issued.command;
  return buildCommand({
    alert: causedAlert(one.issued, one.cause, nowMs),
    rule,
    planned,
    sequence: nextSequence(transaction, tenantId, planned.target.agent_uid),
    receivers: receiversFor(policy, registry, planned.target.agent_uid).all,
    ...(approvals === undefined ? {} : { approvals }),
    ...(one.scope === undefined ? {} : { scope: one.scope }),
    follows: { commandId, sentence: one.sentence },
    ending: { subject: one.cause.subject, isLapse: one.verb === 'lapses' },
    standsMs: durationMs(policy.stepUpFor),
  });
}

export function issue(context: ResponseContext, parts: Issue, command: RevocationCommand): Output {
  const { transaction, policy, registry } = context;
  const { one, rule, planned, openKey } = parts;
  // Rung by rung it would else get past what was held back.
  const insteadOf = parts.insteadOf ?? (RISES.has(one.verb) ? one.issued.insteadOf : undefined);
  const { required, issuers } = receiversFor(
    policy,
    registry,
    planned.target.agent_uid,
    planned.action,
  );
  const output = commandOutput(transaction, command);
  rememberCommand(transaction, {
    command,
    ruleId: rule.id,
    openKey,
    required,
    issuers,
    holder: one.cause.alertId,
    subject: subjectOf(planned.target, one.cause.subject, planned.action),
    cause: one.cause,
    isLapse: one.verb === 'lapses',
    after: one.issued,
    receiptWithinMs: policy.receiptWithinMs,
    ...(insteadOf === undefined ? {} : { insteadOf }),
  });
  return output;
}

/** Undefined where one is asked already. */
export function stepUpFor(
  context: ResponseContext,
  one: FollowUp,
  { rule, planned }: Pick<Issue, 'rule' | 'planned'>,
  reason: string,
): Output | undefined {
  const { command, cause } = one.issued;
  const { tenant_id, agent_uid } = planned.target;
  if (!RISES.has(one.verb) || cause === null || isMild(planned.action)) return undefined;
  const known = one.cause.subject.agent_uid === agent_uid ? one.cause.subject : { agent_uid };
  const asked = narrowest(STEP_UP, { tenant_id, agent_uid }, known);
  if (asked === undefined || command.action === STEP_UP) return undefined;
  const openKey = targetActionKey(asked.target, asked.action, context.sha256);
  const open = standingCommand(context.transaction, openKey, context.nowMs);
  if (open !== undefined) {
    holdCommand(context.transaction, open, one.cause.alertId);
    return undefined;
  }
  const insteadOf = { reason, action: planned.action };
  const parts = { one, rule, planned: asked, openKey, insteadOf };
  return issue(context, parts, commandOf(context, parts));
}
