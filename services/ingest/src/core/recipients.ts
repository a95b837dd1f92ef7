/**
 * To whom a call to several goes: how many, and who is outside the organisation. The caller may
 * fill the first places of a long list, so of one that was cut only its length is told.
 */
import type { BoundedMap } from './bounded-map.ts';
import { isInside, type Party } from './destination.ts';
import { UNREAD_PARTY } from './read-parties.ts';
import type { KeptParty } from './readings.ts';
import type { TenantKeys } from './tenant-keys.ts';
import { partyFingerprint } from './values.ts';

const PARTIES_MAX = 64;
/** Of more destinations outside it is not told who they are; nobody writes to so many about one record. */
const OUTSIDE_MAX = 16;

export interface Recipients {
  readonly count: number;
  readonly outside: readonly string[] | undefined;
  readonly isCut: boolean;
}

export function recipientsOf(
  parties: readonly Party[],
  organisation: readonly string[],
  known: { readonly keys: TenantKeys; readonly kept: BoundedMap<KeptParty> },
): Recipients {
  const isCut = parties.includes(UNREAD_PARTY);
  if (isCut || parties.length <= 1 || parties.length >= PARTIES_MAX) {
    return { count: Math.max(parties.length, isCut ? 2 : 0), outside: undefined, isCut };
  }
  const all = new Map(
    parties.map((party) => [partyFingerprint(party, known.keys, known.kept), party]),
  );
  if (all.size === 1) return { count: 1, outside: undefined, isCut };
  const outside = [...all]
    .filter(([, { domain }]) => domain === undefined || !isInside(domain, organisation))
    .map(([fp]) => fp);
  return { count: all.size, outside: outside.length > OUTSIDE_MAX ? undefined : outside, isCut };
}
