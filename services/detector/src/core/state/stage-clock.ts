/**
 * The stage's clock: the least of its source partitions' watermarks. Numbers and times not above a source's last
 * are ignored.
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
