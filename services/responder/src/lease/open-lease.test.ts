import { expect, it } from 'vitest';
import { wakingClock } from './open-lease.ts';

it('counts the sleep of a machine, and goes on while the wall clock is set back', () => {
  let [monotonic, wall] = [100, 5_000];
  const now = wakingClock(
    () => monotonic,
    () => wall,
  );
  [monotonic, wall] = [200, 5_100];
  expect(now()).toBe(100);
  [monotonic, wall] = [210, 65_110];
  expect(now()).toBe(60_110);
  [monotonic, wall] = [1_210, 1_000];
  expect(now()).toBe(61_110);
});
