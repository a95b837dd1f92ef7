/** A person takes back a command or all of an alert, last first; as many people as ordered it. */
import { epochMs, formatLogTime, type OperatorAct } from '@waywarden/schemas';
import type { Output, Transaction } from '@waywarden/stage';
import { restoreCommand } from '../commands/restore-command.ts';
import { remember } from '../model/alert-verdict.ts';
import { peopleBehind, reachedBy } from '../model/command-record.ts';
import { commandsOfAlert, type IssuedCommand, issuedCommand } from '../model/issued-command.ts';
import {
  type Approval,
  approvalOf,
  inCommand,
  isAgreed,
  isOneHand,
  type TakenAct,
} from '../model/people.ts';
import type { ResponseContext } from '../model/response-context.ts';
import { noteReverted } from '../model/reverted-alert.ts';

const PEOPLE_FOR_TWO = 2;

export interface Revert {
  readonly agentUid: string;
  readonly alertIds: readonly string[];
  readonly issuedIds: readonly string[];
  readonly by: readonly string[];
  readonly withheld?: string;
}

const agreedKey = (tenantId: string, orderId: string) => `taking_back|${tenantId}|${orderId}`;

const TAKES_NOTHING: ReadonlySet<string> = new Set(['restore', 'probe']);

/** The earliest first. */
function namedBy(
  transaction: Transaction,
  act: OperatorAct,
  nowMs: number,
): readonly IssuedCommand[] {
  const { tenant_id: tenantId, order_id: orderId = '' } = act;
  const own = commandsOfAlert(transaction, tenantId, orderId);
  const ids = [orderId, ...reachedBy(issuedCommand(transaction, orderId) ?? {}), ...own];
  return ids
    .flatMap((id) => issuedCommand(transaction, id) ?? [])
    .filter(({ command }) => command.tenant_id === tenantId && !TAKES_NOTHING.has(command.action))
    .filter((one) => !one.restored && one.expiresMs > nowMs);
}

interface Agreed {
  readonly approvals: readonly Approval[];
  readonly withheld?: string;
}

/** `about`: what they agree to. */
export function agree(transaction: Transaction, act: TakenAct, about: string): Agreed {
  const key = agreedKey(act.tenant_id, about);
  const own = approvalOf(act);
  const first = transaction.get<Approval>(key);
  if (isOneHand(first, own)) return { approvals: [own], withheld: 'another_person_needed' };
  if (isAgreed(first, own)) return { approvals: [first, own] };
  remember(transaction, 'taking_back', key, own);
  return { approvals: [own], withheld: 'second_person_needed' };
}

/** Where an alert was named. */
function isNeeded(transaction: Transaction, issued: IssuedCommand, act: OperatorAct): boolean {
  const { order_id: orderId = '' } = act;
  if (issued.command.command_id === orderId) return false;
  const own = new Set([orderId, ...(issuedCommand(transaction, orderId)?.holders ?? [])]);
  return issued.holdersOverflowed || issued.holders.some((id) => !own.has(id));
}

export function revert(context: ResponseContext, act: TakenAct, outputs: Output[]): Revert {
  const { transaction, nowMs } = context;
  const named = namedBy(transaction, act, nowMs);
  const [first] = named;
  const nothing = { alertIds: [], issuedIds: [], by: [act.by] };
  if (first === undefined) {
    return { ...nothing, agentUid: act.by, withheld: 'nothing_to_restore' };
  }
  const agentUid = first.command.target.agent_uid;
  const alertIds = [...new Set(named.flatMap(({ command }) => command.alert_ids))];
  const lifted = named.filter((one) => !isNeeded(transaction, one, act));
  if (lifted.length === 0)
    return { ...nothing, agentUid, alertIds, withheld: 'needed_by_other_alert' };
  const takesTwo = lifted.some((one) => peopleBehind(one) >= PEOPLE_FOR_TWO);
  const mayRestore = act.restores !== false;
  const { approvals, withheld }: Agreed = !mayRestore
    ? { approvals: [approvalOf(act)], withheld: 'another_person_needed' }
    : takesTwo
      ? agree(transaction, act, act.order_id ?? '')
      : { approvals: [approvalOf(act)] };
  const by = approvals.map((one) => one.by);
  if (withheld !== undefined) return { agentUid, alertIds, issuedIds: [], by, withheld };
  const atMs = Math.max(nowMs, epochMs(act.at));
  noteReverted(transaction, lifted, atMs);
  const undo = {
    at: formatLogTime({ ms: atMs, ns: 0 }),
    because: `${by.join(' and ')} said so: ${act.reason}`,
    evidence: [],
    approvals: inCommand(approvals),
  };
  const issuedIds = lifted.toReversed().map((one) => {
    const { alert_ids: ids } = one.command;
    return restoreCommand(context, one, { ...undo, alertIds: ids }, outputs).command_id;
  });
  return { agentUid, alertIds, issuedIds, by };
}
