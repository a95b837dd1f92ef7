/** Guarantee: work counts as under way while calls of it may not have been reported yet. */
import { expect, it } from 'vitest';
import { isUnderWay, LINEAGE_REPORTED_EVERY_MS } from './holder.ts';

const DAY_MS = 86_400_000;
const NOW_MS = 10 * DAY_MS;
const silentFor = (ms: number, endedMs?: number) => ({
  ...{ sinceMs: 0, lastMs: NOW_MS - ms },
  ...(endedMs === undefined ? {} : { endedMs }),
});

it.each([
  ['seen an hour ago', silentFor(3_600_000), true],
  ['silent for a day', silentFor(DAY_MS), false],
  ['ended an hour ago', silentFor(3_600_000, NOW_MS - 3_600_000), false],
  ['ended a moment ago', silentFor(LINEAGE_REPORTED_EVERY_MS - 1, NOW_MS - 1), true],
  ['seen after its end', silentFor(3_600_000, NOW_MS - 2 * 3_600_000), true],
])('%s', (_, run, isOpen) => {
  expect(isUnderWay(run, NOW_MS)).toBe(isOpen);
});
