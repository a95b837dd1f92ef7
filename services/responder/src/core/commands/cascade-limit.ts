/**
 * How many one order reaches; the proven and the asserted count apart, or invented delegates would displace real
 * ones.
 */
import { decisionId, formatLogTime } from '@waywarden/schemas';
import type { Output } from '@waywarden/stage';
import type { Reached } from '../model/command-record.ts';
import { decisionOutput } from '../model/response-context.ts';
import type { Reach } from './cascade-member.ts';

/** The nearest; a decision says that there are more. */
export const REACHED_MAX = 64;
const NAME_LENGTH_MAX = 256;
const SHORT_NAME_LENGTH = 12;

export function isFull(reached: Readonly<Record<string, Reached>>, isSure: boolean): boolean {
  const all = Object.values(reached);
  const counted = isSure ? all.filter((one) => one.isAsserted !== true) : all;
  return counted.length >= REACHED_MAX;
}

export function tooMany({ context, issued, cause, rule }: Reach, isSure: boolean): Output {
  const { command } = issued;
  const what = isSure ? 'limit' : 'limit-asserted';
  const who = isSure ? 'hold' : 'are said to hold';
  const ruleId = `${rule.id}/reaches/${what}/${context.sha256(command.command_id).slice(0, SHORT_NAME_LENGTH)}`;
  const { alertId, revision } = cause;
  const tenantId = command.tenant_id;
  return decisionOutput(context.transaction, context.sha256, {
    decision_id: decisionId({ tenantId, alertId, revision, ruleId }),
    tenant_id: tenantId,
    alert_ids: [alertId],
    alert_revision: revision,
    agent_uid: command.target.agent_uid,
    rule_id: ruleId.slice(0, NAME_LENGTH_MAX),
    mode: rule.mode,
    would_be_command: null,
    withheld_reason: 'cascade_limit',
    withheld_reasons: ['cascade_limit'],
    policy_version: context.policy.version,
    decided_at: formatLogTime({ ms: context.nowMs, ns: 0 }),
    issued_command_ids: [],
    follows: {
      command_id: command.command_id,
      why: `More than ${REACHED_MAX} ${who} access that ${command.target.agent_uid} handed on; the others are left.`,
    },
  });
}
