/** What of a source's running numbers did not arrive, and what is no loss. */
import { expect, it } from 'vitest';
import { SourceNumbers } from './source-numbers.ts';

const START_MS = Date.parse('2026-01-05T09:00:00Z');
const timeAt = (minute: number) => new Date(START_MS + minute * 60_000).toISOString();

/** Told by the last of these numbers, one a minute unless another time is given. */
function told(...seen: readonly (number | readonly [seq: number, minute: number])[]) {
  const numbers = new SourceNumbers();
  let last: unknown;
  seen.forEach((one, at) => {
    const [seq, minute] = typeof one === 'number' ? [one, at] : one;
    last = numbers.note('gateway-1', seq, timeAt(minute));
  });
  return last;
}
const upTo = (n: number) => Array.from({ length: n }, (_, at) => at + 1);

it('says how many did not come, and between which times', () => {
  expect(told(...upTo(10), [31, 20])).toEqual({
    numbers: 20,
    since: '2026-01-05T09:09:00.000000000Z',
    until: '2026-01-05T09:20:00.000000000Z',
  });
});

it('says nothing while none is missing, or while it may be on its way', () => {
  expect(told(...upTo(10))).toBeUndefined();
  expect(told([1, 0], [3, 1])).toBeUndefined();
  expect(told([1, 0], [3, 1], [4, 3])).toMatchObject({ numbers: 1 });
});

it('takes what comes late for no loss, and says how much of it is missing still', () => {
  expect(told(1, 2, [6, 9], [4, 5])).toMatchObject({ numbers: 2 });
  expect(told(1, 2, [6, 9], [4, 5], [3, 5], [5, 5])).toBeUndefined();
});

it('forgets a loss after a day', () => {
  expect(told(1, 2, [9, 60], [10, 1400])).toMatchObject({ numbers: 6 });
  expect(told(1, 2, [9, 60], [10, 1501])).toBeUndefined();
});

it('counts anew where a source starts again, and not where it sends again', () => {
  expect(told(...upTo(40), [1, 60], [2, 61], [4, 70])).toMatchObject({ numbers: 1 });
  expect(told(...upTo(40), [20, 19], [21, 20], [41, 60])).toBeUndefined();
});

it('says nothing of a source whose numbers are not one after the other', () => {
  const shared = Array.from({ length: 60 }, (_, at) => 1 + 2 * at);
  expect(told(...shared)).toBeUndefined();
  const spread = Array.from({ length: 60 }, (_, at) => 1 + 997 * at);
  expect(told(...spread)).toBeUndefined();
});

it('tells an outage of a source that numbers densely, however long', () => {
  expect(told(...upTo(60), [100_000, 70])).toMatchObject({ numbers: 99_939 });
});

it('keeps few holes, and loses none of what is missing', () => {
  const holes = Array.from({ length: 40 }, (_, at) => [1 + 4 * at, 2 + 4 * at, 3 + 4 * at]).flat();
  expect(told(...holes)).toMatchObject({ numbers: 39 });
});
