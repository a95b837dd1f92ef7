/** Which places of an agent an alert named, and in which case: those that are strange, and where its tokens moved. */
import { type AuditEvent, epochMs } from '@waywarden/schemas';
import type { Draft } from '@waywarden/stage';
import { type Places, readPlaces, writePlaces } from './kept-places.ts';
import { isStranger, toldIn, toldOf } from './known-places.ts';
import { clientName } from './place-name.ts';
import type { Anywhere } from './roaming.ts';
import {
  type Destination,
  haveStood,
  movesTold,
  moveToldIn,
  type ToldMove,
} from './token-moves.ts';
import type { Use } from './token-uses.ts';

/** Of a call: where it is, and what of that is where its token moved. */
interface Moved {
  readonly use: Use;
  readonly movedNetwork: boolean;
  readonly movedClient: boolean;
  readonly anywhere: Anywhere | undefined;
}

export function movedTo({ use, movedNetwork, movedClient, anywhere }: Moved): Destination {
  return {
    ...(movedNetwork ? { network: use.network, anywhere } : {}),
    ...(movedClient ? { client: use.client } : {}),
  };
}

interface Call extends Moved {
  readonly strange: { readonly network: boolean; readonly client: boolean };
}

export interface ToldStanding {
  /** The case in which all of its places were told. */
  readonly toldIn?: string;
  /** That its token moves there was told a week ago, and it came on three days since. */
  readonly hasStood: boolean;
}

/** The case in which each place that is told of this call was told, and whether that stands long enough. */
export function toldWhere({ networks, clients, moves }: Places, call: Call): ToldStanding {
  const { use, movedNetwork, movedClient, strange, anywhere } = call;
  const isMoved = movedNetwork || movedClient;
  const cases = [
    ...(use.network !== undefined &&
    anywhere !== 'told' &&
    (strange.network || movedNetwork) &&
    isStranger(networks, use.network)
      ? [toldIn(networks, use.network)]
      : []),
    ...(use.client !== undefined &&
    (strange.client || movedClient) &&
    isStranger(clients, clientName(use.client))
      ? [toldIn(clients, clientName(use.client))]
      : []),
    ...(isMoved ? [moveToldIn(moves, movedTo(call))] : []),
  ];
  const [first] = cases;
  if (first === undefined || cases.includes(undefined)) return { hasStood: false };
  return { toldIn: first, hasStood: isMoved && haveStood(moves, movedTo(call), epochMs(use.at)) };
}

interface Told extends ToldMove {
  readonly network?: string;
  readonly client?: string;
  /** Of this call. */
  readonly moved?: Moved | undefined;
}

/** An alert of this case names these: they stay strange for as long as it may take to answer it. */
export function keepStrange(
  draft: Draft,
  event: AuditEvent,
  { key, isGrave, network, client, moved }: Told,
): void {
  const state = readPlaces(draft, event);
  const ms = epochMs(event.event_time);
  // It is told as one of many: where tokens stay it is told by itself.
  const isAnywhere = moved?.movedNetwork === true && moved.anywhere !== undefined;
  const networks =
    network === undefined || isAnywhere ? state.networks : toldOf(state.networks, network, ms, key);
  const clients =
    client === undefined ? state.clients : toldOf(state.clients, clientName(client), ms, key);
  const moves =
    moved === undefined
      ? state.moves
      : movesTold(state.moves, movedTo(moved), ms, { key, isGrave });
  writePlaces(draft, event, state, { ...state, networks, clients, moves });
}
