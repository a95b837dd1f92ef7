/**
 * How often an agent usually calls, and which sources report it: what it takes to tell a silence that
 * means something from one that nobody would have heard broken. An agent that goes through two gateways
 * is silent only where both would have been heard, not only the one through which its last call came.
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

/** Sources of an agent that are told apart; with more at once no silence of it proves anything. */
const SOURCES_MAX = 8;
/** A source through which nothing came for so many calls is no longer one of the agent's. */
const SOURCE_KEPT_CALLS = 64;

interface SeenSource {
  readonly name: string;
  /** At which of the agent's calls it was seen last. */
  readonly call: number;
}

interface Track {
  readonly lastMs: number;
  readonly meanMs: number;
  readonly intervals: number;
  /** Of the last call; state of an earlier version has no other. */
  readonly source: string;
  readonly sources?: readonly SeenSource[];
  /** Up to this call there were more sources than are told apart. */
  readonly crowdedUntil?: number;
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
  /** Through which its calls come; undefined: too many to tell apart. */
  readonly sources: readonly string[] | undefined;
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

/** Through which sources the last calls came, now that one comes through `source`. */
function sourcesOf(known: Track | undefined, source: string) {
  const call = (known?.intervals ?? -1) + 1;
  const before = known?.sources ?? (known === undefined ? [] : [{ name: known.source, call }]);
  const live = before.filter((one) => call - one.call < SOURCE_KEPT_CALLS && one.name !== source);
  const sources = [...live, { name: source, call }];
  const isCrowded = sources.length > SOURCES_MAX;
  const crowdedUntil = isCrowded ? call + SOURCE_KEPT_CALLS : known?.crowdedUntil;
  return {
    ...{ source, sources: sources.slice(-SOURCES_MAX) },
    ...(crowdedUntil === undefined || crowdedUntil <= call ? {} : { crowdedUntil }),
  };
}

function advanced(known: Track | undefined, atMs: number, source: string): Track {
  const sources = sourcesOf(known, source);
  if (known === undefined) return { lastMs: atMs, meanMs: 0, intervals: 0, ...sources };
  // Two gateways whose records cross are two all the same.
  if (atMs <= known.lastMs) {
    const isNew = known.sources?.some(({ name }) => name === source) !== true;
    return isNew ? { ...known, ...sources } : known;
  }
  const interval = atMs - known.lastMs;
  const share = known.intervals === 0 ? 1 : NEW_SHARE;
  const meanMs = known.meanMs + share * (interval - known.meanMs);
  return { lastMs: atMs, meanMs, intervals: known.intervals + 1, ...sources };
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
  const { lastMs } = known;
  const names = track.sources?.map(({ name }) => name) ?? [track.source];
  const sources = track.crowdedUntil === undefined ? names : undefined;
  return { lastMs, usualMs: track.meanMs, sources, isProven };
}
