/**
 * What is found in a small simulated fleet with the shortcut of `related.ts` is what is found without
 * it, where every call is asked about every other.
 */
import { readFileSync } from 'node:fs';
import { simulate } from '@waywarden/fleet-simulator';
import { inputEventSchema, policySchema, registrySchema } from '@waywarden/schemas';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import type { Call } from './call.ts';
import { completionsIn } from './completion.ts';
import { type Link, linksBetween } from './link.ts';
import { LinkTable } from './path.ts';
import { readCalls } from './read-call.ts';
import { limitsOf, streamOf } from './stream.ts';

const POLICY = new URL('../../../services/detector/policy/default.yaml', import.meta.url);
const policy = policySchema.parse(parse(readFileSync(POLICY, 'utf8')));

/** Every call is asked about every other. */
class AllPairs extends LinkTable {
  protected override linksInto(call: Call): readonly Link[] {
    return this.stream.calls.flatMap((other) => linksBetween(other, call, this.stream));
  }
}

const CALLS_MAX = 900;

it('every completion is found, and no other', () => {
  const plan = { scenario: 'assembly-only', seed: 'checker-3', agents: 34, days: 2 } as const;
  const simulation = simulate(plan);
  const events = [...simulation.lines()]
    .filter((line) => line.kind === 'event')
    .slice(0, CALLS_MAX)
    .map((line) => inputEventSchema.parse(JSON.parse(JSON.stringify(line.value))));
  const registry = registrySchema.parse(parse(simulation.registry));
  const calls = readCalls(events, { registry, policy, assurance: 'authenticated' });
  const stream = streamOf(calls, limitsOf(policy));
  const found = (table: LinkTable) =>
    completionsIn(table, { policy, registry }).found.map((one) => ({
      combination: one.combination,
      completer: one.completer.id,
      proofs: one.proofs.map((proof) => proof.calls.map((call) => call.id)),
    }));
  const all = found(new AllPairs(stream));
  expect(all.length).toBeGreaterThan(20);
  expect(found(new LinkTable(stream))).toEqual(all);
});
