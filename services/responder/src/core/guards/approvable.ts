/** What a guard held back and people may order after all; a later revision of the same replaces it. */
import { AGREE_WITHIN_MS, type Alert, canonicalJson, epochMs, type Rule } from '@waywarden/schemas';
import type { Transaction } from '@waywarden/stage';
import { type PlannedAction, planAction } from '../model/action-target.ts';
import {
  type Approval,
  approvalOf,
  isOneHand,
  isSamePerson,
  type TakenAct,
} from '../model/people.ts';
import { byDecisiveness } from './withheld-reasons.ts';

/** The earliest go. */
const APPROVABLE_MAX = 1_000;
const APPROVABLE_FOR_MS = 7 * 86_400_000;
/** How many people it takes to overrule each guard. */
const PEOPLE: Readonly<Record<string, number>> = {
  bystanders_affected: 2,
  budget_exceeded: 1,
  origin_quarantined: 1,
  blackout: 1,
  near_threshold: 1,
  only_listed: 1,
  reverted: 1,
  // A manual order, which no pause holds back.
  enforcement_paused: 1,
};

interface Stored {
  readonly ruleId: string;
  readonly people: number;
  readonly approvals: readonly Approval[];
  readonly atMs: number;
}

export interface ApprovableRule extends Stored {
  readonly alert: Alert;
  /** That, and nothing else, is approved. */
  readonly rule: Rule;
  readonly actions: readonly PlannedAction[];
}

export interface ApprovableMember extends Stored {
  readonly spared: {
    readonly orderId: string;
    readonly short: string;
    readonly tenantId: string;
    readonly agentUid: string;
    readonly alertId: string;
  };
}

export interface ApprovableRise extends Stored {
  readonly rise: {
    readonly orderId: string;
    readonly tenantId: string;
    readonly agentUid: string;
    readonly alertId: string;
  };
}

export type Approvable = ApprovableRule | ApprovableMember | ApprovableRise;

export function aboutOf(one: Approvable): Omit<ApprovableRise['rise'], 'orderId'> {
  if ('spared' in one) return one.spared;
  if ('rise' in one) return one.rise;
  const { tenant_id: tenantId, alert_id: alertId, subject } = one.alert;
  return { tenantId, alertId, agentUid: subject.agent_uid };
}

const NEXT = 'approvable';
const key = (decisionId: string) => `${NEXT}|${decisionId}`;
const alertKey = (tenantId: string, alertId: string) => `${NEXT}@${tenantId}|${alertId}`;

/** Undefined: one can't be overruled. */
export function peopleNeeded(reasons: readonly string[]): number | undefined {
  const needed = reasons.map((reason) => PEOPLE[reason]);
  if (needed.length === 0) return undefined;
  return needed.reduce<number | undefined>(
    (most, one) => (most === undefined || one === undefined ? undefined : Math.max(most, one)),
    0,
  );
}

export function refusalReasonOf(reasons: readonly string[]): string | undefined {
  return byDecisiveness(reasons).find((reason) => PEOPLE[reason] === undefined);
}

export function keepApprovable(
  transaction: Transaction,
  decisionId: string,
  one: Approvable,
): void {
  const next = transaction.get<number>(NEXT) ?? 0;
  const slot = `${NEXT}#${next % APPROVABLE_MAX}`;
  const evicted = transaction.get<string>(slot);
  if (evicted !== undefined) dropApprovable(transaction, evicted);
  transaction.put(slot, decisionId);
  transaction.put(NEXT, next + 1);
  transaction.put(key(decisionId), one);
  const { tenantId, alertId } = aboutOf(one);
  const ids = ofAlert(transaction, tenantId, alertId);
  if (!ids.includes(decisionId)) transaction.put(alertKey(tenantId, alertId), [...ids, decisionId]);
}

function ofAlert(transaction: Transaction, tenantId: string, alertId: string): readonly string[] {
  return transaction.get<readonly string[]>(alertKey(tenantId, alertId)) ?? [];
}

export function dropApprovable(transaction: Transaction, decisionId: string): void {
  const one = transaction.get<Approvable>(key(decisionId));
  if (one === undefined) return;
  transaction.delete(key(decisionId));
  const { tenantId, alertId } = aboutOf(one);
  const left = ofAlert(transaction, tenantId, alertId).filter((id) => id !== decisionId);
  if (left.length === 0) transaction.delete(alertKey(tenantId, alertId));
  else transaction.put(alertKey(tenantId, alertId), left);
}

export function forgetApprovable(
  transaction: Transaction,
  tenantId: string,
  alertId: string,
): void {
  for (const id of ofAlert(transaction, tenantId, alertId)) dropApprovable(transaction, id);
}

function isSame<T>(one: T, other: T): boolean {
  return canonicalJson(one) === canonicalJson(other);
}

function isDecidedAnew({ alert, actions }: ApprovableRule, by: Alert): boolean {
  const before = alert.subject;
  const now = by.subject;
  if (before.agent_uid !== now.agent_uid) return true;
  if (before.task_id === now.task_id && before.credential_uid === now.credential_uid) return true;
  return actions.every(({ action, target }) =>
    isSame(planAction(by, action, target.level).target, target),
  );
}

export function replaceApprovable(transaction: Transaction, alert: Alert): readonly string[] {
  return ofAlert(transaction, alert.tenant_id, alert.alert_id).filter((id) => {
    const one = transaction.get<Approvable>(key(id));
    if (one === undefined || !('alert' in one)) return false;
    if (one.alert.revision >= alert.revision || !isDecidedAnew(one, alert)) return true;
    dropApprovable(transaction, id);
    return false;
  });
}

/** Undefined: nothing to decide. */
function waiting(transaction: Transaction, act: TakenAct, nowMs: number): Approvable | undefined {
  const one = transaction.get<Approvable>(key(act.decision_id ?? ''));
  if (one === undefined || aboutOf(one).tenantId !== act.tenant_id) return undefined;
  return one.atMs === undefined || nowMs - one.atMs > APPROVABLE_FOR_MS ? undefined : one;
}

export function approve(
  transaction: Transaction,
  act: TakenAct,
  nowMs: number,
): Approvable | 'one_hand' | undefined {
  const one = waiting(transaction, act, nowMs);
  if (one === undefined) return undefined;
  const own = approvalOf(act);
  if (one.approvals.some((other) => isOneHand(other, own))) return 'one_hand';
  const others = one.approvals.filter(
    (other) =>
      !isSamePerson(other, own) && Math.abs(epochMs(own.at) - epochMs(other.at)) <= AGREE_WITHIN_MS,
  );
  const next = { ...one, approvals: [...others, own] };
  transaction.put(key(act.decision_id ?? ''), next);
  return next;
}

/** New evidence asks anew. */
export function decline(
  transaction: Transaction,
  act: TakenAct,
  nowMs: number,
): Approvable | undefined {
  const one = waiting(transaction, act, nowMs);
  if (one !== undefined) dropApprovable(transaction, act.decision_id ?? '');
  return one;
}
