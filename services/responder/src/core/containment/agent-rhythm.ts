/**
 * An agent's pauses and sources. Usual is the longest pause of the last days: an agent sets its own pace, and a
 * mean would let bursts shorten it. Asserted calls count apart.
 */
import { epochMs } from '@waywarden/schemas';
import type { Transaction } from '@waywarden/stage';

const DAY_MS = 86_400_000;
const DAYS_MAX = 8;
/** With fewer, not one night was seen. */
const INTERVALS_MIN = 20;
const SEEN_MIN_MS = DAY_MS;
/** Records take their time too. */
const USUAL_MIN_MS = 60_000;
/** Where nobody can say what is usual. */
const UNKNOWN_MIN_MS = 5_000;

const SOURCES_MAX = 8;
/** In calls. */
const SOURCE_STORED_CALLS = 64;

interface SeenSource {
  readonly name: string;
  readonly call: number;
}

/** Days since 1970. */
type Day = readonly [day: number, longestMs: number, intervals: number];

interface Track {
  /** By the source's clock. */
  readonly lastMs: number;
  readonly sinceMs?: number;
  /** Earliest first. */
  readonly days?: readonly Day[];
  readonly intervals: number;
  readonly source: string;
  readonly sources?: readonly SeenSource[];
  /** More sources than are told apart. */
  readonly evictedUntil?: number;
}

interface Rhythm extends Track {
  readonly lastSeenMs?: number;
  readonly proven?: Track;
}

const rhythmKey = (tenantId: string, agentUid: string) => `rhythm|${tenantId}|${agentUid}`;

export interface UsualRhythm {
  readonly lastMs: number;
  readonly usualMs: number;
  readonly sources: readonly string[] | undefined;
  readonly isProven: boolean;
}

export interface SeenCall {
  readonly tenantId: string;
  readonly agentUid: string;
  readonly time: string;
  readonly lastSeenAt: string;
  readonly source: string;
  readonly isProven: boolean;
}

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
  // Records of two gateways may cross.
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
  const atMs = Math.min(epochMs(call.time), receivedMs);
  const known = transaction.get<Rhythm>(key);
  const all = advanced(known, atMs, source);
  const proven = isProven ? advanced(known?.proven, atMs, source) : known?.proven;
  const lastSeenMs = Math.max(known?.lastSeenMs ?? 0, receivedMs);
  if (all === known && proven === known.proven && lastSeenMs === known.lastSeenMs) return;
  transaction.put(key, { ...all, lastSeenMs, ...(proven === undefined ? {} : { proven }) });
}

/** Undefined: not seen for long enough. */
function usualOf({ days = [], sinceMs, lastMs }: Track): number | undefined {
  const intervals = days.reduce((sum, [, , count]) => sum + count, 0);
  if (sinceMs === undefined || lastMs - sinceMs < SEEN_MIN_MS) return undefined;
  if (intervals < INTERVALS_MIN) return undefined;
  return Math.max(USUAL_MIN_MS, ...days.map(([, longestMs]) => longestMs));
}

function longestOf({ days = [] }: Track): number {
  return Math.max(UNKNOWN_MIN_MS, ...days.map(([, longestMs]) => longestMs));
}

/** Undefined: not seen in this partition. */
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
