/**
 * Whether the token of a call moved from where it was first used, to where, and whether it ever did or might: what is
 * known of its places before the call is kept.
 */
import { epochMs } from '@waywarden/schemas';
import type { Places } from './kept-places.ts';
import { type Distance, distanceOf, isListed, isStranger, isUnheardOf } from './known-places.ts';
import { areaOf, clientName, familyOf } from './place-name.ts';
import type { Anywhere } from './roaming.ts';
import { keepsFamily, keepsNetwork } from './token-habits.ts';
import { anywhereOf, isHabit, isLone } from './token-moves.ts';
import type { Use } from './token-uses.ts';

const differs = (a: string | undefined, b: string | undefined): boolean =>
  a !== undefined && b !== undefined && a !== b;

const isOther = (a: string | undefined, b: string | undefined): boolean =>
  differs(a, b) && clientName(a ?? '') !== clientName(b ?? '');

/** What is known of the places of a call before it is kept. */
export interface Found {
  readonly networkDistance: Distance;
  readonly movedNetwork: boolean;
  readonly movedClient: boolean;
  /** To an outside network. */
  readonly isOutside: boolean;
  /** Where its tokens move by habit. */
  readonly isUsual: { readonly network: boolean; readonly client: boolean };
  /** Where they roam: by a new area alone. */
  readonly anywhere: Anywhere | undefined;
  /** Network and client are a sign each: zones between which hosts alternate are none. */
  readonly isTwofold: boolean;
  readonly isUnseen: boolean;
  readonly isUnheardOf: boolean;
}

export function findMoves(state: Places, use: Use, before: Use | undefined): Found {
  const { networks, clients, tokens, moves, days } = state;
  const [network, client] = [use.network, use.client === undefined ? '' : clientName(use.client)];
  const networkDistance = network === undefined ? 'far' : distanceOf(networks, network);
  const isOutside =
    network !== undefined && isStranger(networks, network) && networkDistance === 'far';
  const changes = differs(before?.network, network);
  const changesClient = isOther(before?.client, use.client);
  const isUsual = {
    network: changes && isHabit(moves, { network }),
    client: changesClient && isHabit(moves, { client }),
  };
  const movedClient = changesClient && !isUsual.client;
  const isFamily = changes && familyOf(before?.network ?? '') !== familyOf(network ?? '');
  const keeps = tokens && (isFamily ? keepsFamily(tokens) : keepsNetwork(tokens));
  const anywhere =
    changes && isOutside && !isUsual.network
      ? anywhereOf(moves, network, epochMs(use.at))
      : undefined;
  const isMove = changes && !isUsual.network && anywhere !== 'habit';
  const movedNetwork = isMove && (isOutside || movedClient || keeps === true);
  const isNetworkNew = movedNetwork && network !== undefined && !isListed(networks, network);
  const isAreaNew =
    isNetworkNew &&
    isLone(moves, network, epochMs(use.at)) &&
    !(isOutside && networks.some(([one]) => areaOf(one) === areaOf(network)));
  const isClientNew = movedClient && !isListed(clients, client);
  return {
    ...{ networkDistance, movedNetwork, movedClient, isOutside, isUsual, anywhere },
    isTwofold:
      movedClient &&
      movedNetwork &&
      (isOutside || keeps === true || (isNetworkNew && networkDistance === 'family')),
    isUnseen: isNetworkNew || isClientNew,
    isUnheardOf:
      (isAreaNew && isUnheardOf(networks, days, isOutside ? areaOf : (name) => name)) ||
      (isClientNew && isUnheardOf(clients, days, (name) => name)),
  };
}
