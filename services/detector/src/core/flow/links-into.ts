/**
 * Which links into one use of a value hold. Links between proven calls are found among what is proven alone:
 * whoever may only assert could else withdraw one by saying that many had the value.
 */
import type { PrivilegeLink } from '@waywarden/schemas';
import type { CompiledPolicy } from '../assembly/proof/compile-combination.ts';
import { SIGHTINGS_MAX, USE_LINKS_MAX } from './flow-limits.ts';
import {
  isProven,
  type Popularity,
  popularityOf,
  type Sighting,
  type Track,
} from './flow-track.ts';
import { isHubAt } from './hub-span.ts';
import { isCounted } from './popularity.ts';
import { type FlowLink, hadRead, linksOfUse } from './selective-links.ts';

/** One call may have had the value in several ways, and each is a link of its own. */
export const nameOf = ({ from, to }: FlowLink) => `${from.event}/${from.by}/${to.event}/${to.by}`;

function isCommonTo({ hub }: Popularity, use: Sighting): boolean {
  return isCounted(use.by) || use.by === 'credential' ? isHubAt(hub, use.ms, use.agent) : false;
}

/**
 * Of the links into a use that were sent, those whose maker was given up for want of room. It had the
 * value before, whoever showed it since: were its link withdrawn, each further sighting of a value that
 * is shown over and over would have chains told of another maker of the same value instead.
 */
function sentOfGone(
  { sightings, sent }: Track,
  use: Sighting,
): readonly (readonly [string, PrivilegeLink])[] {
  if (sightings.length < SIGHTINGS_MAX) return [];
  return Object.entries(sent).filter(([, { to_event: to, from_event: from, via, method }]) => {
    if (to !== use.event || method?.to !== use.by || via !== 'data_flow') return false;
    return !sightings.some((one) => one.event === from && one.by === method.from);
  });
}

interface LinksInto {
  readonly holds: readonly string[];
  readonly links: readonly FlowLink[];
}

/** Of the links into a use those between proven calls, or all others, judged among these sightings. */
function linksAmong(
  track: Track,
  use: Sighting,
  policy: CompiledPolicy,
  asked: { readonly among: readonly Sighting[]; readonly areProven: boolean },
): LinksInto {
  const { among, areProven } = asked;
  if (isCommonTo(popularityOf(track, areProven), use)) return { holds: [], links: [] };
  const { skewMs } = policy;
  const gone = sentOfGone(track, use).filter(([, link]) => {
    const { method, from_chain_id: chain } = link;
    if (isProven(link) !== areProven) return false;
    return method?.from !== 'result' || !hadRead(among, use, { chain, skewMs });
  });
  const isAsked = (from: Sighting) => (isProven(use) && isProven(from)) === areProven;
  const room = Math.max(0, USE_LINKS_MAX - gone.length);
  const links = linksOfUse(among, use, policy, isAsked).slice(0, room);
  return { holds: [...links.map(nameOf), ...gone.map(([name]) => name)], links };
}

/** The names of the links into a use that hold, and those of them that can be told anew. */
export function linksInto(track: Track, use: Sighting, policy: CompiledPolicy): LinksInto {
  const { sightings } = track;
  const proven = isProven(use) ? sightings.filter(isProven) : [];
  const areAllProven = proven.length === sightings.length && track.proven === undefined;
  const found = [
    ...(isProven(use) ? [{ among: proven, areProven: true }] : []),
    ...(areAllProven ? [] : [{ among: sightings, areProven: false }]),
  ].map((asked) => linksAmong(track, use, policy, asked));
  return {
    holds: found.flatMap(({ holds }) => holds),
    links: found.flatMap(({ links }) => links),
  };
}
