/** Guarantees: whatever came before is found by the call that completes it, early or late. */
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

describe('the newest call of one agent', () => {
  it('completes what others made possible, though it brings nothing that was not there', () => {
    const [alert] = fed('early', 'read', 'again', 'send').open();
    expect(alert?.assembly?.proof).toEqual(['read', 'send'].map(idOf));
  });

  it('is asked again when a call that leads to it comes late', () => {
    const [alert] = fed('send', 'again', 'read').open();
    expect(alert?.assembly?.proof).toEqual(['read', 'send'].map(idOf));
  });

  it('is found where another agent sends what came late', () => {
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
});

const ties = policySchema.parse({
  version: 1,
  combinations: [
    {
      id: 'grant-then-use',
      severity: 'high',
      steps: [
        { id: 'grant', any: ['grant:access'] },
        { id: 'use', any: ['delete:data'], after: ['grant'], link: ['grantee'] },
      ],
    },
    {
      id: 'mint-and-use',
      severity: 'high',
      steps: [
        { id: 'mint', any: ['create:credential'] },
        { id: 'use', any: ['delete:data'], after: ['mint'], link: ['secret_use'] },
      ],
    },
  ],
});

describe('a grantee', () => {
  const grant = (grantee: string) =>
    step({
      ...{ id: 'grant', agent: 'ann', at: 1, capabilities: ['grant:access'] },
      wire: { grantee_uid: grantee },
    });
  const wipe = (wire: Parameters<typeof step>[0]['wire'] = {}) =>
    step({ id: 'wipe', agent: 'ann', at: 9, capabilities: ['delete:data'], wire });

  it('is found where the call acts for whom access was given to', () => {
    const bench = new Bench(ties);
    bench.feed(grant('dora'), wipe({ principal_uid: 'dora' }));
    expect(bench.open()[0]?.assembly?.proof).toEqual(['grant', 'wipe'].map(idOf));
  });

  it('is found when the second grant of a chain is the one that names it', () => {
    const bench = new Bench(ties);
    bench.feed(
      grant('dora'),
      step({
        ...{ id: 'again', agent: 'ann', at: 3, capabilities: ['grant:access'] },
        wire: { grantee_uid: 'bob' },
      }),
      step({ id: 'bob wipes', agent: 'bob', at: 300, capabilities: ['delete:data'] }),
    );
    expect(bench.open()[0]?.assembly?.proof).toEqual(['again', 'bob wipes'].map(idOf));
  });

  it('is found behind more grants than are named', () => {
    const bench = new Bench(ties);
    const many = Array.from({ length: 12 }, (_, n) =>
      step({
        ...{ id: `grant ${n}`, agent: 'ann', at: 1 + n, capabilities: ['grant:access'] },
        wire: { grantee_uid: `person ${n}` },
      }),
    );
    bench.feed(
      ...many,
      step({
        ...{ id: 'wipe', agent: 'ann', at: 90, capabilities: ['delete:data'] },
        wire: { principal_uid: 'person 11' },
      }),
    );
    expect(bench.open()[0]?.assembly?.proof).toEqual(['grant 11', 'wipe'].map(idOf));
  });
});
