/** A receiver is handed no more than its declared rate, whatever it asks for and whoever crashed. */
import { expect, test } from 'vitest';
import { HandOutPace } from './hand-out-pace.ts';

function paced(rate: number | undefined) {
  let nowMs = 0;
  const pace = new HandOutPace({ rateOf: () => rate, clockMs: () => nowMs });
  /** Takes whatever there is room for, each `everyMs`, for so long. */
  const taken = (forMs: number, everyMs: number) => {
    let sum = 0;
    for (const until = nowMs + forMs; nowMs < until; nowMs += everyMs) {
      const room = pace.room('gateway');
      pace.spend('gateway', room);
      sum += room;
    }
    return sum;
  };
  return { pace, taken, wait: (ms: number) => (nowMs += ms) };
}

test.each([7, 50, 333])('asked each %d ms, it gets its rate and no more', (everyMs) => {
  const sum = paced(200).taken(10_000, everyMs);
  expect(sum).toBeLessThanOrEqual(2000);
  expect(sum).toBeGreaterThan(everyMs > 250 ? 1400 : 1900);
});

test('what it did not ask for is not saved up beyond a quarter of a second', () => {
  const { pace, wait } = paced(200);
  pace.room('gateway');
  wait(60_000);
  expect(pace.room('gateway')).toBe(50);
});

test('a rate below one a second still hands out, one by one', () => {
  expect(paced(0.5).taken(10_000, 100)).toBe(4);
});

test('without a declared rate it takes what it asks for', () => {
  expect(paced(undefined).pace.room('gateway')).toBe(Number.POSITIVE_INFINITY);
});
