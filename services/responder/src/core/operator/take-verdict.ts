/** A verdict. Right: orders are renewed (stand-on.ts). Wrong: taken back. The last word counts. */
import type { Output } from '@waywarden/stage';
import { alertedAgent, rememberVerdict } from '../model/alert-verdict.ts';
import { commandsOfAlert, issuedCommand } from '../model/issued-command.ts';
import { approvalOf, type TakenAct } from '../model/people.ts';
import type { ResponseContext } from '../model/response-context.ts';
import { type Revert, revert } from './take-back.ts';

export function takeVerdict(context: ResponseContext, act: TakenAct, outputs: Output[]): Revert {
  const { transaction } = context;
  const { alert_id: alertId = '', tenant_id: tenantId } = act;
  const isRight = act.verdict === 'true_positive';
  const [ids] = commandsOfAlert(transaction, tenantId, alertId);
  const about = ids === undefined ? undefined : issuedCommand(transaction, ids);
  const alerted = alertedAgent(transaction, tenantId, alertId);
  const taken = isRight ? undefined : revert(context, { ...act, order_id: alertId }, outputs);
  if (taken?.withheld === 'second_person_needed') return taken;
  rememberVerdict(transaction, act, { isRight, approval: approvalOf(act) });
  return {
    agentUid: alerted ?? about?.command.target.agent_uid ?? act.by,
    ...{ alertIds: [alertId], issuedIds: taken?.issuedIds ?? [], by: taken?.by ?? [act.by] },
    ...(taken?.withheld === 'needed_by_other_alert' ? { withheld: taken.withheld } : {}),
  };
}
