/**
 * How often an agent usually calls, which source reports it, and until when that source was heard:
 * what it takes to tell a silence that means something from one that nobody would have heard broken.
 *
 * Kept for every agent, as nobody knows beforehand which will be contained; one small value each. The
 * interval is a running mean in which the last calls weigh most: an agent that works in bursts has a
 * larger one than within a burst, since pauses count too.
 */
import { epochMs } from '@waywarden/schemas';
import type { Draft } from '@waywarden/stage';

/** Share of a new interval in the mean. */
const NEW_SHARE = 0.2;
/** With fewer intervals nobody can say what is usual. */
const INTERVALS_MIN = 3;

interface Rhythm {
  readonly lastMs: number;
  readonly meanMs: number;
  readonly intervals: number;
  readonly source: string;
}

const rhythmKey = (tenantId: string, agentUid: string) => `rhythm|${tenantId}|${agentUid}`;

export interface UsualRhythm {
  readonly lastMs: number;
  readonly usualMs: number;
  readonly source: string;
}

export interface HeardCall {
  readonly tenantId: string;
  readonly agentUid: string;
  readonly time: string;
  readonly source: string;
}

export function learnRhythm(draft: Draft, { tenantId, agentUid, time, source }: HeardCall): void {
  const key = rhythmKey(tenantId, agentUid);
  const atMs = epochMs(time);
  const known = draft.get<Rhythm>(key);
  if (known === undefined) {
    draft.put(key, { lastMs: atMs, meanMs: 0, intervals: 0, source });
    return;
  }
  if (atMs <= known.lastMs) return;
  const interval = atMs - known.lastMs;
  const share = known.intervals === 0 ? 1 : NEW_SHARE;
  const meanMs = known.meanMs + share * (interval - known.meanMs);
  draft.put(key, { lastMs: atMs, meanMs, intervals: known.intervals + 1, source });
}

/** Undefined where the agent was not seen in this partition, or not often enough. */
export function usualRhythm(
  draft: Draft,
  tenantId: string,
  agentUid: string,
): UsualRhythm | undefined {
  const known = draft.get<Rhythm>(rhythmKey(tenantId, agentUid));
  if (known === undefined || known.intervals < INTERVALS_MIN) return undefined;
  return { lastMs: known.lastMs, usualMs: known.meanMs, source: known.source };
}
