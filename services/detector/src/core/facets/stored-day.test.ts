/** What is stored of a day is read again, and what earlier versions stored is too. */
import { expect, it } from 'vitest';
import { fromStoredDay, toStoredDay } from './stored-day.ts';

it('is stored without loss', () => {
  const day = {
    today: { longest: 4, calls: 19, rows: 11 },
    work: { tasks: 3, usual: 4.5 },
    others: [120, 31],
  } as const;
  expect(fromStoredDay(toStoredDay(day))).toEqual(day);
});

it('is read as versions until 1.66.0 and 1.103.0 stored it: nothing is known of other rows', () => {
  expect(fromStoredDay(7)).toEqual({
    today: { longest: 7, calls: 0, rows: 0 },
    work: { tasks: 0, usual: 0 },
    others: [0, 0],
  });
  expect(fromStoredDay([7, 3, 4.5])).toEqual({
    today: { longest: 7, calls: 0, rows: 0 },
    work: { tasks: 3, usual: 4.5 },
    others: [0, 0],
  });
});
