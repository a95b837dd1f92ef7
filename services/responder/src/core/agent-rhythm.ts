/**
 * How often an agent usually calls, which source reports it, and until when that source was heard:
 * what it takes to tell a silence that means something from one that nobody would have heard broken.
 *
 * Kept for every agent, as nobody knows beforehand which will be contained; one small value each. The
 * interval is a running mean in which the last calls weigh most: an agent that works in bursts has a
 * larger one than within a burst, since pauses count too.
 *
 * What is only asserted is counted apart. Whoever writes telemetry in an agent's name could else give it
 * a quick rhythm, stop, and have its silence taken for proof. It still breaks a silence, and where there
 * is nothing better it tells when one would be due, so that whoever can tell is asked.
 */
import { epochMs } from '@waywarden/schemas';
import type { Draft } from '@waywarden/stage';

/** Share of a new interval in the mean. */
const NEW_SHARE = 0.2;
/** With fewer intervals nobody can say what is usual. */
const INTERVALS_MIN = 3;

interface Track {
  readonly lastMs: number;
  readonly meanMs: number;
  readonly intervals: number;
  readonly source: string;
}

/** Of all calls, whoever tells them. */
interface Rhythm extends Track {
  /** … and of those whose agent is proven; absent in state of an earlier version. */
  readonly proven?: Track;
}

const rhythmKey = (tenantId: string, agentUid: string) => `rhythm|${tenantId}|${agentUid}`;

export interface UsualRhythm {
  readonly lastMs: number;
  readonly usualMs: number;
  readonly source: string;
  /** It was learnt from proven calls; of another one no silence proves anything. */
  readonly isProven: boolean;
}

export interface HeardCall {
  readonly tenantId: string;
  readonly agentUid: string;
  readonly time: string;
  readonly source: string;
  readonly isProven: boolean;
}

function advanced(known: Track | undefined, atMs: number, source: string): Track {
  if (known === undefined) return { lastMs: atMs, meanMs: 0, intervals: 0, source };
  if (atMs <= known.lastMs) return known;
  const interval = atMs - known.lastMs;
  const share = known.intervals === 0 ? 1 : NEW_SHARE;
  const meanMs = known.meanMs + share * (interval - known.meanMs);
  return { lastMs: atMs, meanMs, intervals: known.intervals + 1, source };
}

export function learnRhythm(draft: Draft, call: HeardCall): void {
  const { tenantId, agentUid, source, isProven } = call;
  const key = rhythmKey(tenantId, agentUid);
  const atMs = epochMs(call.time);
  const known = draft.get<Rhythm>(key);
  const all = advanced(known, atMs, source);
  const proven = isProven ? advanced(known?.proven, atMs, source) : known?.proven;
  if (all === known && proven === known.proven) return;
  draft.put(key, { ...all, ...(proven === undefined ? {} : { proven }) });
}

/** Undefined where the agent was not seen in this partition, or not often enough. */
export function usualRhythm(
  draft: Draft,
  tenantId: string,
  agentUid: string,
): UsualRhythm | undefined {
  const known = draft.get<Rhythm>(rhythmKey(tenantId, agentUid));
  if (known === undefined) return undefined;
  const isProven = known.proven !== undefined && known.proven.intervals >= INTERVALS_MIN;
  const track = isProven && known.proven !== undefined ? known.proven : known;
  if (track.intervals < INTERVALS_MIN) return undefined;
  return { lastMs: known.lastMs, usualMs: track.meanMs, source: track.source, isProven };
}
