/**
 * Where an agent's tokens move, beside where each was first used: areas of networks (`place-name.ts`) and clients by
 * name. It is a habit of the agent when for a month after it was told its tokens went there on three days, as any
 * place that an alert was told of becomes the agent's own; then a move there is told no longer. Several clients of one
 * host, the networks of a function in a cloud and a telephone on a train settle so.
 *
 * Rejected: to settle sooner by many tokens, or many days: who holds a key shows days at will, and who sits where tokens
 * are issued shows tokens. What teaches is a standing alert that nobody acted on for a month, and then it taught only the
 * place that it named: the next place is told anew. Of a move that was light when it was told, a week of that teaches the
 * hours of work there and nothing else: who is daily at a second place works there at hours of his own.
 *
 * Who comes to ever new areas has another habit (`roaming.ts`).
 */
import {
  isListed,
  isStranger,
  LIGHT,
  type Place,
  toldIn,
  toldOf,
  visited,
} from './known-places.ts';
import { areaOf, clientName } from './place-name.ts';
import {
  ANYWHERE,
  type Anywhere,
  isNewAgain,
  roamedTo,
  roamingNow,
  roamingTold,
  stays,
  withoutAreas,
  withoutRoaming,
} from './roaming.ts';

const DAY_MS = 86_400_000;
const STANDS_AFTER_MS = 7 * DAY_MS;
const STANDS_DAYS = 3;

/** In one list: areas begin otherwise than clients. */
const networkMove = (network: string) => `@${areaOf(network)}`;
const clientMove = (client: string) => `/${clientName(client)}`;

export interface Destination {
  readonly network?: string | undefined;
  readonly client?: string | undefined;
  readonly anywhere?: Anywhere | undefined;
}

const namesOf = ({ network, client, anywhere }: Destination): readonly string[] => [
  ...(network === undefined ? [] : [anywhere === undefined ? networkMove(network) : ANYWHERE]),
  ...(client === undefined ? [] : [clientMove(client)]),
];

/** Whether tokens of this agent are known to move there; of a destination that names one. */
export const isHabit = (moves: readonly Place[], to: Destination): boolean =>
  namesOf(to).some((name) => !isStranger(moves, name));

/**
 * What a move to this outside network is of a key that roams; undefined: it does not, it stays there, a grave alert named
 * the area, or it is new after a month without a new one. By habit it is one of many where an alert said that it stays there.
 */
export function anywhereOf(
  moves: readonly Place[],
  network: string,
  ms: number,
): Anywhere | undefined {
  const now = roamingNow(moves, ms);
  const name = networkMove(network);
  if (now === undefined) return undefined;
  const told = toldIn(moves, name);
  if (told?.startsWith(LIGHT) === false) return undefined;
  if (told !== undefined && now === 'habit') return now;
  return stays(moves, name, ms) || isNewAgain(moves, name, ms) ? undefined : now;
}

/** Whether a move to this outside network is none of many, though an alert may say that the key roams. */
export const isLone = (moves: readonly Place[], network: string, ms: number): boolean =>
  roamingNow(moves, ms) === undefined || isNewAgain(moves, networkMove(network), ms);

/** In which case the move was told; undefined: in none, or not all of it. */
export function moveToldIn(moves: readonly Place[], to: Destination): string | undefined {
  if (to.anywhere === 'first') return undefined;
  const cases = namesOf(to).map((name) => toldIn(moves, name));
  return cases.includes(undefined) ? undefined : cases[0];
}

/** Whether all of it was told a week ago or earlier, and tokens went there on three days from then on. */
export const haveStood = (moves: readonly Place[], to: Destination, ms: number): boolean =>
  namesOf(to).every((name) =>
    moves.some(
      ([one, since = ms, , days = 0, , told]) =>
        one === name && told !== undefined && ms - since >= STANDS_AFTER_MS && days >= STANDS_DAYS,
    ),
  );

export function withMoves(
  moves: readonly Place[],
  to: Destination,
  { ms, isVoid }: { readonly ms: number; readonly isVoid: boolean },
): readonly Place[] {
  const visit = { ms, isVoid, isGranted: false, distance: 'far' } as const;
  const { network, client, anywhere } = to;
  const area = network === undefined ? undefined : networkMove(network);
  const isUnlisted = area !== undefined && !isListed(moves, area);
  // Where a key roams, an area that no alert named is one of many.
  const isNamed = anywhere === undefined || (area !== undefined && toldIn(moves, area));
  const names = namesOf({ network: isNamed ? network : undefined, client });
  const before = withoutRoaming(moves);
  const now = names.reduce((all, name) => visited(all, { ...visit, name }), before);
  const known = moves.find(([name]) => name === ANYWHERE);
  const roaming = area === undefined || isVoid ? known : roamedTo(moves, area, { ms, isUnlisted });
  if (now === before && roaming === known) return moves;
  return roaming === undefined ? now : [...now, roaming];
}

/** The alert that names a move. */
export interface ToldMove {
  readonly key: string;
  /** It is more than a light move. */
  readonly isGrave: boolean;
}

/** After an alert of that case that names it. */
export function movesTold(
  moves: readonly Place[],
  to: Destination,
  ms: number,
  { key, isGrave }: ToldMove,
): readonly Place[] {
  const counted = isGrave && to.network !== undefined ? withoutAreas(moves) : moves;
  const roaming = counted.filter(([name]) => name === ANYWHERE);
  const named = namesOf(to)
    .filter((name) => name !== ANYWHERE)
    .reduce((all, name) => toldOf(all, name, ms, key), withoutRoaming(counted));
  const now = [...named, ...roaming];
  return namesOf(to).includes(ANYWHERE) ? roamingTold(now, ms, key) : now;
}
