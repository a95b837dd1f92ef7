/** The shipped combinations: each one's examples are tests, and its catalogue entry is complete. */
import { readFileSync } from 'node:fs';
import { alertSchema, combinationExampleSchema, policySchema } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { concludeSteps, exampleStep, judgeExample } from '../../stages/example-steps.ts';

const file = new URL('../../../../policy/default.yaml', import.meta.url);
const policy = policySchema.parse(parse(readFileSync(file, 'utf8')));

it('are the eighteen', () => {
  expect(policy.combinations).toHaveLength(18);
  expect(policy.combinations.filter((one) => one.evaluable === false)).toEqual([]);
});

describe.each(policy.combinations.map((one) => [one.id, one] as const))(
  '%s',
  (_id, combination) => {
    const fires = combinationExampleSchema.parse(combination.examples?.fires);
    const quiet = combinationExampleSchema.parse(combination.examples?.quiet);
    const steps = fires.steps.flatMap((call) => exampleStep(call) ?? []);

    it('fires on its example with exactly the proof it names', () => {
      expect(fires.proof?.length).toBeGreaterThan(1);
      expect(judgeExample(policy, combination.id, fires, 'fires').problems).toEqual([]);
      const [alert, ...more] = concludeSteps({ ...policy, combinations: [combination] }, steps);
      expect(more).toEqual([]);
      expect(alert).toMatchObject({
        rule_id: combination.id,
        severity: combination.severity_usual ?? combination.severity,
      });
      expect(alert?.assembly).toMatchObject({ proof_minimal: true, caveats: [] });
      expect(alert?.assembly?.completed_by).toBe(fires.steps.at(-1)?.agent);
      expect(alertSchema.safeParse(alert).error).toBeUndefined();
    });

    it('is quiet on its quiet example', () => {
      expect(judgeExample(policy, combination.id, quiet, 'quiet').problems).toEqual([]);
      expect(quiet.why?.length).toBeGreaterThan(10);
    });

    it('is raised by no other combination, unless that one is complete in the example too', () => {
      const others = concludeSteps(policy, steps).map((alert) => alert.rule_id);
      expect(others).toContain(combination.id);
    });

    it('says why it is dangerous, and has a runbook and a taxonomy', () => {
      expect(combination.danger?.length).toBeGreaterThan(20);
      expect(combination.runbook?.length).toBeGreaterThan(20);
      expect(combination.taxonomy.owasp?.length).toBeGreaterThan(0);
    });
  },
);
