/**
 * Which values are followed: from their first sighting until a horizon after their last one, as long as
 * there is room; else those of whoever brought most go, so that who makes up values pushes out its own.
 */
import type { Draft } from '@waywarden/stage';
import { stageTime } from '../../state/stage-clock.ts';
import type { CompiledPolicy } from '../assembly/proof/compile-combination.ts';
import { policyAt } from '../assembly/proof/policy-versions.ts';
import {
  TRACKS_EVICTED_MAX,
  TRACKS_EXPIRED_EACH,
  TRACKS_EXPIRED_MAX,
  TRACKS_LOOKED_MAX,
  TRACKS_MAX,
} from './flow-limits.ts';
import type { Track } from './flow-track.ts';
import { takeDueTurns, takeMost, takeTurn } from './open-turns.ts';

interface FollowedValue {
  readonly tenant: string;
  readonly fp: string;
}

export interface FlowCounters {
  readonly tracks: number;
  readonly tracksEvicted: number;
}

const COUNTERS = 'counters';

export const trackKey = ({ tenant, fp }: FollowedValue) => `track/${JSON.stringify([tenant, fp])}`;

export function flowCounters(draft: Draft): FlowCounters {
  return draft.get<FlowCounters>(COUNTERS) ?? { tracks: 0, tracksEvicted: 0 };
}

function count(draft: Draft, opened: number, evicted = 0): void {
  const { tracks, tracksEvicted } = flowCounters(draft);
  draft.put(COUNTERS, { tracks: tracks + opened, tracksEvicted: tracksEvicted + evicted });
}

/** Nothing can follow from a value that was not seen for so long. */
const keptMs = (policy: CompiledPolicy) => policy.linkHorizonMs + policy.latenessMs;

const lastOf = (draft: Draft, value: FollowedValue) =>
  draft.get<Track>(trackKey(value))?.sightings.at(-1);

function dropTracks(draft: Draft, values: readonly FollowedValue[], isEvicted: boolean): void {
  if (values.length === 0) return;
  for (const one of values) draft.delete(trackKey(one));
  count(draft, -values.length, isEvicted ? values.length : 0);
}

/** What fell due goes, some of it with each record: all at once it could stop everything else. */
function expireTracks(draft: Draft, nowMs: number, max: number): void {
  const gone = takeDueTurns<FollowedValue>(draft, { nowMs, max }, (value) => {
    const last = lastOf(draft, value);
    const policy = policyAt(draft, value.tenant, last?.policyVersion ?? '')?.policy;
    return last && policy && last.ms + keptMs(policy);
  });
  dropTracks(draft, gone, false);
}

function makeRoom(draft: Draft): void {
  if (flowCounters(draft).tracks < TRACKS_MAX) return;
  const bound = { looked: TRACKS_LOOKED_MAX, taken: TRACKS_EVICTED_MAX };
  const out = takeMost<FollowedValue>(draft, bound, (value) => {
    const last = lastOf(draft, value);
    return last && { isOfNote: false, ms: last.ms };
  });
  dropTracks(
    draft,
    out.map(({ item }) => item),
    true,
  );
}

export function openTrack(
  draft: Draft,
  value: FollowedValue,
  { opener, ms }: { readonly opener: string; readonly ms: number },
  policy: CompiledPolicy,
): void {
  const nowMs = stageTime(draft)?.ms;
  if (nowMs !== undefined) expireTracks(draft, nowMs, TRACKS_EXPIRED_EACH);
  makeRoom(draft);
  count(draft, 1);
  takeTurn(draft, value, { opener, ms, dueMs: ms + keptMs(policy) });
}

export function expireAll(draft: Draft, nowMs: number): void {
  expireTracks(draft, nowMs, TRACKS_EXPIRED_MAX);
}
