/** What an agent's state is counted as. */
import { describe, expect, it } from 'vitest';
import { StateSizes, sayState } from './state-sizes.ts';

describe('sizes of state', () => {
  it('are of keys and values, work in hand apart; what is a partition’s is nobody’s', () => {
    const sizes = new StateSizes();
    sizes.add(
      [
        ['a|one|volume|call_rate', { n: 1 }],
        ['a|one|context|chain', 1],
        ['a|two|instruction', 12],
        ['a|two|gone', undefined],
        ['seen|event-1', 1],
      ],
      0,
    );
    const report = sizes.report();
    expect(report.agents).toBe(2);
    expect(report.kinds.map(({ kind, in_hand, bytes }) => [kind, in_hand, bytes])).toEqual([
      ['volume call_rate', false, 29],
      ['context', true, 20],
      ['instruction', false, 19],
    ]);
    expect(report.known.most).toBe(29);
    expect(report.in_hand.most).toBe(20);
    expect(sayState(report)).toContain('2 agents');
  });
});
