/** Which values are followed, and until when; without room, whoever brought most loses some. */
import type { Transaction } from '@waywarden/stage';
import { stageTime } from '../../state/stage-clock.ts';
import type { CompiledPolicy } from '../assembly/proof/compile-combination.ts';
import { policyAt } from '../assembly/proof/policy-versions.ts';
import {
  TRACKS_EVICTED_MAX,
  TRACKS_EXPIRED_MAX,
  TRACKS_LOOKED_MAX,
  TRACKS_MAX,
} from './flow-limits.ts';
import type { Track } from './flow-track.ts';
import { EXPIRED_EACH, takeDueTurns, takeMost, takeTurn } from './open-turns.ts';

interface FollowedValue {
  readonly tenant: string;
  readonly fp: string;
}

interface FlowCounters {
  readonly tracks: number;
  readonly tracksEvicted: number;
}

const COUNTERS = 'counters';

export const trackKey = ({ tenant, fp }: FollowedValue) => `track/${JSON.stringify([tenant, fp])}`;

export function flowCounters(transaction: Transaction): FlowCounters {
  return transaction.get<FlowCounters>(COUNTERS) ?? { tracks: 0, tracksEvicted: 0 };
}

function count(transaction: Transaction, opened: number, evicted = 0): void {
  const { tracks, tracksEvicted } = flowCounters(transaction);
  transaction.put(COUNTERS, { tracks: tracks + opened, tracksEvicted: tracksEvicted + evicted });
}

const storedMs = (policy: CompiledPolicy) => policy.linkHorizonMs + policy.latenessMs;

const lastOf = (transaction: Transaction, value: FollowedValue) =>
  transaction.get<Track>(trackKey(value))?.observations.at(-1);

function dropTracks(
  transaction: Transaction,
  values: readonly FollowedValue[],
  isEvicted: boolean,
): void {
  if (values.length === 0) return;
  for (const one of values) transaction.delete(trackKey(one));
  count(transaction, -values.length, isEvicted ? values.length : 0);
}

/** Some with each record. */
function expireTracks(transaction: Transaction, nowMs: number, max: number): void {
  const gone = takeDueTurns<FollowedValue>(transaction, { nowMs, max }, (value) => {
    const last = lastOf(transaction, value);
    const policy = policyAt(transaction, value.tenant, last?.policyVersion ?? '')?.policy;
    return last && policy && last.ms + storedMs(policy);
  });
  dropTracks(transaction, gone, false);
}

function makeRoom(transaction: Transaction): void {
  if (flowCounters(transaction).tracks < TRACKS_MAX) return;
  const bound = { looked: TRACKS_LOOKED_MAX, taken: TRACKS_EVICTED_MAX };
  const out = takeMost<FollowedValue>(transaction, bound, (value) => {
    const last = lastOf(transaction, value);
    return last && { isOfNote: false, ms: last.ms };
  });
  dropTracks(
    transaction,
    out.map(({ item }) => item),
    true,
  );
}

export function openTrack(
  transaction: Transaction,
  value: FollowedValue,
  { opener, ms }: { readonly opener: string; readonly ms: number },
  policy: CompiledPolicy,
): void {
  const nowMs = stageTime(transaction)?.ms;
  if (nowMs !== undefined) expireTracks(transaction, nowMs, EXPIRED_EACH);
  makeRoom(transaction);
  count(transaction, 1);
  const dueMs = Math.max(ms + storedMs(policy), (nowMs ?? 0) + policy.latenessMs);
  takeTurn(transaction, value, { opener, ms, dueMs });
}

export function expireAll(transaction: Transaction, nowMs: number): void {
  expireTracks(transaction, nowMs, TRACKS_EXPIRED_MAX);
}
