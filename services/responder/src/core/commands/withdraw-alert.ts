/** A withdrawn alert: its commands are restored, last first; what another alert, two people or proof needs stays. */
import {
  type Alert,
  assuranceAtLeast,
  decisionId,
  type RevocationCommand,
  type Rule,
} from '@waywarden/schemas';
import type { Output } from '@waywarden/stage';
import { forgetApprovable } from '../guards/approvable.ts';
import { matchesRule } from '../guards/match-rule.ts';
import { AUTOMATIC_ASSURANCE_MIN } from '../guards/withheld-reasons.ts';
import { type IssuedCommand, peopleBehind } from '../model/command-record.ts';
import { commandsOfAlert, issuedCommand, releaseCommand } from '../model/issued-command.ts';
import { decisionOutput, type ResponseContext } from '../model/response-context.ts';
import { restoreCommand } from './restore-command.ts';

interface Restored {
  readonly restores: readonly RevocationCommand[];
  readonly retained: number;
  readonly ofTwo: number;
  readonly ofProof: number;
}

const NONE: Restored = { restores: [], retained: 0, ofTwo: 0, ofProof: 0 };
const PEOPLE_FOR_TWO = 2;

function whyStored(issued: IssuedCommand, alert: Alert): 'ofTwo' | 'ofProof' | undefined {
  const people = peopleBehind(issued);
  if (people >= PEOPLE_FOR_TWO) return 'ofTwo';
  const rests = alert.decisive_assurance ?? 'asserted';
  const isProven = assuranceAtLeast(rests, AUTOMATIC_ASSURANCE_MIN);
  // An approver may have judged the asserted.
  return people === 0 && !isProven ? 'ofProof' : undefined;
}

function restoreOfAlert(
  context: ResponseContext,
  alert: Alert,
  outputs: Output[],
): ReadonlyMap<string, Restored> {
  const byRule = new Map<string, Restored>();
  const ids = commandsOfAlert(context.transaction, alert.tenant_id, alert.alert_id);
  for (const id of ids.toReversed()) {
    const issued = issuedCommand(context.transaction, id);
    if (!issued) continue;
    const before = byRule.get(issued.ruleId) ?? NONE;
    const { restores, retained } = before;
    const why = issued.expiresMs > context.nowMs ? whyStored(issued, alert) : undefined;
    if (why !== undefined) {
      byRule.set(issued.ruleId, { ...before, [why]: before[why] + 1 });
      continue;
    }
    const isLifted = releaseCommand(context.transaction, issued, alert.alert_id);
    if (isLifted && issued.expiresMs > context.nowMs) {
      const undo = {
        alertIds: [alert.alert_id],
        at: alert.detected_at,
        because: `"${alert.title}" was withdrawn.`,
        evidence: alert.evidence,
      };
      const command = restoreCommand(context, issued, undo, outputs);
      byRule.set(issued.ruleId, { ...before, restores: [...restores, command] });
    } else {
      byRule.set(issued.ruleId, { ...before, retained: isLifted ? retained : retained + 1 });
    }
  }
  return byRule;
}

function toDecision(
  context: ResponseContext,
  alert: Alert,
  rule: { readonly id: string; readonly mode: Rule['mode'] },
  { restores, retained, ofTwo, ofProof }: Restored,
): Output {
  const reasons = [
    'alert_withdrawn',
    ...(retained > 0 ? ['needed_by_other_alert'] : []),
    ...(ofTwo > 0 ? ['ordered_by_two'] : []),
    ...(ofProof > 0 ? ['claim_only_asserted'] : []),
  ];
  const isRestored = restores.length > 0;
  return decisionOutput(context.transaction, context.sha256, {
    decision_id: decisionId({
      tenantId: alert.tenant_id,
      alertId: alert.alert_id,
      revision: alert.revision,
      ruleId: rule.id,
    }),
    tenant_id: alert.tenant_id,
    alert_ids: [alert.alert_id],
    alert_revision: alert.revision,
    agent_uid: alert.subject.agent_uid,
    rule_id: rule.id,
    mode: rule.mode,
    would_be_command: restores[0] ?? null,
    withheld_reason: isRestored ? null : 'alert_withdrawn',
    withheld_reasons: isRestored ? reasons.slice(1) : reasons,
    policy_version: context.policy.version,
    decided_at: alert.detected_at,
    issued_command_ids: restores.map((command) => command.command_id),
  });
}

export function withdrawAlert(context: ResponseContext, alert: Alert): readonly Output[] {
  const commands: Output[] = [];
  forgetApprovable(context.transaction, alert.tenant_id, alert.alert_id);
  const restored = restoreOfAlert(context, alert, commands);
  const { rules } = context.policy;
  const matching = rules.filter(
    (rule) => restored.has(rule.id) || matchesRule(rule, alert, context),
  );
  const known = new Set(rules.map((rule) => rule.id));
  const gone = [...restored.keys()].filter((id) => !known.has(id));
  const speaking = [...matching, ...gone.map((id) => ({ id, mode: 'enforce' as const }))];
  const decisions = speaking.map((rule) =>
    toDecision(context, alert, rule, restored.get(rule.id) ?? NONE),
  );
  return [...decisions, ...commands];
}
