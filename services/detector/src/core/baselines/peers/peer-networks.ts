/**
 * Whether a place that is strange to an agent is where its own group works. Limit: who takes over most peers' place
 * shows no strange one.
 */
import { type AuditEvent, type RegistryAgent, shortPrint } from '@waywarden/schemas';
import type { Transaction } from '@waywarden/stage';
import { PEER_LEVELS, peersOf } from './peer-snapshots.ts';
import { askPeers, knowsEnough } from './peer-values.ts';

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
