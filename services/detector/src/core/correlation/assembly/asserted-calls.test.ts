/**
 * Guarantees: what is only asserted takes no room from a proven call of the same chain, ends no proven
 * request, and lends no value the provenance that an approval asks for.
 */
import { type PrivilegeStep, policySchema } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { type RequestedCall, reportsOf, withRequest } from './chain/open-chains.ts';
import { CHAIN_AGENTS_MAX, CHAIN_STEPS_MAX, REQUESTS_MAX } from './model/assembly-limits.ts';
import { Bench, idOf, type StepSketch, step } from './testing/step-builder.ts';

const policy = policySchema.parse({
  version: 1,
  combinations: [
    {
      id: 'egress',
      severity: 'critical',
      steps: [
        { id: 'read', any: ['read:secret'] },
        { id: 'send', any: ['send:external'], after: ['read'], link: ['data_flow'] },
      ],
      within: '24h',
    },
  ],
});

const asserted = (sketch: StepSketch): PrivilegeStep =>
  step({ ...sketch, wire: { agent_assurance: 'asserted', ...sketch.wire } });
const reads = { capabilities: ['read:secret'], result: { key: 'secret' } };
const read = step({ id: 'quiet', agent: 'vaulter', at: 0, ...reads });
const send = step({
  ...{ id: 'out', agent: 'mailer', at: 9000, capabilities: ['send:external'] },
  args: { key: 'secret' },
});

function proofAfter(...steps: readonly PrivilegeStep[]) {
  const bench = new Bench(policy);
  bench.feed(...steps);
  return bench.open()[0]?.assembly?.proof;
}

describe('a proven call', () => {
  it('stays in a full chain, whoever is said to have done as much and more', () => {
    const noise = Array.from({ length: CHAIN_STEPS_MAX + 500 }, (_, n) =>
      asserted({ id: `n${n}`, agent: n % 2 ? 'vaulter' : `noise ${n % 200}`, at: 1 + n, ...reads }),
    );
    // The same read twice, so that the older is the first that its agent would give up.
    const again = step({
      ...{ id: 'again', agent: 'vaulter', at: 1 },
      capabilities: ['read:secret'],
    });
    expect(proofAfter(read, again, ...noise, send)).toEqual([idOf('quiet'), idOf('out')]);
  });

  it('is found by its value though many are said to have had it before', () => {
    const noise = Array.from({ length: 100 }, (_, n) =>
      asserted({ id: `n${n}`, agent: 'noisy', at: n - 200, ...reads }),
    );
    expect(proofAfter(...noise, read, send)).toEqual([idOf('quiet'), idOf('out')]);
  });

  it('of one agent more is kept in a chain that is full of agents who are only said to be there', () => {
    const crowd = Array.from({ length: CHAIN_AGENTS_MAX }, (_, n) =>
      asserted({ id: `n${n}`, agent: `noise ${n}`, at: n, capabilities: ['read:secret'] }),
    );
    expect(proofAfter(...crowd, read, send)).toEqual([idOf('quiet'), idOf('out')]);
  });
});

describe('a proven request', () => {
  const ask = (id: string, at: number) => ({ id, agent: 'mailer', at, wire: { call_uid: id } });

  it('is ended by what is proven, and not by what is said', () => {
    const request = step(ask('one', 0));
    expect(reportsOf(step(ask('one', 5)), request)).toBe(true);
    expect(reportsOf(step(ask('two', 5)), request)).toBe(false);
    const said = step({ ...ask('one', 5), wire: { call_uid: 'one', agent_assurance: 'asserted' } });
    expect(reportsOf(said, request)).toBe(false);
    expect(reportsOf(said, said)).toBe(true);
    expect(reportsOf(request, said)).toBe(true);
  });

  it('finds room among any number that are only said', () => {
    let calls: readonly RequestedCall[] = [];
    for (let n = 0; n < 2 * REQUESTS_MAX; n += 1) {
      const wire = { call_uid: `n${n}`, agent_assurance: 'asserted' } as const;
      calls = withRequest(calls, step({ id: `n${n}`, agent: 'noisy', at: n, wire })).calls;
    }
    const late = step(ask('late', 9000));
    expect(withRequest(calls, late).calls.map(({ wire }) => wire.event_id)).toContain(idOf('late'));
    expect(withRequest(calls, late).refused).toBe(0);
  });
});
