/** Guarantees of the rank that an assembly has by what its workflow usually does. */
import { readFileSync } from 'node:fs';
import { type PrivilegeStep, policySchema, registrySchema } from '@waywarden/schemas';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { Bench, step, stepRecord, TENANT } from './testing/step-builder.ts';
import { USUAL_CHAINS_MIN } from './usual-assemblies.ts';

const file = new URL('../../../../policy/default.yaml', import.meta.url);
const policy = policySchema.parse(parse(readFileSync(file, 'utf8')));
const registry = registrySchema.parse({ version: 1, agents: [], workflows: [{ name: 'triage' }] });

/** Outside text, a hand-over, a shell: in a chain of their own. */
function handed(n: number, over: Partial<PrivilegeStep> = {}): readonly PrivilegeStep[] {
  const wire = {
    ...{ chain_id: `chain-${n}`, task_id: `task-${n}` },
    ...{ workflow: 'triage', registry_version: 'r1', ...over },
  };
  const at = n * 1000;
  const hand = { activity: 'delegation', delegate_uid: 'builder', ...wire };
  const run = { parent_agent_uid: 'triage', ...wire };
  return [
    step({ id: `in-${n}`, agent: 'triage', at, capabilities: ['ingest:untrusted'], wire }),
    step({ id: `hand-${n}`, agent: 'triage', at: at + 1, wire: hand }),
    step({
      id: `run-${n}`,
      agent: 'builder',
      at: at + 300,
      capabilities: ['exec:shell'],
      wire: run,
    }),
  ];
}

const value = { kind: 'registry', seq: 2, tenant_id: TENANT, version: 'r1', registry };
const declared = { ...stepRecord(handed(0)[0] as PrivilegeStep), type: 'control', value } as const;

it('outside text that is handed to an agent with a shell is told of, the lower the more usual', () => {
  const bench = new Bench(policy);
  bench.decide(declared);
  const after = (n: number, over: Partial<PrivilegeStep> = {}) =>
    bench.feed(...handed(n, over)).map((alert) => [alert.rule_id, alert.severity]);
  const reportedAs = (severity: string) => [['untrusted-handed-to-exec', severity]];
  expect(after(0, { workflow: 'unknown' })).toEqual(reportedAs('low'));
  for (let n = 1; n <= USUAL_CHAINS_MIN; n += 1) expect(after(n)).toEqual(reportedAs('medium'));
  expect(after(9)).toEqual(reportedAs('low'));
});

it('is warned of beforehand only where it is rare for a known workflow', () => {
  const asked = (workflow: string) => {
    const bench = new Bench(policy);
    bench.decide(declared);
    const [text, hand, run] = handed(1, { workflow });
    if (text === undefined || hand === undefined || run === undefined) throw new Error('no calls');
    bench.feed(text, hand, { ...run, call_uid: 'c', exercise: 'requested', outcome: 'unknown' });
    return bench.open().map((alert) => alert.kind);
  };
  expect(asked('triage')).toEqual(['privilege_gap_closing']);
  expect(asked('unknown')).toEqual([]);
});
