/**
 * Whether a day is a quiet one: fewer tasks than a third of what is usual, as on weekends and holidays. The longest of
 * two tasks is hardly ever longer than the longest of the forty of all days, so such a day says nothing about a climb
 * (`record-bets.ts`), and who climbs while others work doesn't climb on it.
 *
 * Rejected: days of the week, which are not the same everywhere, and of which no holiday is one.
 */

/** What is kept of it. */
export interface Work {
  /** Tasks of today. */
  readonly tasks: number;
  /** A moving mean of days before. */
  readonly usual: number;
}

export const NO_WORK: Work = { tasks: 0, usual: 0 };

const QUIET_PART = 3;
/** Ten days: an agent that has less to do is soon as usual. */
const WEIGHT = 0.1;

export const isQuiet = ({ tasks, usual }: Work): boolean => tasks * QUIET_PART < usual;

/** With a call of today in a task: one of yesterday that goes on is work too. */
export function withTask(work: Work, isNew: boolean): Work {
  return isNew || work.tasks === 0 ? { ...work, tasks: work.tasks + 1 } : work;
}

/** Once the day is over. */
export function afterDay({ tasks, usual }: Work): Work {
  const moved = usual === 0 ? tasks : usual + WEIGHT * (tasks - usual);
  return { tasks: 0, usual: Math.round(moved * 10) / 10 };
}
