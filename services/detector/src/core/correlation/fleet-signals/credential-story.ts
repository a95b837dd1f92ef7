/** What is known of one credential, and the words beside its stories (`count-credentials.ts`). */
import type { Alert, PrivilegeStep } from '@waywarden/schemas';
import { RULE_SEVERITIES } from '../../domain/severities.ts';
import { type CredentialHolders, passedOnWords } from '../../wording/credential-stories.ts';
import { shortAgent } from '../../wording/deeds.ts';
import { workloadName } from '../../wording/identity.ts';
import type { Finds } from './credential-finds.ts';
import { type Holders, holderCount, isOfRuns, isOnlyClaimed } from './credential-holders.ts';
import type { NoteFinding } from './note-alert.ts';
import { firstOf, type Use } from './step-proof.ts';

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

export function holderName(known: Holders, step: PrivilegeStep): string {
  const { agent_uid: uid, agent_workload: of } = step;
  return of !== undefined && isOfRuns(known, step) ? workloadName(of) : shortAgent(uid);
}

export const holdersOf = (known: Holders): CredentialHolders => ({
  ...{ count: holderCount(known), isAtLeast: known.more > 0 },
});

/** Listed, not queued. */
export function passedOn(subject: Use, first: Use, known: Known): Story {
  const [who, holder] = [holderName(known, subject), holderName(known, first)];
  const [since, holderSince] = [firstOf(subject).event_time, firstOf(first).event_time];
  const times = { who, holder, since, holderSince };
  return {
    kind: 'credential_static',
    ruleId: 'credential-passed-on',
    severity: RULE_SEVERITIES['credential-passed-on'].plain,
    hygiene: true,
    subject,
    named: [],
    evidence: known.uses.map((one) => [one, 'use_of_credential'] as const),
    count: holderCount(known),
    ...passedOnWords(times, holdersOf(known), isOnlyClaimed(known, subject)),
    taxonomy: { owasp: ['ASI03'] },
  };
}
