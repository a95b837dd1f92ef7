/**
 * A credential used from a place where it does not belong. The daily chance of such a move, per element (Laplace),
 * multiplied. A proxy hides the thief.
 */
import type { AuditEvent } from '@waywarden/schemas';
import type { Transaction } from '@waywarden/stage';
import {
  credentialCause,
  type Finding,
  type FindingContext,
  type FindingRule,
  finding,
  nameOf,
} from '../../alerting/finding.ts';
import { isPeersPlace } from '../../baselines/peers/peer-values.ts';
import { showsHabit } from '../../domain/call-ending.ts';
import { DAY_MS } from '../../domain/day.ts';
import { RULE_SEVERITIES } from '../../domain/severities.ts';
import { isChangeDeclared } from '../../state/agent/declarations.ts';
import { stolenCredentialWords, type UsedFrom } from '../../wording/credentials.ts';
import {
  type CallPlace,
  type CredentialUse,
  callPlaceOf,
  credentialId,
  type Dimension,
  isKnownPlace,
  keepPlaces,
  type Places,
  type PlaceUse,
  placesAt,
  useOf,
  withCredential,
  withMoves,
  withPlace,
} from './credential-places.ts';

/** At most so probable on a day. */
const MOVED_CHANCE_MAX = 1 / 100;
/** From here on it is grave. */
const GRAVE_CHANCE = 1 / 1000;
const DAYS_MIN = 4;
const SOON_MS = 600_000;
const USUAL_AFTER_MS = 14 * DAY_MS;
const DIMENSIONS: readonly Dimension[] = ['network', 'client'];

interface Move {
  readonly dimensions: readonly Dimension[];
  readonly place: CallPlace;
  readonly before: PlaceUse;
  readonly hasReturned: boolean;
  readonly chance: number;
}

const laplace = (times: number, days: number) => (1 + times) / (2 + days);

function newIn(
  transaction: Transaction,
  event: AuditEvent,
  { places, place, home, registered }: Looked,
): readonly Dimension[] {
  return DIMENSIONS.filter((dimension) => {
    const [name, own] = [place[dimension], home[dimension]];
    if (name === undefined || own === undefined || name === own) return false;
    if (isKnownPlace(places[dimension], name, places.day)) return false;
    return !isPeersPlace(transaction, event, registered, [dimension, name]);
  });
}

interface Looked extends Pick<FindingContext, 'registered'> {
  readonly places: Places;
  readonly place: CallPlace;
  readonly home: PlaceUse;
}

function chanceOf(
  { moves }: Places,
  dimensions: readonly Dimension[],
  hasReturned: boolean,
): number {
  const moved = dimensions.map((one) => laplace(moves.moved[one], moves.days));
  const all = hasReturned ? [...moved, laplace(moves.returned, moves.days)] : moved;
  return all.reduce((product, one) => product * one, 1);
}

const within = ({ network, client }: CallPlace, dimensions: readonly Dimension[]): UsedFrom => ({
  network: dimensions.includes('network') ? network : undefined,
  client: dimensions.includes('client') ? client : undefined,
});

function describe(
  event: AuditEvent,
  { dimensions, place, before, hasReturned, chance }: Move,
): Finding {
  const places = [within(place, dimensions), within(before, dimensions)] as const;
  const isSure = hasReturned || dimensions.length > 1 || chance <= GRAVE_CHANCE;
  return finding({
    kind: 'credential_misuse',
    ruleId: 'stolen-credential',
    threshold: 'learned',
    severity: RULE_SEVERITIES['stolen-credential'][isSure ? 'sure' : 'plain'],
    dedupeKey: `place|${place.network ?? ''}|${place.client ?? ''}`,
    ...stolenCredentialWords({ who: nameOf(event), hasReturned, chance }, places),
    evidence: [{ eventId: before.eventId, role: 'earlier_use', assurance: before.assurance }],
    causeKey: credentialCause(event),
    renews: 'credential',
    quarantines: true,
    standsBy: isSure ? [] : [`${place.network ?? ''}|${place.client ?? ''}`],
    taxonomy: { owasp: ['ASI03'], attack: ['T1528', 'T1550.001'] },
  });
}

function moveOf(
  transaction: Transaction,
  event: AuditEvent,
  known: CredentialUse,
  looked: Looked,
): Omit<Move, 'chance'> | undefined {
  const { place, home, places } = looked;
  const dimensions = newIn(transaction, event, looked);
  if (dimensions.length > 0) return { dimensions, place, before: home, hasReturned: false };
  const { away } = known;
  const isHome = DIMENSIONS.every((one) => place[one] === undefined || place[one] === home[one]);
  if (away === undefined || !isHome || useOf(event, place).ms - away.ms > DAY_MS) return undefined;
  const left = DIMENSIONS.filter(
    (one) =>
      away[one] !== undefined &&
      away[one] !== home[one] &&
      !isKnownPlace(places[one], away[one], places.day),
  );
  return left.length === 0
    ? undefined
    : { dimensions: left, place: away, before: home, hasReturned: true };
}

function atHome(places: Places, event: AuditEvent, id: string): Places {
  const place = callPlaceOf(event);
  return withCredential(withPlace(places, place), { id, home: useOf(event, place) });
}

/** As if it belonged where the agent's latest was used. */
function fresh(
  transaction: Transaction,
  event: AuditEvent,
  { places, id, registered }: Pick<Looked, 'places' | 'registered'> & { readonly id: string },
): CredentialUse | undefined {
  const latest = places.credentials.at(-1);
  if (latest === undefined) return undefined;
  const looked = { places, place: callPlaceOf(event), home: latest.home, registered };
  const isElsewhere = newIn(transaction, event, looked).length === DIMENSIONS.length;
  return isElsewhere ? { id, home: latest.home } : undefined;
}

function stay(
  transaction: Transaction,
  event: AuditEvent,
  places: Places,
  known: CredentialUse,
): void {
  if (!showsHabit(event)) return;
  const { home, away, counted } = known;
  const use = useOf(event, callPlaceOf(event));
  const isSame = home.network === use.network && home.client === use.client;
  const isCounted = counted?.[0] === places.day;
  if (isSame && isCounted && away === undefined && use.ms - home.ms < SOON_MS) return;
  const [next, credential] = withMoves(withPlace(places, use), known, ['days']);
  keepPlaces(transaction, event, withCredential(next, { ...credential, home: use }));
}

/** After two weeks it belongs there. */
function moved(
  places: Places,
  event: AuditEvent,
  known: CredentialUse,
  { move, isOdd }: { readonly move: Omit<Move, 'chance'>; readonly isOdd: boolean },
): Places {
  const { dimensions, hasReturned } = move;
  const returned = hasReturned ? (['returned'] as const) : [];
  const of = isOdd ? (['days'] as const) : (['days', ...dimensions, ...returned] as const);
  const [next, credential] = withMoves(places, known, of);
  const use = useOf(event, callPlaceOf(event));
  const awaySinceMs = known.awaySinceMs ?? use.ms;
  if (hasReturned) return withCredential(next, { ...credential, home: use });
  if (isOdd && use.ms - awaySinceMs < USUAL_AFTER_MS) {
    return withCredential(next, { ...credential, away: use, awaySinceMs });
  }
  const at = withPlace(next, use);
  return withCredential(
    at,
    isOdd ? { id: known.id, home: use } : { ...credential, away: use, awaySinceMs },
  );
}

export const stolenCredential: FindingRule = (transaction, called, { registered, compared }) => {
  const event = compared ?? called;
  const place = callPlaceOf(event);
  if (place.network === undefined && place.client === undefined) return undefined;
  const places = placesAt(transaction, event);
  const id = credentialId(event);
  if (id === undefined) return undefined;
  const own = places.credentials.find((one) => one.id === id);
  const known =
    own ??
    (compared === undefined ? fresh(transaction, event, { places, id, registered }) : undefined);
  if (known === undefined) {
    if (showsHabit(event)) keepPlaces(transaction, event, atHome(places, event, id));
    return undefined;
  }
  const move = moveOf(transaction, event, known, { places, place, home: known.home, registered });
  if (move === undefined) {
    stay(transaction, event, places, known);
    return undefined;
  }
  const chance = chanceOf(places, move.dimensions, move.hasReturned);
  const { ms } = useOf(event, place);
  const isAllowed = isChangeDeclared(transaction, event, `network/${place.network ?? ''}`, ms);
  const isWarm = places.day - places.since >= DAYS_MIN;
  const isOdd = !isAllowed && isWarm && chance <= MOVED_CHANCE_MAX;
  keepPlaces(transaction, event, moved(places, event, known, { move, isOdd }));
  return isOdd ? describe(event, { ...move, chance }) : undefined;
};
