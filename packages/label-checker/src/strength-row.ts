/**
 * What the table of strengths (docs/benchmarks-fleet.md) is read with: a row has one cell for each
 * strength, a measure tells what differs from the cell that a label names.
 */
import { dayOf, tasksOf } from './attack-day.ts';
import type { Scene } from './behavior-scene.ts';

export const STRENGTHS = ['weak', 'medium', 'strong'] as const;
export type Strength = (typeof STRENGTHS)[number];
export type Row<T> = Readonly<Record<Strength, T>>;
export type Measure = (scene: Scene, strength: Strength) => readonly string[];

export const unlike = (what: string, is: unknown, wanted: unknown): readonly string[] =>
  is === wanted ? [] : [`${what}: ${String(is)}, by the table ${String(wanted)}`];

/** So many events a task, one task a day, at most so many days. */
export function tasksOfDays(
  scene: Scene,
  { events, daysMax }: { readonly events: number; readonly daysMax: number },
): readonly string[] {
  const tasks = tasksOf(scene.own);
  const days = new Set(tasks.map((task) => dayOf(task.events[0])));
  const odd = tasks.filter((task) => task.events.length !== events);
  return [
    ...odd.map(
      (task) => `task ${task.id} has ${task.events.length} events, by the table ${events}`,
    ),
    ...unlike('tasks', tasks.length, days.size),
    ...(days.size > daysMax ? [`${days.size} days, by the table at most ${daysMax}`] : []),
  ];
}
