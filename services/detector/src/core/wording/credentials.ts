import { MINUTE_MS } from '../domain/day.ts';
import { networkText } from '../domain/network-name.ts';
import { listed } from '../domain/registry/envelope.ts';
import { SHOWN_NAME_LENGTH_MAX, shorten } from '../domain/short-text.ts';
import type { Flags, Maybe, NameLists, Names, Numbers } from './deeds.ts';

function minutesOrHours(ms: number): string {
  const minutes = Math.round(ms / MINUTE_MS);
  return minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
}

type ExpiredUse = Names<'who'> & Numbers<'overMs'> & NameLists<'places'> & Maybe<'expiresAt'>;

export function credentialExpiredWords(use: ExpiredUse, beyondFirst: number | undefined) {
  const { who, places, expiresAt = 'an earlier time' } = use;
  const over = minutesOrHours(use.overMs);
  const from = places.length === 0 ? '' : ` from ${places.join(', ')}`;
  const further = beyondFirst === undefined ? '' : ` (a place beyond the first ${beyondFirst})`;
  return {
    title: `${who} used a credential ${over} after it expired`,
    summary: `${who} used a credential${from}${further} that expired at ${expiresAt}, ${over} before. Whoever let the call through did not check, or it is a forged one.`,
    expected: 'no use after it expired',
    observed: `used ${over} after it expired`,
  };
}

type OldCredential = Names<'who' | 'cls' | 'life'> & Numbers<'ageMs'> & Flags<'isSeen'>;

export function credentialOverAgeWords({ who, cls, life, ageMs, isSeen }: OldCredential) {
  const age = minutesOrHours(ageMs);
  const old = isSeen ? `at least ${age}` : age;
  return {
    title: `${who} uses a credential that is ${old} old (class ${cls}: ${life})`,
    summary: `${who} uses a credential that ${isSeen ? `it was first seen with ${age} ago` : `was issued ${age} ago`}. One of class ${cls} lives ${life} at most, so that a stolen one is soon worth nothing.`,
    expected: `at most ${life}`,
    observed: old,
    notVisible: isSeen ? ['When it was issued is not told: it may be older.'] : [],
  };
}

type AfterSlot = Names<'who' | 'cls' | 'issued' | 'grace'> & Numbers<'overMs'>;

export function credentialAfterSlotWords({ who, cls, issued, grace, overMs }: AfterSlot) {
  const over = minutesOrHours(overMs);
  return {
    title: `${who} uses a credential ${over} after its slot`,
    summary: `${who} uses a credential that was issued at ${issued} for a slot of its schedule that is over since ${over} (grace ${grace} counted). One of class ${cls} lives to the end of its slot, so that a stolen one is soon worth nothing.`,
    expected: `no use after its slot and ${grace}`,
    observed: `used ${over} later`,
  };
}

export const CREDENTIAL_OF_NO_TASK_WORDS = {
  'credential-no-task': ({ who, cls }: Names<'who' | 'cls'>) => ({
    title: `${who} works with a credential that is of no task`,
    summary: `${who} called in no task, with a credential that tells of none. One of class ${cls} should have a credential for each task, which ends with it.`,
    expected: 'a task, and a credential for it',
    observed: 'neither call nor credential names a task',
  }),
  'credential-many-tasks': ({ who, cls, first, now }: Names<'who' | 'cls' | 'first' | 'now'>) => ({
    title: `${who} uses one credential in several tasks`,
    summary: `${who} used one credential in the tasks ${first} and ${now}. One of class ${cls} should have a credential for each task, which then can be taken away alone.`,
    expected: 'a credential for each task',
    observed: 'one credential in two tasks',
  }),
  'credential-many-people': ({ who, cls, first, now }: Names<'who' | 'cls' | 'first' | 'now'>) => ({
    title: `${who} uses one credential for several people`,
    summary: `${who} used one credential for ${first} and for ${now}. One of class ${cls} should live in one person's session, and end with it.`,
    expected: 'a credential for each person',
    observed: 'one credential for two people',
  }),
} as const;

export const BREADTH_WORDS = {
  grants: () => 'what the agent is granted',
  entitlement: (person: string) => `what ${person} may do, and the agent`,
  reads: () => 'reading',
  envelope: (workflow: string) => `the envelope of ${workflow}`,
} as const;

type TooBroad = Names<'who' | 'cls' | 'allowed'> & NameLists<'beyond'>;

export function credentialBreadthWords({ who, cls, allowed, beyond }: TooBroad) {
  const more = listed(beyond);
  return {
    title: `${who} uses a credential that allows more than its work (${more})`,
    summary: `The scopes of a credential of ${who} allow ${more}, which is more than ${allowed}. One of class ${cls} should be no broader: whoever takes it has that too.`,
    expected: allowed,
    observed: more,
  };
}

export type UsedFrom = Partial<Maybe<'network' | 'client'>>;
function placeWords({ network, client }: UsedFrom): string {
  const words = [
    ...(network === undefined ? [] : [networkText(network)]),
    ...(client === undefined ? [] : [shorten(client, SHOWN_NAME_LENGTH_MAX)]),
  ];
  return words.join(' with ');
}

export function stolenCredentialWords(
  { who, chance, hasReturned }: Names<'who'> & Numbers<'chance'> & Flags<'hasReturned'>,
  places: readonly [now: UsedFrom, home: UsedFrom],
) {
  const [now, home] = [placeWords(places[0]), placeWords(places[1])];
  const still = hasReturned ? ', while it is still used from where it was' : '';
  return {
    title: `${who}: its credential is used from ${now}, where it never was`,
    summary: `A credential of ${who} that was used from ${home} is used from ${now}${still}. Neither the agent nor its peers worked from there on an earlier day; by its history a credential moves so on one day in ${Math.round(1 / chance)}.`,
    expected: home,
    observed: now,
    notVisible: [
      'Whether the owner moved it is not visible: a declared change of network says so.',
    ],
  };
}
