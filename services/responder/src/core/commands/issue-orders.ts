/** Issues one rule's orders for one alert; what is in force is held for it too. */
import { type Alert, durationMs, type RevocationCommand, type Rule } from '@waywarden/schemas';
import type { Output } from '@waywarden/stage';
import { classOf } from '../guards/match-rule.ts';
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
import { receiversFor, type TenantRegistry } from '../model/tenant-policy.ts';
import { subjectOf } from '../model/watched-subject.ts';
import { buildCommand } from './build-command.ts';
import { renews } from './stands-for.ts';

/** The order in force; `scope`: one on all calls counts too. */
export function openFor(
  { transaction, sha256, nowMs }: ResponseContext,
  { target, action }: PlannedAction,
  scope?: RevocationCommand['scope'],
): { readonly openKey: string; readonly open: IssuedCommand | undefined } {
  const whole = targetActionKey(target, action, sha256);
  const openKey = scope === undefined ? whole : targetActionKey(target, action, sha256, scope);
  const open =
    standingCommand(transaction, whole, nowMs) ?? standingCommand(transaction, openKey, nowMs);
  return { openKey, open };
}

export interface RuleCase {
  readonly context: ResponseContext;
  readonly alert: Alert;
  readonly rule: Rule;
  /** No budget counts it. */
  readonly isRoutine?: boolean;
}

export interface Step {
  readonly planned: PlannedAction;
  readonly openKey: string;
  readonly open: IssuedCommand | undefined;
}

function causeOf(alert: Alert, registry: TenantRegistry | undefined): Cause {
  return {
    alertId: alert.alert_id,
    revision: alert.revision,
    title: alert.title,
    subject: alert.subject,
    subjectClass: classOf(alert, registry),
    ...(alert.sources === undefined ? {} : { sources: alert.sources }),
  };
}

export function toStep(
  { context, alert }: RuleCase,
  planned: PlannedAction,
  scope?: RevocationCommand['scope'],
): Step {
  const { openKey, open } = openFor(context, planned, scope);
  const isOpen = open !== undefined && renews(context, open, alert.alert_id);
  return { planned, openKey, open: isOpen ? open : undefined };
}

export interface Special {
  readonly approvals?: RevocationCommand['approvals'];
  readonly scope?: RevocationCommand['scope'];
  readonly asked?: PlannedAction;
  readonly insteadOf?: Withheld;
}

export function commandFor(
  { context, alert, rule }: RuleCase,
  planned: PlannedAction,
  { scope, approvals }: Special = {},
): RevocationCommand {
  const { transaction, policy, registry } = context;
  const agentUid = planned.target.agent_uid;
  return buildCommand({
    alert,
    rule,
    planned,
    sequence: nextSequence(transaction, alert.tenant_id, agentUid),
    receivers: receiversFor(policy, registry, agentUid, planned.action).all,
    ...(scope === undefined ? {} : { scope }),
    ...(approvals === undefined ? {} : { approvals }),
    ending: { subject: alert.subject },
    standsMs: durationMs(policy.stepUpFor),
  });
}

export function issueSteps(
  one: RuleCase,
  steps: readonly Step[],
  outputs: Output[],
  special: Special = {},
): RevocationCommand[] {
  const { context, alert, rule } = one;
  const { transaction, policy, registry } = context;
  const issued: RevocationCommand[] = [];
  for (const { planned, openKey, open } of steps) {
    if (open) {
      holdCommand(transaction, open, alert.alert_id, one.isRoutine);
      continue;
    }
    const command = commandFor(one, planned, special);
    outputs.push(commandOutput(transaction, command));
    const { required, issuers } = receiversFor(
      policy,
      registry,
      planned.target.agent_uid,
      planned.action,
    );
    rememberCommand(transaction, {
      command,
      ruleId: rule.id,
      openKey,
      required,
      issuers,
      holder: alert.alert_id,
      subject: subjectOf(planned.target, alert.subject, planned.action),
      cause: causeOf(alert, registry),
      receiptWithinMs: policy.receiptWithinMs,
      ...(special.asked === undefined
        ? {}
        : { asked: special.asked, answerWithinMs: policy.answerWithinMs }),
      ...(special.insteadOf === undefined ? {} : { insteadOf: special.insteadOf }),
    });
    issued.push(command);
  }
  return issued;
}
