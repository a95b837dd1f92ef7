import { expect, it } from 'vitest';
import { percentilesOf } from './hop-watch.ts';

it('takes the value at the rank, whatever the order, and says how many there were', () => {
  const values = Array.from({ length: 200 }, (_, at) => 200 - at);
  expect(percentilesOf(values)).toEqual({ n: 200, p50: 100, p99: 198, max: 200 });
  expect(percentilesOf([7])).toEqual({ n: 1, p50: 7, p99: 7, max: 7 });
  expect(percentilesOf([])).toEqual({ n: 0, p50: 0, p99: 0, max: 0 });
});
