/** What is known of one credential, and the words beside its stories (`count-credentials.ts`). */
import { type Alert, epochMs, type PrivilegeStep, shortPrint } from '@waywarden/schemas';
import { NOTES } from '../../alerting/shared-note.ts';
import { digits, PRINT_48, print, recordTable } from '../../domain/record-table.ts';
import { RULE_SEVERITIES } from '../../domain/severities.ts';
import {
  type CredentialHolders,
  passedOnWords,
  secretFoundUsedWords,
} from '../../wording/credential-stories.ts';
import { shortAgent } from '../../wording/deeds.ts';
import { workloadName } from '../../wording/identity.ts';
import { type Holders, holderCount, isOfRuns, isOnlyClaimed } from './credential-holders.ts';
import type { NoteFinding } from './note-alert.ts';
import {
  byFirst,
  firstOf,
  inOrder,
  isDelegated,
  isProvenStep,
  mergedUse,
  type Use,
} from './step-proof.ts';

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

/** A secret that was found and then called with. */
interface Pair extends Explained {
  readonly use: Use;
}

const isFetched = ({ find }: Pair) => find.activity === NOTES.secretFetched;
const isGrave = (pair: Pair) => !isFetched(pair) && pair.exemption === undefined;
const isProvenPair = ({ use, find, exemption }: Pair) =>
  exemption === undefined && isProvenStep(use) && isProvenStep(find);

function gravestOf(pairs: readonly Pair[]): Pair | undefined {
  const grave = pairs.filter(isGrave);
  const some = grave.length > 0 ? grave : pairs;
  return some.findLast(isProvenPair) ?? some.at(-1);
}

export function foundThenUsed(known: Known): Story | undefined {
  const pairs = known.uses.flatMap((use): Pair[] => {
    const explained = explainedBy(known, use);
    return explained === undefined ? [] : [{ use, ...explained }];
  });
  const pair = gravestOf(pairs);
  if (pair === undefined) return undefined;
  const { use, find, ownMs, exemption } = pair;
  const call: PrivilegeStep = exemption ?? use;
  const isOwn = find.agent_uid === use.agent_uid || ownMs !== undefined;
  const others = pairs.map((one) => one.use).filter((one) => one !== use);
  const first = firstOf(use);
  const isBefore = inOrder(first, find) < 0;
  const words = secretFoundUsedWords({
    ...{ who: use.agent_uid, finder: find.agent_uid, foundAt: find.event_time, isOwn, isBefore },
    ...{ beforeAt: first.event_time, usedAt: (isBefore ? use : first).event_time },
    ...{ isFetched: isFetched(pair), isOwnLater: ownMs !== undefined },
    isExempt: exemption !== undefined,
  });
  return {
    kind: 'credential_misuse',
    ruleId: 'secret-found-used',
    severity: RULE_SEVERITIES['secret-found-used'][isGrave(pair) ? 'grave' : 'plain'],
    subject: call,
    named: [call, ...others],
    evidence: [
      [call, 'use_of_credential'] as const,
      [find, 'secret_found'] as const,
      ...others.reverse().map((one) => [one, 'use_of_credential'] as const),
    ],
    count: pairs.length,
    ...words,
    taxonomy: { owasp: ['ASI03'], attack: ['T1552', 'T1078'] },
  };
}

export const FINDS_MAX = 8;
/** The first left out is forgotten. */
export const SIGHTS_MAX = 256;
/** Agent and kind, and when. */
const SIGHTS = recordTable({ who: print(PRINT_48), ms: digits(7) }, SIGHTS_MAX);

/**
 * Who had a secret in a result, and which of these explains a call with it: its own first, else the earliest other
 * that was meant to fetch it; proven before claimed.
 */
interface Finds {
  readonly finds: readonly Use[];
  readonly sights?: string;
}

interface Explained {
  readonly find: PrivilegeStep;
  readonly ownMs?: number;
  readonly exemption?: PrivilegeStep;
}

const printOf = (uid: string, kind: string) => shortPrint(`${kind}|${uid}`, PRINT_48);

function sightMs(sights: string, uid: string, kind: string): number | undefined {
  return SIGHTS.find(sights, printOf(uid, kind))?.ms;
}

function withFirst(known: readonly Use[], step: PrivilegeStep): readonly Use[] {
  const isSame = (one: Use) => one.agent_uid === step.agent_uid && one.activity === step.activity;
  const before = known.find(isSame);
  const now = before === undefined ? step : mergedUse(step, before);
  return now === before ? known : [...known.filter((one) => one !== before), now].sort(byFirst);
}

export function withFind(known: Finds, step: PrivilegeStep): Finds {
  const { sights = '' } = known;
  if (sightMs(sights, step.agent_uid, step.activity) !== undefined) return known;
  const all = withFirst(known.finds, step);
  // The three earliest stay.
  const out = all.length > FINDS_MAX ? all[3] : undefined;
  if (out === undefined) return { ...known, finds: all };
  const sight = {
    who: printOf(out.agent_uid, out.activity),
    ms: epochMs(firstOf(out).event_time),
  };
  return { finds: all.filter((one) => one !== out), sights: SIGHTS.add(sights, sight) };
}

const isFetch = (one: PrivilegeStep) => one.activity === NOTES.secretFetched;

const sightsOf = (one: Use): readonly PrivilegeStep[] =>
  one.claimed === undefined ? [one] : [one.claimed, one];

const bestOf = (some: readonly PrivilegeStep[]) => some.find(isProvenStep) ?? some[0];

function findOf({ finds, sights = '' }: Finds, use: PrivilegeStep): Explained | undefined {
  const before = finds.flatMap(sightsOf).filter((one) => inOrder(one, use) < 0);
  before.sort(inOrder);
  const own = before.filter((one) => one.agent_uid === use.agent_uid);
  const since = (kind: string) => {
    const ms = sightMs(sights, use.agent_uid, kind);
    return ms !== undefined && ms <= epochMs(use.event_time) ? ms : undefined;
  };
  if (own.some(isFetch) || since(NOTES.secretFetched) !== undefined) return undefined;
  const find =
    bestOf(own) ?? bestOf(before.filter((one) => !(isFetch(one) && isDelegated(one, use))));
  const ownMs = own.length > 0 ? undefined : since(NOTES.secretFound);
  return find === undefined ? undefined : { find, ...(ownMs === undefined ? {} : { ownMs }) };
}

function explainedBy(known: Finds, use: Use): Explained | undefined {
  const explained = findOf(known, use);
  const { claimed } = use;
  if (explained === undefined || claimed === undefined) return explained;
  if (findOf(known, claimed) !== undefined) return explained;
  return isProvenStep(explained.find) ? { ...explained, exemption: claimed } : undefined;
}
