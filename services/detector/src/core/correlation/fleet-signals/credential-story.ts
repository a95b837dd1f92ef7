/** What is known of one credential, and the words beside its stories (`count-credentials.ts`). */
import type { Alert, PrivilegeStep } from '@waywarden/schemas';
import { SEVERITIES } from '../../domain/severities.ts';
import { workloadName } from '../../rules/identity/churned-uids.ts';
import type { Finds } from './credential-finds.ts';
import { type Holders, holderCount, isOfRuns, isOnlyClaimed } from './credential-holders.ts';
import { type NoteFinding, shortAgent } from './note-alert.ts';
import { firstOf, isOrderOnlyClaimed, type Use } from './step-proof.ts';

export interface Known extends Holders, Finds {
  readonly alerts: Readonly<Record<string, Alert>>;
  readonly newSince?: string;
  readonly answer?: { readonly claimedMs: number; readonly isWrong: boolean };
}

export const NOTHING: Known = { uses: [], finds: [], more: 0, alerts: {} };
export const SHARED = 'credential-shared';

export type Story = Omit<NoteFinding, 'detectedAt' | 'alertKey' | 'causeKey'> & {
  readonly hygiene?: boolean;
  /** A new name makes a revision. */
  readonly named: readonly PrivilegeStep[];
};

export const stepTimeText = (step: PrivilegeStep) =>
  `${step.event_time.slice(0, 19).replace('T', ' ')} UTC`;

export function holderName(known: Holders, step: PrivilegeStep): string {
  const { agent_uid: uid, agent_workload: of } = step;
  return of !== undefined && isOfRuns(known, step) ? workloadName(of) : shortAgent(uid);
}

export function agentsOf(known: Holders): string {
  const count = holderCount(known);
  return `${known.more > 0 ? 'at least ' : ''}${count === 2 ? 'two' : count} agents`;
}

export function handedBetween(known: Holders, stranger: PrivilegeStep): string {
  return isOnlyClaimed(known, stranger)
    ? 'that one handed work to the other is only said: nothing proves it'
    : 'neither handed work to the other';
}

export function sharedNotVisible(known: Holders, first: Use, stranger: Use): readonly string[] {
  const all = [
    'How it came from one to the other is not visible here, nor who else holds it and has not called with it.',
  ];
  if (isOnlyClaimed(known, stranger)) {
    all.push('Whether one handed work to the other is not visible: what says so proves nothing.');
  }
  if (isOrderOnlyClaimed(first, stranger)) {
    all.push('Which of them called with it first is only said: what is proven has another order.');
  }
  return all;
}

export const handedToNone = (known: Holders, strangers: readonly PrivilegeStep[]) =>
  strangers.some((one) => isOnlyClaimed(known, one))
    ? 'nothing proves that it was handed to'
    : 'nobody handed it to';

/** Listed, not queued. */
export function passedOn(subject: Use, first: Use, known: Known): Story {
  const [who, holder] = [holderName(known, subject), holderName(known, first)];
  const doubt = isOnlyClaimed(known, subject) ? ' That it was handed over is only said.' : '';
  return {
    kind: 'credential_static',
    ruleId: 'credential-passed-on',
    severity: SEVERITIES['credential-passed-on'].plain,
    hygiene: true,
    subject,
    named: [],
    evidence: known.uses.map((one) => [one, 'use_of_credential'] as const),
    count: holderCount(known),
    title: `${who} works with the credential of ${holder}, which handed it work`,
    summary: `${holder} calls with a credential since ${stepTimeText(firstOf(first))}, and ${who}, which it handed work to, with the same one since ${stepTimeText(firstOf(subject))}. It can't be taken away from one of them alone.${doubt}`,
    expected: 'a credential for each agent',
    observed: `one for ${agentsOf(known)}`,
    notVisible: ['Whether it was handed over on purpose is not visible.'],
    taxonomy: { owasp: ['ASI03'] },
  };
}
