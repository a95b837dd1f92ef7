/** After a pause: overtaken orders are given once more, as receivers refuse an old number. */
import { decisionId, epochMs, formatLogTime, waitsForResume } from '@waywarden/schemas';
import type { Output, Transaction } from '@waywarden/stage';
import { orderAnew, reissue } from '../commands/extend-order.ts';
import { restoreCommand } from '../commands/restore-command.ts';
import { type IssuedCommand, newestCommands } from '../model/issued-command.ts';
import type { TakenAct } from '../model/people.ts';
import { decisionOutput, type ResponseContext } from '../model/response-context.ts';

const ALL = Number.POSITIVE_INFINITY;
const WHY = 'A pause held it back, and something else about the agent went out meanwhile.';

function isUnheard({ command, required, receivers }: IssuedCommand): boolean {
  const needed = required.length > 0 ? required : command.receivers;
  return needed.some((id) => receivers[id] === undefined);
}

/** The earliest first. */
function overtaken(
  transaction: Transaction,
  tenantId: string,
  nowMs: number,
): readonly IssuedCommand[] {
  const passed = new Set<string>();
  const found: IssuedCommand[] = [];
  for (const issued of newestCommands(transaction, ALL)) {
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

export function reissueOvertaken(context: ResponseContext, act: TakenAct): readonly Output[] {
  const { transaction, sha256, policy, nowMs } = context;
  const { tenant_id: tenantId } = act;
  const atMs = Math.max(nowMs, epochMs(act.at));
  return overtaken(transaction, tenantId, atMs).flatMap((before) => {
    const { command, ruleId: rule } = before;
    const { command_id: id, alert_ids: alertIds } = command;
    const ruleId = `${rule}/resumes`;
    const orders: Output[] = [];
    const at = formatLogTime({ ms: Math.max(nowMs, before.issuedMs), ns: 0 });
    const undo = { alertIds, at, because: `${WHY} It is given once more.`, evidence: [] };
    const taken = restoreCommand(context, before, undo, orders);
    const next = orderAnew(context, before, 'resumes');
    orders.push(reissue(context, before, next));
    const decision = decisionOutput(transaction, sha256, {
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
