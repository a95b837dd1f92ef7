/**
 * At the end of a pause: the orders that it kept from a receiver, and that something else of the same
 * agent has overtaken meanwhile, are given once more, with a number of after it.
 *
 * A receiver refuses a number that is not above the last, and says so to nobody: a probe, a restore, a
 * step-up or a person's order that went out during the pause would lose the held one for good, and its
 * silence would then ask for something stronger. So the old one is taken back and a new one follows at
 * once, in this order: whoever had it after all ends with access taken, and with one order and not two.
 *
 * Rejected: holding back what stands behind a held order (a restore would wait, and a person's order,
 * for what nobody has looked at), and dropping what was overtaken (a task that was hijacked would stay
 * free because somebody ordered something about another one).
 */
import {
  commandId,
  decisionId,
  epochMs,
  formatLogTime,
  type RevocationCommand,
  uuidV5,
  WAYWARDEN_NAMESPACE,
  waitsForResume,
} from '@waywarden/schemas';
import type { Draft, Output } from '@waywarden/stage';
import {
  holdCommand,
  type IssuedCommand,
  issuedCommand,
  newestCommands,
  putIssued,
  rememberCommand,
} from './issued-command.ts';
import type { TakenAct } from './people.ts';
import {
  commandOutput,
  decisionOutput,
  nextSequence,
  type ResponseContext,
} from './response-context.ts';
import { restoreCommand } from './restore-command.ts';

const ALL = Number.POSITIVE_INFINITY;
const WHY = 'A pause held it back, and something else about the agent went out meanwhile.';

/**
 * Some receiver that it needs may not have it. Where all of those have spoken it stands: to lift it for a
 * moment would cost more than one that is optional and was handed nothing.
 */
function isUnheard({ command, required, receivers }: IssuedCommand): boolean {
  const needed = required.length > 0 ? required : command.receivers;
  return needed.some((id) => receivers[id] === undefined);
}

/** The earliest first; at most as many as there are orders in force. */
function overtaken(draft: Draft, tenantId: string, nowMs: number): readonly IssuedCommand[] {
  const passed = new Set<string>();
  const found: IssuedCommand[] = [];
  for (const issued of newestCommands(draft, ALL)) {
    const { command, restored, expiresMs } = issued;
    if (command.tenant_id !== tenantId) continue;
    const { agent_uid: agentUid } = command.target;
    if (!waitsForResume(command)) passed.add(agentUid);
    else if (!restored && expiresMs > nowMs && passed.has(agentUid)) {
      if (isUnheard(issued)) found.push(issued);
    }
  }
  return found.toReversed();
}

function anew(context: ResponseContext, { command }: IssuedCommand): RevocationCommand {
  const { tenant_id: tenantId, target, action, command_id: id } = command;
  const containmentId = uuidV5(WAYWARDEN_NAMESPACE, `containment|${tenantId}|resumes|${id}`);
  const issuedMs = Math.max(context.nowMs, epochMs(command.issued_at));
  return {
    ...command,
    command_id: commandId({ tenantId, target, action, containmentId }),
    containment_id: containmentId,
    sequence: nextSequence(context.draft, tenantId, target.agent_uid),
    issued_at: formatLogTime({ ms: issuedMs, ns: 0 }),
  };
}

/** For the same alerts, and with what was known of whom it reaches. */
function give(context: ResponseContext, before: IssuedCommand, command: RevocationCommand): Output {
  const { draft, policy } = context;
  const { ruleId, openKey, required, issuers, subject, cause, asked, insteadOf } = before;
  const [holder = null, ...others] = before.holders;
  const output = commandOutput(draft, command);
  rememberCommand(draft, {
    ...{ command, ruleId, openKey, required, issuers, holder, subject, cause },
    receiptWithinMs: before.receiptWithinMs ?? policy.receiptWithinMs,
    ...(asked === undefined ? {} : { asked }),
    ...(before.answerWithinMs === undefined ? {} : { answerWithinMs: before.answerWithinMs }),
    ...(insteadOf === undefined ? {} : { insteadOf }),
    after: before,
  });
  for (const alertId of others) {
    const now = issuedCommand(draft, command.command_id);
    if (now !== undefined) holdCommand(draft, now, alertId);
  }
  const now = issuedCommand(draft, command.command_id);
  const { reached, holdersOverflowed } = before;
  if (now !== undefined) {
    putIssued(draft, { ...now, holdersOverflowed, ...(reached === undefined ? {} : { reached }) });
  }
  return output;
}

/** A decision for each, with its orders behind it. */
export function reissueOvertaken(context: ResponseContext, act: TakenAct): readonly Output[] {
  const { draft, sha256, policy, nowMs } = context;
  const { tenant_id: tenantId } = act;
  const atMs = Math.max(nowMs, epochMs(act.at));
  return overtaken(draft, tenantId, atMs).flatMap((before) => {
    const { command, ruleId: rule } = before;
    const { command_id: id, alert_ids: alertIds } = command;
    const ruleId = `${rule}/resumes`;
    const orders: Output[] = [];
    const at = formatLogTime({ ms: Math.max(nowMs, before.issuedMs), ns: 0 });
    const undo = { alertIds, at, because: `${WHY} It is given once more.`, evidence: [] };
    const taken = restoreCommand(context, before, undo, orders);
    const next = anew(context, before);
    orders.push(give(context, before, next));
    const decision = decisionOutput(draft, sha256, {
      ...{ decision_id: decisionId({ tenantId, alertId: id, revision: 1, ruleId }) },
      ...{ tenant_id: tenantId, alert_ids: [...alertIds], alert_revision: 1 },
      ...{ agent_uid: command.target.agent_uid, rule_id: ruleId, mode: 'enforce' as const },
      ...{ would_be_command: next, withheld_reason: null, withheld_reasons: [] },
      ...{ policy_version: policy.version, decided_at: formatLogTime({ ms: nowMs, ns: 0 }) },
      issued_command_ids: [taken.command_id, next.command_id],
      follows: { command_id: id, why: WHY },
    });
    return [decision, ...orders];
  });
}
