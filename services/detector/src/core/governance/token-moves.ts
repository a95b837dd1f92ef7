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
 */
import { isStranger, type Place, toldIn, toldOf, visited } from './known-places.ts';
import { areaOf, clientName } from './place-name.ts';

const STANDS_AFTER_MS = 7 * 86_400_000;
const STANDS_DAYS = 3;

/** In one list: areas begin otherwise than clients. */
const networkMove = (network: string) => `@${areaOf(network)}`;
const clientMove = (client: string) => `/${clientName(client)}`;

export interface Destination {
  readonly network?: string | undefined;
  readonly client?: string | undefined;
}

const namesOf = ({ network, client }: Destination): readonly string[] => [
  ...(network === undefined ? [] : [networkMove(network)]),
  ...(client === undefined ? [] : [clientMove(client)]),
];

/** Whether tokens of this agent are known to move there; of a destination that names one. */
export const isHabit = (moves: readonly Place[], to: Destination): boolean =>
  namesOf(to).some((name) => !isStranger(moves, name));

/** In which case the move was told; undefined: in none, or not all of it. */
export function moveToldIn(moves: readonly Place[], to: Destination): string | undefined {
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
  return namesOf(to).reduce((all, name) => visited(all, { ...visit, name }), moves);
}

/** After an alert of that case that names it. */
export const movesTold = (
  moves: readonly Place[],
  to: Destination,
  ms: number,
  key: string,
): readonly Place[] => namesOf(to).reduce((all, name) => toldOf(all, name, ms, key), moves);
