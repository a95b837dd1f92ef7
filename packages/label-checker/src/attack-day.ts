/** Days and tasks of an attack, as the table of strengths counts them. */
import { DAY_MS, isCall, type Reported } from './behavior-scene.ts';

/** "Days are calendar days (UTC)": the number of days since 1970. */
export const dayOf = (told: Reported | undefined): number =>
  Math.floor((told?.timeMs ?? 0) / DAY_MS);

export interface Task {
  readonly id: string;
  readonly events: readonly Reported[];
}

/** Tasks in the order in which they begin. */
export function tasksOf(events: readonly Reported[]): readonly Task[] {
  const tasks = new Map<string, Reported[]>();
  for (const told of events) {
    const id = told.event.task?.id;
    if (id !== undefined) tasks.set(id, [...(tasks.get(id) ?? []), told]);
  }
  return [...tasks].map(([id, ofTask]) => ({ id, events: ofTask }));
}

/** "working days have at least half of a usual day's work: no weekend and no `holiday`." */
export function workingDays(all: readonly Reported[]): ReadonlySet<number> {
  const calls = new Map<number, number>();
  for (const told of all.filter(isCall)) calls.set(dayOf(told), (calls.get(dayOf(told)) ?? 0) + 1);
  const isWeekday = (day: number) => ![0, 6].includes(new Date(day * DAY_MS).getUTCDay());
  const weekdays = [...calls].filter(([day]) => isWeekday(day));
  const sorted = weekdays.map(([, count]) => count).sort((a, b) => a - b);
  const usual = sorted[Math.floor(sorted.length / 2)] ?? 0;
  return new Set(weekdays.filter(([, count]) => count >= usual / 2).map(([day]) => day));
}
