/**
 * What a guard held back and a person may order after all: kept whole, since the alert may be gone
 * from the log by then. Only guards that ask for somebody's judgement can be overruled; an agent that
 * is never revoked, or a target that is not known, cannot be approved into an order.
 */
import type { Alert } from '@waywarden/schemas';
import type { Draft } from '@waywarden/stage';
import { type Approval, approvalOf, isSamePerson, type TakenAct } from './people.ts';

/** Kept at once; of more, the earliest can be approved no longer. */
const APPROVABLE_MAX = 1_000;
/** How many people it takes to overrule each guard. */
const PEOPLE: Readonly<Record<string, number>> = {
  bystanders_affected: 2,
  budget_exceeded: 1,
  origin_quarantined: 1,
  blackout: 1,
  near_threshold: 1,
  taken_back: 1,
  // Whoever overrules it orders what they could order by hand, which no pause holds back.
  enforcement_paused: 1,
};

interface Kept {
  readonly ruleId: string;
  readonly people: number;
  readonly approvals: readonly Approval[];
}

/** What a rule would have ordered because of an alert. */
export interface ApprovableRule extends Kept {
  readonly alert: Alert;
}

/** One whom an order reached and a guard spared. */
export interface ApprovableMember extends Kept {
  readonly spared: {
    /** The order that reached it, and its short name there. */
    readonly orderId: string;
    readonly short: string;
    readonly tenantId: string;
    readonly agentUid: string;
    readonly alertId: string;
  };
}

export type Approvable = ApprovableRule | ApprovableMember;

export function aboutOf(one: Approvable): Omit<ApprovableMember['spared'], 'orderId' | 'short'> {
  if ('spared' in one) return one.spared;
  const { tenant_id: tenantId, alert_id: alertId, subject } = one.alert;
  return { tenantId, alertId, agentUid: subject.agent_uid };
}

const NEXT = 'approvable';
const key = (decisionId: string) => `${NEXT}|${decisionId}`;

/** Undefined: one of the reasons can't be overruled. */
export function peopleNeeded(reasons: readonly string[]): number | undefined {
  const needed = reasons.map((reason) => PEOPLE[reason]);
  if (needed.length === 0) return undefined;
  return needed.reduce<number | undefined>(
    (most, one) => (most === undefined || one === undefined ? undefined : Math.max(most, one)),
    0,
  );
}

export function keepApprovable(draft: Draft, decisionId: string, one: Approvable): void {
  const next = draft.get<number>(NEXT) ?? 0;
  const slot = `${NEXT}#${next % APPROVABLE_MAX}`;
  const evicted = draft.get<string>(slot);
  if (evicted !== undefined) draft.delete(key(evicted));
  draft.put(slot, decisionId);
  draft.put(NEXT, next + 1);
  draft.put(key(decisionId), one);
}

/** What an alert that was withdrawn had led to: nobody can approve any of it any more. */
export function forgetApprovable(draft: Draft, tenantId: string, alertId: string): void {
  const kept = Math.min(draft.get<number>(NEXT) ?? 0, APPROVABLE_MAX);
  for (let at = 0; at < kept; at++) {
    const id = draft.get<string>(`${NEXT}#${at}`) ?? '';
    const one = draft.get<Approvable>(key(id));
    if (one === undefined) continue;
    const about = aboutOf(one);
    if (about.tenantId === tenantId && about.alertId === alertId) draft.delete(key(id));
  }
}

/** With this approval among its own, once a person; undefined when there is nothing to approve. */
export function approve(draft: Draft, act: TakenAct): Approvable | undefined {
  const id = act.decision_id ?? '';
  const one = draft.get<Approvable>(key(id));
  if (one === undefined || aboutOf(one).tenantId !== act.tenant_id) return undefined;
  const own = approvalOf(act);
  const others = one.approvals.filter((other) => !isSamePerson(other, own));
  const next = { ...one, approvals: [...others, own] };
  if (next.approvals.length >= next.people) draft.delete(key(id));
  else draft.put(key(id), next);
  return next;
}
