/**
 * The stage's clock and its numbered records. Time comes from watermarks alone: each source
 * partition has its own, and the stage's is the least of them, so that nothing falls due here that
 * a slower partition could still contradict. Numbers and times not above the last of a source are
 * repeats and are ignored.
 */
import { parseLogTime } from '@waywarden/schemas';
import type { Transaction } from '@waywarden/stage';

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

/** Whether a numbered record of this source is new; remembers it. */
export function acceptNumber(transaction: Transaction, source: string, seq: number): boolean {
  const state = transaction.get<ClockState>(KEY) ?? { sources: {} };
  const mark = state.sources[source] ?? NO_MARK;
  if (seq <= mark.seq) return false;
  transaction.put(KEY, { sources: { ...state.sources, [source]: { ...mark, seq } } });
  return true;
}

/** Moves one source's time; returns the stage's, in milliseconds, or undefined before the first. */
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

/** The least time of all sources; undefined while one of them has none. */
export function stageTime(transaction: Transaction): { ms: number; time: string } | undefined {
  const marks = Object.values(transaction.get<ClockState>(KEY)?.sources ?? {});
  let least: SourceMark | undefined;
  for (const mark of marks) if (least === undefined || mark.ms < least.ms) least = mark;
  return least === undefined || least.time === '' ? undefined : least;
}
