/** How a day of an agent's tasks that goes on is stored, as one list, and read as earlier versions stored it. */
import { type DayRows, NO_DAY, NO_OTHERS, type OtherRows } from '../volume/day-rows.ts';
import { NO_WORK, type Work } from '../volume/quiet-days.ts';

export interface DayInHand {
  readonly today: DayRows;
  /** How many tasks it has, and how many are usual. */
  readonly work: Work;
  /** Of the days since the latest declared change. */
  readonly others: OtherRows;
}

/** Versions until 1.66.0 stored the longest row alone, those until 1.103.0 nothing of other rows. */
export type StoredDay =
  | number
  | readonly [
      longest: number,
      tasks: number,
      usual: number,
      calls?: number,
      rows?: number,
      others?: number,
      repeats?: number,
    ];

export function toStoredDay({ today, work, others }: DayInHand): StoredDay {
  const { longest, calls, rows } = today;
  return [longest, work.tasks, work.usual, calls, rows, others[0], others[1]];
}

export function fromStoredDay(stored: StoredDay): DayInHand {
  if (typeof stored === 'number') {
    return { today: { ...NO_DAY, longest: stored }, work: NO_WORK, others: NO_OTHERS };
  }
  const [longest, tasks, usual, calls = 0, rows = 0, others = 0, repeats = 0] = stored;
  return { today: { longest, calls, rows }, work: { tasks, usual }, others: [others, repeats] };
}
