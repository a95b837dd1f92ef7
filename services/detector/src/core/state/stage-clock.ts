/**
 * The stage's clock: the least of its source partitions' watermarks. Numbers and times not above a source's last
 * are ignored.
 */
import { type AuditEvent, epochMs, parseLogTime, shiftTime } from '@waywarden/schemas';
import type { Transaction } from '@waywarden/stage';
import { CLOCK_SKEW_MAX_MS } from '../domain/day.ts';
import { knownOf, storeKnown } from './agent/agent-key.ts';

interface SourceMark {
  readonly seq: number;
  readonly ms: number;
  readonly time: string;
}

interface ClockState {
  readonly sources: Readonly<Record<string, SourceMark>>;
}

const KEY = 'clock';
const NO_MARK: SourceMark = { seq: 0, ms: Number.MIN_SAFE_INTEGER, time: '' };

export function acceptNumber(transaction: Transaction, source: string, seq: number): boolean {
  const state = transaction.get<ClockState>(KEY) ?? { sources: {} };
  const mark = state.sources[source] ?? NO_MARK;
  if (seq <= mark.seq) return false;
  transaction.put(KEY, { sources: { ...state.sources, [source]: { ...mark, seq } } });
  return true;
}

/** In milliseconds; undefined before the first. */
export function advanceClock(
  transaction: Transaction,
  source: string,
  time: string,
): number | undefined {
  const state = transaction.get<ClockState>(KEY) ?? { sources: {} };
  const mark = state.sources[source] ?? NO_MARK;
  const ms = parseLogTime(time)?.ms;
  if (ms !== undefined && ms > mark.ms) {
    transaction.put(KEY, { sources: { ...state.sources, [source]: { ...mark, ms, time } } });
  }
  return stageTime(transaction)?.ms;
}

export function stageTime(transaction: Transaction): { ms: number; time: string } | undefined {
  const marks = Object.values(transaction.get<ClockState>(KEY)?.sources ?? {});
  let least: SourceMark | undefined;
  for (const mark of marks) if (least === undefined || mark.ms < least.ms) least = mark;
  return least === undefined || least.time === '' ? undefined : least;
}

/**
 * The clock of one agent: its latest log time, capped by ingest's time plus skew, so that no source can expire
 * state from the future.
 */
export function agentClockOf(transaction: Transaction, event: AuditEvent): string | undefined {
  return knownOf<string>(transaction, event, 'clock');
}

export function advanceAgentClock(
  transaction: Transaction,
  event: AuditEvent,
  before: string | undefined = agentClockOf(transaction, event),
): string {
  const lead = epochMs(event.event_time) - epochMs(event.observed_time);
  const logTime =
    lead > CLOCK_SKEW_MAX_MS ? shiftTime(event.observed_time, CLOCK_SKEW_MAX_MS) : event.event_time;
  if (before !== undefined && epochMs(before) >= epochMs(logTime)) return before;
  storeKnown(transaction, event, 'clock', logTime);
  return logTime;
}
