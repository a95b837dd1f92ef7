/**
 * Where an agent's tokens move, beside where each was first used: areas of networks (`place-name.ts`) and clients by
 * name. It is a habit of the agent when for a month after it was told its tokens went there on three days, as any
 * place that an alert was told of becomes the agent's own; then a move there is told no longer. Several clients of one
 * host, the networks of a function in a cloud and a telephone on a train settle so.
 *
 * Rejected: to settle sooner by many tokens, or many days: who holds a key shows days at will, and who sits where tokens
 * are issued shows tokens. What teaches is a standing alert that nobody acted on for a month, and then it taught only the
 * place that it named: the next place is told anew.
 */
import { isStranger, type Place, toldIn, toldOf, visited } from './known-places.ts';
import { areaOf, clientName } from './place-name.ts';

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
