/** When a day is a quiet one. */
import { expect, it } from 'vitest';
import { afterDay, isQuiet, NO_WORK, type Work, withTask } from './quiet-days.ts';

const tasks = (work: Work, times: number): Work =>
  Array.from({ length: times }, () => true).reduce(withTask, work);
const after = (...days: readonly number[]): Work =>
  days.reduce((work, times) => afterDay(tasks(work, times)), NO_WORK);

it('is quiet with less than a third of the usual tasks, and none is while nothing is known', () => {
  expect(isQuiet(tasks(NO_WORK, 1))).toBe(false);
  const known = after(12, 12, 12);
  expect(known.usual).toBe(12);
  expect(isQuiet(tasks(known, 3))).toBe(true);
  expect(isQuiet(tasks(known, 4))).toBe(false);
});

it('is soon none where there is less to do for good', () => {
  const less = after(12, 12, ...new Array<number>(14).fill(3));
  expect(isQuiet(tasks(less, 3))).toBe(false);
});

it('counts tasks and not calls, and one of the day before that goes on', () => {
  const known = after(2, 2);
  const one = withTask(withTask(known, false), false);
  expect(one.tasks).toBe(1);
  expect(withTask(one, true).tasks).toBe(2);
});
