/** What an agent's state is counted as. */
import { describe, expect, it } from 'vitest';
import { StateSizes, sayState } from './state-sizes.ts';

describe('sizes of state', () => {
  it('are of keys and values, work in hand apart; what is a partition’s is nobody’s', () => {
    const sizes = new StateSizes();
    sizes.add(
      [
        ['a|acme|one|volume|call_rate', { n: 1 }],
        ['a|acme|one|context|chain', 1],
        ['a|acme|two|instruction', 12],
        ['a|acme|two|gone', undefined],
        ['seen|event-1', 1],
      ],
      'acme',
      0,
    );
    const report = sizes.report();
    expect(report.agents).toBe(2);
    expect(report.kinds.map(({ kind, in_hand, bytes }) => [kind, in_hand, bytes])).toEqual([
      ['volume call_rate', false, 34],
      ['context', true, 25],
      ['instruction', false, 24],
    ]);
    expect(report.known.most).toBe(34);
    expect(report.in_hand.most).toBe(25);
    expect(sayState(report)).toContain('2 agents');
  });
});
