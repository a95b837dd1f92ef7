/** Every shipped combination's own examples: what fires must fire with exactly its proof and kind. */
import { readFileSync } from 'node:fs';
import { combinationExampleSchema, policySchema, registrySchema } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { completionsIn } from './completion.ts';
import { callOfExample } from './example-calls.ts';
import { LinkTable } from './path.ts';
import { limitsOf, streamOf } from './stream.ts';

const POLICY = new URL('../../../services/detector/policy/default.yaml', import.meta.url);
const policy = policySchema.parse(parse(readFileSync(POLICY, 'utf8')));
const registry = registrySchema.parse({ version: 1 });

function found(id: string, example: unknown) {
  const { steps } = combinationExampleSchema.parse(example);
  const combinations = policy.combinations.filter((one) => one.id === id);
  const stream = streamOf(steps.map(callOfExample), limitsOf(policy));
  return completionsIn(new LinkTable(stream), { policy: { ...policy, combinations }, registry })
    .found;
}

describe.each(policy.combinations.map((one) => [one.id, one] as const))('%s', (id, one) => {
  it('fires on its firing example, with exactly its proof and kind', () => {
    const expected = combinationExampleSchema.parse(one.examples?.fires);
    const [completion] = found(id, one.examples?.fires);
    expect(completion?.kinds).toEqual([expected.kind]);
    const proofs = completion?.proofs.map((proof) => proof.calls.map((call) => call.id));
    expect(proofs).toEqual([expected.proof]);
  });

  it('stays quiet on its quiet example', () => {
    expect(found(id, one.examples?.quiet)).toEqual([]);
  });
});
