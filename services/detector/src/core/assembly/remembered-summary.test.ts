/** Guarantees: what is remembered of a call changes nothing that is told or concluded, and goes when it must. */
import { type PrivilegeLink, TOPICS } from '@waywarden/schemas';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Call, call, policy } from '../testing/cross-chain-calls.ts';
import { MemoryPipeline } from '../testing/memory-pipeline.ts';

const CANS = ['ingest:untrusted', 'read:personal', 'read:secret', 'send:external', undefined];
const VALUES = ['v1', 'v2', 'v3'];
const some = fc.subarray(VALUES, { maxLength: 2 });

const calls = fc
  .array(
    fc.record({
      agent: fc.constantFrom('ann', 'bob'),
      chain: fc.constantFrom('a', 'b', 'c'),
      can: fc.constantFrom(...CANS),
      args: some,
      result: some,
      at: fc.nat(90),
    }),
    { minLength: 6, maxLength: 14 },
  )
  .map((all) => all.map((one, n): Call => ({ ...one, n: n + 1 })));

/** Everything that the stages said and kept, with a restart before each record or without. */
function worked(all: readonly Call[], restarts: boolean) {
  const pipeline = new MemoryPipeline(policy);
  pipeline.send(...all.map(call));
  while (pipeline.work(0)) if (restarts) pipeline.assembly.draft.readAnew();
  return JSON.stringify([pipeline.alerts, [...pipeline.assembly.draft.entries]]);
}

describe('what leads to a call', () => {
  it('is told and concluded the same, whether the process has been there all the time or not', () => {
    fc.assert(
      fc.property(calls, (all) => {
        expect(worked(all, false)).toBe(worked(all, true));
      }),
      { numRuns: 20 },
    );
  });

  it('is found anew when a late call of its chain turns out to lead there', () => {
    const made = { n: 5, agent: 'ann', chain: 'a', can: 'read:personal', result: ['v1'] };
    const use = (n: number, chain: string) => ({
      ...{ n, agent: 'bob', chain, can: 'send:external', args: ['v1'] },
    });
    const late = { n: 2, agent: 'ann', chain: 'a', can: 'ingest:untrusted' };
    const pipeline = new MemoryPipeline(policy);
    const told: PrivilegeLink[] = [];
    pipeline.onRecord = (topic, value) => {
      if (topic === TOPICS.privilegeLinks.name) told.push(value as PrivilegeLink);
    };
    for (const one of [made, use(6, 'b'), use(7, 'c'), late, use(8, 'd')]) {
      pipeline.sendAll([call(one)]);
    }
    const callsTo = (chain: string) =>
      told.filter((link) => link.chain_id === chain && link.calls !== undefined).at(-1)?.calls;
    for (const chain of ['b', 'c', 'd']) expect(callsTo(chain)).toHaveLength(2);
  });
});
