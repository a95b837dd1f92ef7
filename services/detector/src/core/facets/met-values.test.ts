import { shortPrint } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { toDigits } from '../kept/print-table.ts';
import { countedIn, eachMet, type Met, metOnceMore, VALUES_PER_AGENT_MAX } from './met-values.ts';

const printOf = (n: number) => shortPrint(`value-${n}`);

/** With this value once more, as a facet keeps it. */
function more(met: Met | undefined, n: number, times = 1): Met {
  let now = met;
  for (let at = 0; at < times; at += 1) {
    const print = printOf(n);
    now = metOnceMore(now, { print, day: 7, declined: '', ...countedIn(now, print) });
  }
  if (now === undefined) throw new Error('nothing was met');
  return now;
}
const countsOf = (met: Met) => eachMet(met).map(([, count]) => count);

describe('values that an agent had', () => {
  it('have one digit each while none came more than 63 times, however many calls there were', () => {
    let met: Met | undefined;
    for (let n = 0; n < VALUES_PER_AGENT_MAX * 2; n += 1) met = more(met, n % 96, 30);
    expect(met?.[0]).toBe(96 * 60);
    expect(met?.[3]).toHaveLength(1 + VALUES_PER_AGENT_MAX * 12);
    expect(countsOf(met as Met)).toEqual(new Array(96).fill(60));
  });

  it('have as many as the largest needs, and are counted on', () => {
    let met = more(undefined, 1, 63);
    met = more(met, 2, 3);
    expect(met[3]).toHaveLength(1 + 2 * 12);
    met = more(met, 1);
    expect([met[3].length, countsOf(met)]).toEqual([1 + 2 * 13, [64, 3]]);
    met = more(more(met, 1, 4095 - 64), 2);
    expect([met[3].length, countsOf(met)]).toEqual([1 + 2 * 13, [4095, 4]]);
    met = more(met, 1);
    expect([met[3].length, countsOf(met)]).toEqual([1 + 2 * 14, [4096, 4]]);
    expect(countsOf(more(more(met, 3), 2))).toEqual([4096, 5, 1]);
  });

  it.each([
    ['1.91.0', 50, '.', 1],
    ['1.91.0', 500, '.', 2],
    ['1.91.0', 5000, '.', 3],
    ['1.73.0', 500, '', 3],
  ])('that %s kept are the same and counted on, of %i calls', (_, n, mark, digits) => {
    const table = [3, 40].map((count, at) => printOf(at) + toDigits(count, digits)).join('');
    const met: Met = [n, 2, 7, mark + table];
    expect(countsOf(met)).toEqual([3, 40]);
    expect(countedIn(met, printOf(1)).count).toBe(40);
    const after = more(met, 1);
    expect(countsOf(after)).toEqual([3, 41]);
    expect(after[3]).toHaveLength(1 + 2 * 12);
    expect(countsOf(more(met, 5))).toEqual([3, 40, 1]);
  });
});
