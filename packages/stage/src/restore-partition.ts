/**
 * At which offset a restored partition goes on (`run-stage.ts` decides again from there): the stored one, or, without
 * state, the log's earliest record. What the log no longer held is a gap, stored so that status and alerts can say so.
 */
import type { Applied, EventLog } from '@waywarden/event-log';
import { HEADERS } from '@waywarden/schemas';
import type { LocalState } from './local-state.ts';
import type { Transaction } from './port.ts';

/** Under it the gaps of a space stand in its state. */
const HISTORY_KEY = '#history';
/** Kept of a partition; of more the oldest go. */
const GAPS_MAX = 20;

export interface HistoryGap {
  /** The offset that was due. */
  readonly missingFrom: number;
  /** The first offset that was there. */
  readonly beginsAt: number;
  /** Time of that record, RFC 3339; null when it says none or nothing is kept. */
  readonly beginsTime: string | null;
}

/** A gap and where it is. */
export interface PlacedGap extends HistoryGap {
  readonly stage: string;
  readonly topic: string;
  readonly partition: number;
}

/**
 * When what this partition's state knows begins; undefined when it knows all that there ever was.
 */
export function historyBegins(transaction: Transaction): string | undefined {
  const gaps = transaction.get<readonly HistoryGap[]>(HISTORY_KEY);
  return gaps?.at(-1)?.beginsTime ?? undefined;
}

/** For whoever makes a state anew from something else than the records that are gone. */
export function rememberGap(transaction: Transaction, gap: HistoryGap): void {
  const known = transaction.get<readonly HistoryGap[]>(HISTORY_KEY) ?? [];
  transaction.put(HISTORY_KEY, [...known, gap].slice(-GAPS_MAX));
}

/** The space of an input partition in the state of the stage `name`. */
export function stageSpace(
  name: string,
  topic: string,
  incarnation: string,
  partition: number,
): string {
  return `${name}/${topic}/${incarnation}/${partition}`;
}

export interface HistoryParts {
  readonly name: string;
  readonly log: EventLog;
  readonly state: LocalState;
  readonly events?: { historyShortened?(gap: PlacedGap): void };
}

export class ResumePoint {
  readonly #parts: HistoryParts;
  /** By `topic/partition`. */
  readonly #gaps = new Map<string, readonly PlacedGap[]>();

  constructor(parts: HistoryParts) {
    this.#parts = parts;
  }

  all(): readonly PlacedGap[] {
    return [...this.#gaps.values()].flat();
  }

  /** Where the state says, or where the log begins if that is later: then it is kept and told. */
  async startAt(space: string, topic: string, partition: number): Promise<number> {
    const { log, name: stage, state, events } = this.#parts;
    const { nextOffset, marks } = state.progress<Record<string, Applied>>(space, {});
    const transaction = state.transaction(space);
    const known = transaction.get<readonly HistoryGap[]>(HISTORY_KEY) ?? [];
    const start = (await log.startOffsets(topic))[partition] ?? 0;
    const place = { stage, topic, partition };
    const remember = (gaps: readonly HistoryGap[]) =>
      this.#gaps.set(
        `${topic}/${partition}`,
        gaps.map((gap) => ({ ...gap, ...place })),
      );
    remember(known);
    if (nextOffset >= start) return nextOffset;
    const [first] = await log.read(topic, partition, start, 1);
    const beginsTime = first?.headers[HEADERS.ceTime] ?? first?.headers[HEADERS.producedAt] ?? null;
    const gap = { missingFrom: nextOffset, beginsAt: start, beginsTime };
    const gaps = [...known, gap].slice(-GAPS_MAX);
    transaction.put(HISTORY_KEY, gaps);
    transaction.keep();
    await state.commit(space, { nextOffset: start, marks });
    remember(gaps);
    events?.historyShortened?.({ ...gap, ...place });
    return start;
  }
}
