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
import { isListed, isStranger, type Place, toldIn, toldOf, visited } from './known-places.ts';
import { areaOf, clientName } from './place-name.ts';
import {
  ANYWHERE,
  type Anywhere,
  roamingNow,
  stays,
  withArea,
  withoutAreas,
  withRoom,
} from './roaming.ts';

/** How the key of a case begins that was a light move when it was told first. */
export const LIGHT = 'move|';
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
 * What a move to this outside network is of a key that roams; undefined: it does not, it stays there, or an alert named the
 * area. Where it roams by habit that alert was a grave one.
 */
export function anywhereOf(
  moves: readonly Place[],
  network: string,
  ms: number,
): Anywhere | undefined {
  const now = roamingNow(moves, ms);
  const name = networkMove(network);
  if (now === undefined || !isListed(moves, name)) return now;
  const told = toldIn(moves, name);
  if (told === undefined) return stays(moves, name, ms) ? undefined : now;
  return now === 'habit' && told.startsWith(LIGHT) ? now : undefined;
}

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
  const names = namesOf({ network, client });
  const isListedYet = network === undefined || isListed(moves, networkMove(network));
  const room = isListedYet || anywhere === undefined ? moves : withRoom(moves);
  const now = names.reduce((all, name) => visited(all, { ...visit, name }), room);
  return isListedYet || isVoid ? now : withArea(now, ms);
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
  return namesOf(to).reduce((all, name) => toldOf(all, name, ms, key), counted);
}
