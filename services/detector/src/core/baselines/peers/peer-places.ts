/**
 * Whether a place that is strange to an agent is where its peers work. A host or a client to which most of a group
 * has moved, or had all along, is no sign by itself that somebody else holds this agent's key.
 *
 * Only its own group is asked, not the tenant: everybody's proxy is anybody's. Limit: who takes over the place of most
 * peers and uses fresh tokens of another of them from there shows no strange place; a token that moves there is told.
 */
import { type AuditEvent, type RegistryAgent, shortPrint } from '@waywarden/schemas';
import type { Transaction } from '@waywarden/stage';
import { PEER_LEVELS, peersOf } from './peer-snapshots.ts';
import { askPeers, knowsEnough } from './peer-values.ts';

/** By which names peers are told of places. */
export const PLACE_FEATURES = ['network', 'client'] as const;
export type PlaceFeature = (typeof PLACE_FEATURES)[number];

/** As peers are told of it: by its fingerprint, since an address says where somebody is. */
export const placePrint = (name: string): string => shortPrint(name);

export function isPeersPlace(
  transaction: Transaction,
  event: AuditEvent,
  registered: RegistryAgent | undefined,
  [feature, name]: readonly [feature: PlaceFeature, name: string],
): boolean {
  const peers = peersOf(transaction, event, {
    registered,
    knows: (snapshot) => knowsEnough(snapshot, feature, false),
  });
  if (peers?.level !== PEER_LEVELS.group) return false;
  return askPeers(peers, feature, placePrint(name))?.isCommon === true;
}
