/**
 * What it says that a token of a workload moved, where each run is a new uid (`../profile/churned-uids.ts`): the places
 * of all its agents are looked at together, as of one agent. Runs come where there is room, so of a workload a move says
 * something only to where it is improbable of all of them: never one of its own, beside none of them, and after D days
 * with k different networks or clients, where k / (D + k) is a tenth at most. What is not told is a place like
 * any other, so that a workload that roams counts where it was, and as many as are remembered say that there are more.
 *
 * Rejected: to tell any move without a history, as of one agent. Of a workload that is spread over hosts each run would
 * be a thief. And to tell of places without a token that was elsewhere before: a new agent with its own is no thief.
 */
import type { Places } from './kept-places.ts';
import { isStranger, isUnheardOf, PLACES_MAX, type Place } from './known-places.ts';
import { areaOf, clientName } from './place-name.ts';
import type { Found } from './token-found.ts';
import type { Use } from './token-uses.ts';

type NameOf = (name: string) => string;

/** Counted without itself: it stays improbable until it is the workload's own. */
function isImprobable(places: readonly Place[], days: number, name: string, of: NameOf): boolean {
  if (!isStranger(places, name)) return false;
  const others = places.filter(([one]) => of(one) !== of(name));
  const isAnywhere = new Set(others.map(([one]) => of(one))).size >= PLACES_MAX - 1;
  return !isAnywhere && isUnheardOf(others, days, of);
}

/** Of the moves of a token those that are improbable of its workload; grave where both are. */
export function improbableMoves(
  { networks, clients, days }: Places,
  { network = '', client = '' }: Use,
  { moves, isSettled }: { readonly moves: Found; readonly isSettled: boolean },
): Found {
  const movedNetwork =
    isSettled &&
    moves.movedNetwork &&
    moves.networkDistance !== 'near' &&
    isImprobable(networks, days, network, areaOf);
  const movedClient =
    isSettled &&
    moves.movedClient &&
    isImprobable(clients, days, clientName(client), (name) => name);
  return {
    ...moves,
    movedNetwork,
    movedClient,
    isTwofold: movedNetwork && movedClient,
    isUnheardOf: false,
  };
}
