/**
 * When a value is too common to link by, where that has to be told (anew): among all sightings, and apart
 * from that among the proven ones, by which links between proven calls are judged.
 */
import type { CompiledPolicy } from '../assembly/proof/compile-combination.ts';
import { HUB_SPANS_MAX } from './flow-limits.ts';
import {
  isProven,
  type Popularity,
  popularityOf,
  type Sighting,
  type Track,
} from './flow-track.ts';
import { endsBefore, type HubSpan, isHubAt, unionOf } from './hub-span.ts';
import { hubSpans, isRareUntil } from './popularity.ts';

/** No agent's name: one that never showed the value. */
const ANYBODY = '';

/**
 * When the value is too common, if that has to be told (anew): some sighting falls into such a time
 * that was not told of, the next one would, or what was told ends before half a horizon has passed.
 */
function hubNews(
  { chains, hub }: Popularity,
  sightings: readonly Sighting[],
  fresh: Sighting,
  policy: CompiledPolicy,
): readonly HubSpan[] | undefined {
  const [last] = sightings.slice(-1);
  if (last === undefined || chains.length <= policy.chainsMax) return undefined;
  const ahead = [last.ms + 1, last.ms + policy.linkHorizonMs / 2];
  const isTold = ({ ms, agent }: Sighting) => isHubAt(hub, ms, agent);
  const isToldAt = (ms: number) => isHubAt(hub, ms, ANYBODY);
  // A sighting changes nothing of what was before it, and most are later than all others.
  if (fresh === last && ahead.every(isToldAt)) {
    if (isTold(fresh)) return undefined;
    // Whoever showed it alone in most chains is not told, and would have them sorted each time.
    const { ms, agent } = fresh;
    if (endsBefore(hub, ms, agent) && isRareUntil(chains, fresh, policy)) return undefined;
  }
  const now = unionOf(hub, hubSpans(chains, policy), HUB_SPANS_MAX);
  const isNews =
    sightings.some((one) => isHubAt(now, one.ms, one.agent) && !isTold(one)) ||
    ahead.some((ms) => isHubAt(now, ms, ANYBODY) && !isToldAt(ms));
  return isNews ? now : undefined;
}

/** The track with what is now told of when the value is too common; undefined where nothing is. */
export function withHubNews(
  track: Track,
  fresh: Sighting,
  policy: CompiledPolicy,
): Track | undefined {
  const { sightings, proven } = track;
  const all = hubNews(popularityOf(track, false), sightings, fresh, policy);
  const apart =
    proven === undefined || !isProven(fresh)
      ? undefined
      : hubNews(proven, sightings.filter(isProven), fresh, policy);
  if (proven === undefined || apart === undefined) {
    return all === undefined ? undefined : { ...track, hub: all };
  }
  // What is common among the proven is so among all, though a flood pushed them out there.
  const hub = unionOf(all ?? track.hub ?? [], apart, HUB_SPANS_MAX);
  return { ...track, hub, proven: { ...proven, hub: apart } };
}
