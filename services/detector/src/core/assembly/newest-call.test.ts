/** Guarantees: calls that wait for the tables are found by whatever could ever follow from them. */
import { policySchema } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { Bench, idOf, step } from './testing/step-builder.ts';

const policy = policySchema.parse({
  version: 1,
  combinations: [
    {
      id: 'egress',
      severity: 'critical',
      steps: [
        { id: 'read', any: ['read:secret'] },
        { id: 'send', any: ['send:external'], after: ['read'], link: ['context', 'data_flow'] },
      ],
    },
  ],
});

const calls = {
  early: step({ id: 'early', agent: 'ann', at: 1, capabilities: ['send:external'] }),
  read: step({ id: 'read', agent: 'ann', at: 2, capabilities: ['read:secret'] }),
  again: step({ id: 'again', agent: 'ann', at: 3, capabilities: ['read:secret'] }),
  send: step({ id: 'send', agent: 'ann', at: 9, capabilities: ['send:external'] }),
};

function fed(...steps: readonly (keyof typeof calls)[]) {
  const bench = new Bench(policy);
  bench.feed(...steps.map((one) => calls[one]));
  return bench;
}

const tables = (bench: Bench) =>
  [...bench.draft.entries.keys()].filter((key) => key.includes('/symbol/'));

describe('the newest call of one agent', () => {
  it('writes no table while no call can have been the last of a combination', () => {
    expect(tables(fed('early', 'read', 'again'))).toEqual([]);
    expect(tables(fed('early', 'read', 'again', 'send'))).not.toEqual([]);
  });

  it('completes what others made possible, though it brings nothing that was not there', () => {
    const [alert] = fed('early', 'read', 'again', 'send').open();
    expect(alert?.assembly?.proof).toEqual(['read', 'send'].map(idOf));
  });

  it('is asked again when a call that leads to it comes late', () => {
    const [alert] = fed('send', 'again', 'read').open();
    expect(alert?.assembly?.proof).toEqual(['read', 'send'].map(idOf));
  });

  it('waits for nothing once another agent takes part', () => {
    const bench = fed('early', 'read', 'again');
    const other = { id: 'other', agent: 'bob', at: 8, capabilities: ['send:external'] };
    bench.feed(
      step({ ...other, args: { key: 'secret' } }),
      step({
        ...{ id: 'late', agent: 'ann', at: 4, capabilities: ['read:secret'] },
        result: { key: 'secret' },
      }),
    );
    expect(bench.open()[0]?.assembly?.proof).toEqual(['late', 'other'].map(idOf));
  });

  it('puts them into the tables, when so many wait that one call would be slow', () => {
    const bench = fed('early', 'read');
    for (let n = 0; n < 40; n += 1) {
      bench.feed(step({ id: `r${n}`, agent: 'ann', at: 10 + n, capabilities: ['read:secret'] }));
    }
    expect(tables(bench)).not.toEqual([]);
  });
});
