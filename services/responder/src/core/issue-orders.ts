/**
 * Issues the orders of one rule for one alert: what is in force already is held for this alert too,
 * the rest is commanded, remembered and watched from then on.
 */
import { type Alert, durationMs, type RevocationCommand, type Rule } from '@waywarden/schemas';
import type { Output } from '@waywarden/stage';
import { type PlannedAction, targetActionKey } from './action-target.ts';
import { buildCommand } from './build-command.ts';
import {
  type Cause,
  holdCommand,
  type IssuedCommand,
  openCommand,
  rememberCommand,
  type Withheld,
} from './issued-command.ts';
import { classOf } from './match-rule.ts';
import { commandOutput, nextSequence, type ResponseContext } from './response-context.ts';
import { receiversFor, type TenantRegistry } from './tenant-rules.ts';
import { subjectOf } from './watched-subject.ts';

export interface RuleCase {
  readonly context: ResponseContext;
  readonly alert: Alert;
  readonly rule: Rule;
  /** Expected to happen all the time: no budget counts it. */
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

/** Who has answered so may do it when it is asked again; who can't do it at all is not asked twice. */
const MAY_STILL: ReadonlySet<string> = new Set(['failed', 'expired']);
const HAS_TAKEN: ReadonlySet<string> = new Set(['applied', 'partial', 'accepted']);

/**
 * Nobody has carried it out, as a receiver that must has said: it contains nothing. Its own alert has had
 * what is stronger asked for; another one has not, and orders again.
 */
function hasFailed({ holders, receivers, required }: IssuedCommand, alert: Alert): boolean {
  if (holders.includes(alert.alert_id)) return false;
  if (Object.values(receivers).some((one) => HAS_TAKEN.has(one.state))) return false;
  return required.some((id) => MAY_STILL.has(receivers[id]?.state ?? ''));
}

export function toStep({ context, alert }: RuleCase, planned: PlannedAction): Step {
  const openKey = targetActionKey(planned.target, planned.action, context.sha256);
  const open = openCommand(context.draft, openKey, context.nowMs);
  const isOpen = open !== undefined && !hasFailed(open, alert);
  return { planned, openKey, open: isOpen ? open : undefined };
}

/** How an order differs from what the rule says. */
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
  const { draft, policy, registry } = context;
  const agentUid = planned.target.agent_uid;
  return buildCommand({
    alert,
    rule,
    planned,
    sequence: nextSequence(draft, alert.tenant_id, agentUid),
    receivers: receiversFor(policy, registry, agentUid, planned.action).all,
    ...(scope === undefined ? {} : { scope }),
    ...(approvals === undefined ? {} : { approvals }),
    ending: { subject: alert.subject },
    standsMs: durationMs(policy.stepUpFor),
  });
}

/** Issues what is not in force yet; what is, is held for this alert too. */
export function issueSteps(
  one: RuleCase,
  steps: readonly Step[],
  outputs: Output[],
  special: Special = {},
): RevocationCommand[] {
  const { context, alert, rule } = one;
  const { draft, policy, registry } = context;
  const issued: RevocationCommand[] = [];
  for (const { planned, openKey, open } of steps) {
    if (open) {
      holdCommand(draft, open, alert.alert_id, one.isRoutine);
      continue;
    }
    const command = commandFor(one, planned, special);
    outputs.push(commandOutput(draft, command));
    const { required, issuers } = receiversFor(
      policy,
      registry,
      planned.target.agent_uid,
      planned.action,
    );
    rememberCommand(draft, {
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
