/** What an agent's state is counted as. */
import { describe, expect, it } from 'vitest';
import { StateSizes, sayState } from './state-sizes.ts';

describe('sizes of state', () => {
  it('are of keys and values, by agent and by what they are for; what is a partition’s is nobody’s', () => {
    const sizes = new StateSizes();
    sizes.add(
      [
        ['days|call_rate|acme|a|', { n: 1 }],
        ['instruction|acme|a|repeat|pay|x', 1],
        ['instruction|acme|b|id|y', 12],
        ['seen|event-1', 1],
      ],
      'acme',
      0,
    );
    const report = sizes.report();
    expect(report.agents).toBe(2);
    expect(report.kinds).toEqual([
      { kind: 'instruction repeat', bytes: 32 },
      { kind: 'days call_rate', bytes: 29 },
      { kind: 'instruction id', bytes: 25 },
    ]);
    expect(sayState(report)).toContain('instruction repeat 37 %');
  });
});
