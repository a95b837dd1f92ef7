/**
 * Which values are followed: from their first sighting until a horizon after their last one, as long as
 * there is room. In which order they go is told by `track-turns.ts`; here is how many go with one record.
 */
import type { Draft } from '@waywarden/stage';
import type { CompiledPolicy } from '../assembly/proof/compile-combination.ts';
import { policyAt } from '../policy-versions.ts';
import { stageTime } from '../stage-clock.ts';
import {
  TRACKS_EVICTED_MAX,
  TRACKS_EXPIRED_EACH,
  TRACKS_EXPIRED_MAX,
  TRACKS_LOOKED_MAX,
  TRACKS_MAX,
} from './flow-limits.ts';
import type { Track } from './flow-track.ts';
import {
  type DueOf,
  type FollowedValue,
  ownerOf,
  takeDueValues,
  takeMost,
  takeTurn,
} from './track-turns.ts';

/** What the stage counts about itself; part of the state, not of any decision. */
export interface FlowCounters {
  readonly tracks: number;
  readonly tracksEvicted: number;
}

const COUNTERS = 'counters';
const NO_COUNTERS: FlowCounters = { tracks: 0, tracksEvicted: 0 };

export const trackKey = ({ tenant, fp }: FollowedValue) => `track/${JSON.stringify([tenant, fp])}`;

export function flowCounters(draft: Draft): FlowCounters {
  return draft.get<FlowCounters>(COUNTERS) ?? NO_COUNTERS;
}

/** Nothing can follow from a value that was not seen for so long. */
export const keptMs = (policy: CompiledPolicy) => policy.linkHorizonMs + policy.latenessMs;

/** When a value falls due, by when it was seen last. */
function dueOf(draft: Draft): DueOf {
  return (value) => {
    const last = draft.get<Track>(trackKey(value))?.sightings.at(-1);
    const policy = policyAt(draft, value.tenant, last?.policyVersion ?? '')?.policy;
    return last === undefined || policy === undefined ? undefined : last.ms + keptMs(policy);
  };
}

function dropTracks(draft: Draft, values: readonly FollowedValue[], isEvicted: boolean): void {
  if (values.length === 0) return;
  for (const one of values) draft.delete(trackKey(one));
  const { tracks, tracksEvicted } = flowCounters(draft);
  draft.put(COUNTERS, {
    tracks: tracks - values.length,
    tracksEvicted: tracksEvicted + (isEvicted ? values.length : 0),
  });
}

/** What fell due goes, some of it with each record: all at once it could stop everything else. */
function expireTracks(draft: Draft, nowMs: number, max: number): void {
  dropTracks(draft, takeDueValues(draft, nowMs, dueOf(draft), max), false);
}

/**
 * Room for values, from whoever brought most of them: who makes up values without end pushes out
 * its own.
 */
function makeRoom(draft: Draft): void {
  if (flowCounters(draft).tracks < TRACKS_MAX) return;
  const bound = { looked: TRACKS_LOOKED_MAX, taken: TRACKS_EVICTED_MAX };
  dropTracks(draft, takeMost(draft, dueOf(draft), bound), true);
}

export function openTrack(draft: Draft, value: FollowedValue, opener: string, dueMs: number): void {
  const nowMs = stageTime(draft)?.ms;
  if (nowMs !== undefined) expireTracks(draft, nowMs, TRACKS_EXPIRED_EACH);
  makeRoom(draft);
  const { tracks, tracksEvicted } = flowCounters(draft);
  draft.put(COUNTERS, { tracks: tracks + 1, tracksEvicted });
  takeTurn(draft, value, ownerOf(value.tenant, opener), dueMs);
}

/** With a watermark. */
export function expireAll(draft: Draft, nowMs: number): void {
  expireTracks(draft, nowMs, TRACKS_EXPIRED_MAX);
}
