/**
 * How long an agent's pauses are, and which sources report it. Usual is the longest pause of the
 * last days, as a hijacked agent sets its own pace. Asserted calls are counted apart. Kept for
 * every agent; a mean or a share would let a burst shorten it.
 */
import { epochMs } from '@waywarden/schemas';
import type { Transaction } from '@waywarden/stage';

const DAY_MS = 86_400_000;
/** Of so many days the longest pause is kept. */
const DAYS_MAX = 8;
/** With fewer intervals, or seen for less long, nobody can say what is usual: not one night was seen. */
const INTERVALS_MIN = 20;
const SEEN_MIN_MS = DAY_MS;
/** No shorter pause counts as usual: records take their time too. */
const USUAL_MIN_MS = 60_000;
/** Where nobody can say what is usual. */
const UNKNOWN_MIN_MS = 5_000;

/** Sources of an agent that are told apart. */
const SOURCES_MAX = 8;
/** A source through which nothing came for so many calls is no longer one of the agent's. */
const SOURCE_STORED_CALLS = 64;

interface SeenSource {
  readonly name: string;
  /** At which of the agent's calls it was seen last. */
  readonly call: number;
}

/** A day since 1970, its longest pause, and how many there were, counted as far as is asked. */
type Day = readonly [day: number, longestMs: number, intervals: number];

interface Track {
  /** When the last call was made, by the source's clock, and when the first. */
  readonly lastMs: number;
  readonly sinceMs?: number;
  /** The last ones on which intervals ended, the earliest first; absent in state of an earlier version. */
  readonly days?: readonly Day[];
  readonly intervals: number;
  /** Of the last call; state of an earlier version has no other. */
  readonly source: string;
  readonly sources?: readonly SeenSource[];
  /** Up to this call there were more sources than are told apart. */
  readonly evictedUntil?: number;
}

/** Of all calls, whoever tells them. */
interface Rhythm extends Track {
  /** When the last record of a call was received. */
  readonly lastSeenMs?: number;
  /** … and of those whose agent is proven; absent in state of an earlier version. */
  readonly proven?: Track;
}

const rhythmKey = (tenantId: string, agentUid: string) => `rhythm|${tenantId}|${agentUid}`;

export interface UsualRhythm {
  /** No call was made or told of later. */
  readonly lastMs: number;
  readonly usualMs: number;
  /** Through which its calls come; undefined: too many to tell apart. */
  readonly sources: readonly string[] | undefined;
  /** It is known, from proven calls. */
  readonly isProven: boolean;
}

export interface SeenCall {
  readonly tenantId: string;
  readonly agentUid: string;
  readonly time: string;
  /** When its record was received. */
  readonly lastSeenAt: string;
  readonly source: string;
  readonly isProven: boolean;
}

/** Through which sources the last calls came, now that one comes through `source`. */
function sourcesOf(known: Track | undefined, source: string) {
  const call = (known?.intervals ?? -1) + 1;
  const before = known?.sources ?? (known === undefined ? [] : [{ name: known.source, call }]);
  const live = before.filter((one) => call - one.call < SOURCE_STORED_CALLS && one.name !== source);
  const sources = [...live, { name: source, call }];
  const isEvicted = sources.length > SOURCES_MAX;
  const evictedUntil = isEvicted ? call + SOURCE_STORED_CALLS : known?.evictedUntil;
  return {
    ...{ source, sources: sources.slice(-SOURCES_MAX) },
    ...(evictedUntil === undefined || evictedUntil <= call ? {} : { evictedUntil }),
  };
}

/** With the pause that a call at `atMs` ends. */
function daysWith(days: readonly Day[], pauseMs: number, atMs: number): readonly Day[] {
  const day = Math.floor(atMs / DAY_MS);
  const last = days.at(-1);
  if (last === undefined || last[0] !== day) {
    return [...days.filter(([one]) => day - one < DAYS_MAX), [day, pauseMs, 1]];
  }
  const [, longestMs, intervals] = last;
  if (pauseMs <= longestMs && intervals >= INTERVALS_MIN) return days;
  return [...days.slice(0, -1), [day, Math.max(longestMs, pauseMs), intervals + 1]];
}

function advanced(known: Track | undefined, atMs: number, source: string): Track {
  const sources = sourcesOf(known, source);
  if (known === undefined) {
    return { lastMs: atMs, sinceMs: atMs, days: [], intervals: 0, ...sources };
  }
  // Two gateways whose records cross are two all the same.
  if (atMs <= known.lastMs) {
    const isNew = known.sources?.some(({ name }) => name === source) !== true;
    return isNew ? { ...known, ...sources } : known;
  }
  const { lastMs, sinceMs = lastMs, days: before = [] } = known;
  const days = daysWith(before, atMs - lastMs, atMs);
  return { lastMs: atMs, sinceMs, days, intervals: known.intervals + 1, ...sources };
}

export function learnRhythm(transaction: Transaction, call: SeenCall): void {
  const { tenantId, agentUid, source, isProven } = call;
  const key = rhythmKey(tenantId, agentUid);
  const receivedMs = epochMs(call.lastSeenAt);
  // A clock that is ahead makes no pause that has not been.
  const atMs = Math.min(epochMs(call.time), receivedMs);
  const known = transaction.get<Rhythm>(key);
  const all = advanced(known, atMs, source);
  const proven = isProven ? advanced(known?.proven, atMs, source) : known?.proven;
  const lastSeenMs = Math.max(known?.lastSeenMs ?? 0, receivedMs);
  if (all === known && proven === known.proven && lastSeenMs === known.lastSeenMs) return;
  transaction.put(key, { ...all, lastSeenMs, ...(proven === undefined ? {} : { proven }) });
}

/** Its longest pause; undefined where it was not seen for long enough to tell. */
function usualOf({ days = [], sinceMs, lastMs }: Track): number | undefined {
  const intervals = days.reduce((sum, [, , count]) => sum + count, 0);
  if (sinceMs === undefined || lastMs - sinceMs < SEEN_MIN_MS) return undefined;
  if (intervals < INTERVALS_MIN) return undefined;
  return Math.max(USUAL_MIN_MS, ...days.map(([, longestMs]) => longestMs));
}

/** The longest pause so far, of an agent that was not seen for long enough to say what is usual. */
function longestOf({ days = [] }: Track): number {
  return Math.max(UNKNOWN_MIN_MS, ...days.map(([, longestMs]) => longestMs));
}

/** Undefined where the agent was not seen in this partition. */
export function usualRhythm(
  transaction: Transaction,
  tenantId: string,
  agentUid: string,
): UsualRhythm | undefined {
  const known = transaction.get<Rhythm>(rhythmKey(tenantId, agentUid));
  if (known === undefined) return undefined;
  const ofProven = known.proven === undefined ? undefined : usualOf(known.proven);
  const usualMs = ofProven ?? usualOf(known) ?? longestOf(known);
  const track = ofProven === undefined ? known : (known.proven ?? known);
  const names = track.sources?.map(({ name }) => name) ?? [track.source];
  return {
    ...{ lastMs: Math.max(known.lastMs, known.lastSeenMs ?? 0), usualMs },
    sources: track.evictedUntil === undefined ? names : undefined,
    isProven: ofProven !== undefined,
  };
}
