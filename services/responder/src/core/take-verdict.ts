/**
 * A person says whether an alert was right. Right: the orders that it holds end no longer by themselves
 * (stand-on.ts). Wrong: they are taken back, as a restore of the alert would, and by as many people.
 *
 * The last word counts, and it is about the one alert: another one about the same agent is judged as ever.
 * What the detector learns of it, it has from the decision that records it, in the order of its events
 * (`../sequencer/read-verdict.ts`). Rejected: learning from it here.
 */
import type { Alert } from '@waywarden/schemas';
import type { Draft, Output } from '@waywarden/stage';
import { heldCommands, type IssuedCommand, issuedCommand } from './issued-command.ts';
import { type Approval, approvalOf, type TakenAct } from './people.ts';
import { remember } from './remembered.ts';
import type { ResponseContext } from './response-context.ts';
import { type TakeBack, takeBack } from './take-back.ts';

interface Verdict {
  readonly isRight: boolean;
  readonly said: Approval;
}

const keyOf = (tenantId: string, alertId: string) => `verdict|${tenantId}|${alertId}`;

const alertedKey = (tenantId: string, alertId: string) => `alerted|${tenantId}|${alertId}`;

/** Whom an alert named when it was told first: a verdict names the alert alone. */
export function noteAlerted(draft: Draft, { tenant_id: tenantId, alert_id: id, subject }: Alert) {
  const key = alertedKey(tenantId, id);
  if (draft.get(key) === undefined) remember(draft, 'alerted', key, subject.agent_uid);
}

/** Who found one of the alerts right that hold the order; undefined: nobody, so far. */
export function foundRight(
  draft: Draft,
  { command, holders, cause }: IssuedCommand,
): Approval | undefined {
  const alerts = new Set([...holders, ...(cause === null ? [] : [cause.alertId])]);
  for (const alertId of alerts) {
    const verdict = draft.get<Verdict>(keyOf(command.tenant_id, alertId));
    if (verdict?.isRight === true) return verdict.said;
  }
  return undefined;
}

/** What the verdict gives back, as commands in `outputs`. */
export function takeVerdict(context: ResponseContext, act: TakenAct, outputs: Output[]): TakeBack {
  const { draft } = context;
  const { alert_id: alertId = '', tenant_id: tenantId } = act;
  const isRight = act.verdict === 'true_positive';
  const verdict: Verdict = { isRight, said: approvalOf(act) };
  const [held] = heldCommands(draft, tenantId, alertId);
  const about = held === undefined ? undefined : issuedCommand(draft, held);
  const alerted = draft.get<string>(alertedKey(tenantId, alertId));
  const taken = isRight ? undefined : takeBack(context, { ...act, order_id: alertId }, outputs);
  // One of two who are needed has not decided it.
  if (taken?.withheld === 'second_person_needed') return taken;
  remember(draft, 'verdicts', keyOf(tenantId, alertId), verdict);
  return {
    agentUid: alerted ?? about?.command.target.agent_uid ?? act.by,
    ...{ alertIds: [alertId], issuedIds: taken?.issuedIds ?? [], by: taken?.by ?? [act.by] },
    // Where nothing is in force the verdict is said all the same.
    ...(taken?.withheld === 'held_by_other_alert' ? { withheld: taken.withheld } : {}),
  };
}
