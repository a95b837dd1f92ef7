/** A place is made an agent's own by work from there, and not by what is denied to whoever calls from it. */
import { expect, it } from 'vitest';
import { isStranger, isUnheardOf, PLACES_MAX, type Place, visited } from './known-places.ts';

const DAY_MS = 86_400_000;
const own: readonly Place[] = [['10.1.0.0/16']];
const there = (day: number, isVoid: boolean) =>
  ({ name: '10.9.0.0/16', ms: day * DAY_MS, distance: 'near', isGranted: false, isVoid }) as const;
const after = (days: readonly (readonly [day: number, isVoid: boolean])[]) =>
  days.reduce((places, [day, isVoid]) => visited(places, there(day, isVoid)), own);
const isStrange = (places: readonly Place[]) => isStranger(places, '10.9.0.0/16');

it('settles by work and not by denied calls, which are counted', () => {
  const denied = after(Array.from({ length: 60 }, (_, day) => [100 + day, true] as const));
  expect(isStrange(denied)).toBe(true);
  expect(denied[1]?.[2]).toBe(60);
  // The days of work begin with the work.
  expect(isStrange(visited(denied, there(160, false)))).toBe(true);
  expect(isStrange(after([100, 101, 103].map((day) => [day, false] as const)))).toBe(false);
  expect(isStrange(after([100, 101, 103].map((day) => [day, day > 100] as const)))).toBe(true);
});

it('is not granted by a denied call while the agent has no history', () => {
  const first = { ...there(100, true), isGranted: true };
  expect(visited([], first)).toEqual([]);
  expect(visited([], { ...first, isVoid: false })).toEqual([['10.9.0.0/16']]);
});

it('is not unheard of beside as many others as are remembered, unless what told of them was grave', () => {
  const told = (key: string): readonly Place[] =>
    Array.from({ length: PLACES_MAX }, (_, n) => [`10.${n}.0`, 0, 5, 5, 4, `${key}|${n}`] as const);
  const unheard = (places: readonly Place[]) => isUnheardOf(places, 500, (name) => name);
  expect(unheard(told('move'))).toBe(false);
  expect(unheard(told('move').slice(2))).toBe(true);
  expect(unheard(told('place'))).toBe(true);
});
