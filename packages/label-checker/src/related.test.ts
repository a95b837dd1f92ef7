/** The shortcut of `related` leaves out no link: held against every pair of calls of random streams. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { callOfExample } from './example-calls.ts';
import { type Link, linksBetween } from './link.ts';
import { LinkTable } from './path.ts';
import { streamOf } from './stream.ts';

const LIMITS = {
  chainsMax: 8,
  horizonMs: 604_800_000,
  hopsMax: 6,
  skewMs: 120_000,
  bulkRecords: 500,
};
const few = fc.constantFrom('x', 'y', 'z');
const maybe = fc.option(few, { nil: undefined });
const values = fc.dictionary(few, fc.constantFrom('secret', 'email'), { maxKeys: 2 });

const one = fc.record({
  agent: few,
  at: fc.integer({ min: 0, max: 400 }),
  symbol: fc.constantFrom('read:secret', 'create:credential', 'grant:access', 'write:data'),
  outcome: fc.constantFrom('success' as const, 'denied' as const),
  args: values,
  result: values,
  object: maybe,
  handsTo: maybe,
  parent: maybe,
  ref: maybe,
  credential: maybe,
  parentCredential: maybe,
  secret: maybe,
  grantee: maybe,
  chain: few,
  trace: maybe,
});
type Given = typeof one extends fc.Arbitrary<infer T> ? T : never;
const calls = fc.array(one, { minLength: 2, maxLength: 8 });

function check(given: readonly Given[]): void {
  const made = given.map((one, at) => ({
    ...callOfExample({
      id: ['x', 'y', 'z'][at] ?? `c${at}`,
      agent: one.agent,
      at: one.at,
      capabilities: [one.symbol],
      outcome: one.outcome,
      args: one.args,
      result: one.result,
      object: one.object,
      hands_to: one.handsTo,
      parent_agent: one.parent,
      credential: one.credential,
      parent_credential: one.parentCredential,
      credential_value: one.secret,
      scopes: ['*'],
      grantee: one.grantee,
    }),
    delegationRefs: one.ref === undefined ? [] : [one.ref],
    chain: one.chain,
    task: one.chain,
    rootKeys: [
      { rank: 0, key: one.chain, proven: at % 2 === 0 },
      { rank: 2, key: `trace ${one.trace}`, proven: true },
    ],
  }));
  const stream = streamOf(made, LIMITS);
  const table = new LinkTable(stream);
  for (const call of stream.calls) {
    const all = stream.calls.flatMap((other) => linksBetween(other, call, stream));
    const found = table.into(call);
    const names = (links: readonly Link[]) =>
      links.map((link) => `${link.from.id} ${link.kind} ${link.needs?.id}`).sort();
    expect(names(found)).toEqual(names(all));
  }
}

it('every link is found by it', () => {
  fc.assert(fc.property(calls, check), { seed: 20_261_124, numRuns: 300 });
});
