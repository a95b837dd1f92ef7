/** The shipped combinations: each one's examples are tests, and its catalogue entry is complete. */
import { readFileSync } from 'node:fs';
import { alertSchema, type Combination, policySchema } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { Bench, idOf, type StepSketch, step } from './testing/step-builder.ts';

const file = new URL('../../../policy/default.yaml', import.meta.url);
const policy = policySchema.parse(parse(readFileSync(file, 'utf8')));

interface Example {
  readonly kind?: string;
  readonly proof?: readonly string[];
  readonly steps: readonly StepSketch[];
}

function example(combination: Combination, which: 'fires' | 'quiet'): Example {
  return combination.examples?.[which] as Example;
}

/** The others' conditions are not judged yet. */
const JUDGED = ['lethal-trifecta', 'secret-to-egress', 'untrusted-to-exec'];
const judged = policy.combinations.filter((one) => JUDGED.includes(one.id));

describe.each(judged.map((one) => [one.id, one] as const))('%s', (_id, combination) => {
  it('fires on its example with exactly the proof it names', () => {
    const { steps, kind, proof = [] } = example(combination, 'fires');
    const bench = new Bench({ ...policy, combinations: [combination] });
    bench.feed(...steps.map(step));
    const [alert, ...more] = bench.open();
    expect(more).toEqual([]);
    expect(alert?.kind).toBe(kind);
    expect(alert?.rule_id).toBe(combination.id);
    expect(alert?.severity).toBe(combination.severity);
    expect(alert?.assembly?.proof).toEqual(proof.map(idOf));
    expect(alert?.assembly?.proof_minimal).toBe(true);
    expect(alert?.assembly?.completed_by).toBe(steps.at(-1)?.agent);
    expect(alertSchema.safeParse(alert).error).toBeUndefined();
  });

  it('is quiet on its quiet example', () => {
    const bench = new Bench({ ...policy, combinations: [combination] });
    bench.feed(...example(combination, 'quiet').steps.map(step));
    expect(bench.alerts).toEqual([]);
  });

  it('has a runbook and a taxonomy', () => {
    expect(combination.runbook?.length).toBeGreaterThan(20);
    expect(combination.taxonomy.owasp?.length).toBeGreaterThan(0);
  });
});
