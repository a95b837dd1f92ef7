/** What is guaranteed of moves of a workload's tokens: which are improbable of it. */
import { expect, it } from 'vitest';
import type { Place } from './known-places.ts';
import type { Found } from './token-found.ts';
import { improbableMoves } from './workload-places.ts';

const use = {
  ...{ token: 't', network: '198.51.100', client: 'curl/8', eventId: 'e' },
  ...{ at: '2026-01-05T09:00:00Z', assurance: 'authenticated' as const, host: '9' },
};
const moves: Found = {
  ...{ networkDistance: 'far', movedNetwork: true, movedClient: true, isOutside: true },
  isUsual: { network: false, client: false },
  ...{ anywhere: undefined, isTwofold: true, isUnseen: true, isUnheardOf: true },
};
const areas = (count: number) => Array.from({ length: count }, (_, n): Place => [`${20 + n}.0.0`]);

function judged(days: number, networks: readonly Place[], isSettled = true) {
  const kept = { networks, clients: areas(1), tokens: undefined, moves: [], days, day: days };
  const { movedNetwork, isTwofold } = improbableMoves(kept, use, { moves, isSettled });
  return [movedNetwork, isTwofold];
}

it.each([
  ['nine days in one area', 9, areas(1), [true, true]],
  ['eight days in one', 8, areas(1), [false, false]],
  ['a month in five', 30, areas(5), [false, false]],
  ['a year in as many as are remembered', 365, areas(16), [false, false]],
  ['one of its own', 30, [...areas(1), ['198.51.100'] as const], [false, false]],
  [
    'one to which it came since',
    30,
    [...areas(1), ['198.51.100', 1, 1, 1, 1] as const],
    [true, true],
  ],
] as const)('%s', (_, days, networks, expected) => {
  expect(judged(days, networks)).toEqual(expected);
});

it('is none before the places are known', () => {
  expect(judged(30, areas(1), false)).toEqual([false, false]);
});
