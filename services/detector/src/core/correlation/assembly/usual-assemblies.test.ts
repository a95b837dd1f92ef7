/** Guarantees of the rank that an assembly has by what its workflow usually does. */
import { readFileSync } from 'node:fs';
import { type PrivilegeStep, policySchema, registrySchema } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
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

/** Outside text, personal data, an outward message: one agent, in a chain of its own. */
function answered(n: number, over: Partial<PrivilegeStep> = {}): readonly PrivilegeStep[] {
  const own = { chain_id: `desk-${n}`, task_id: `desk-${n}` };
  const wire = { ...own, tool: { server: 'desk', name: 'reply' }, ...over };
  const of = { agent: 'desk', wire };
  const at = n * 1000;
  return [
    step({ id: `ticket-${n}`, at, capabilities: ['ingest:untrusted'], ...of }),
    step({ id: `customer-${n}`, at: at + 10, capabilities: ['read:personal'], ...of }),
    step({ id: `reply-${n}`, at: at + 20, capabilities: ['send:external'], ...of }),
  ];
}

describe('what the same agents complete alike again and again', () => {
  const queued = (bench: Bench, n: number, over: Partial<PrivilegeStep> = {}) =>
    bench.feed(...answered(n, over)).map((alert) => [alert.rule_id, alert.hygiene !== true]);
  const ALERT = [['lethal-trifecta', true]];
  const LISTED = [['lethal-trifecta', false]];

  function usual(): Bench {
    const bench = new Bench(policy);
    for (let n = 1; n <= USUAL_CHAINS_MIN; n += 1) expect(queued(bench, n)).toEqual(ALERT);
    return bench;
  }

  it('is listed from then on, with how often it was done', () => {
    const [alert] = usual().feed(...answered(50));
    expect(alert).toMatchObject({ hygiene: true, severity: 'high' });
    expect(alert?.summary).toContain(`alike in at least ${USUAL_CHAINS_MIN} pieces of work`);
  });

  it('is queued again with another agent, another last tool, or after 30 days', () => {
    const month = 31 * 86_400;
    expect(queued(usual(), 50, { agent_uid: 'stranger' })).toEqual(ALERT);
    expect(queued(usual(), 50, { tool: { server: 'files', name: 'upload' } })).toEqual(ALERT);
    expect(queued(usual(), month)).toEqual(ALERT);
    expect(queued(usual(), 50)).toEqual(LISTED);
  });

  it('is listed of another agent of the role, where one alone completes it', () => {
    const bench = new Bench(policy);
    const agents = ['desk', 'other desk'].map((uid) => ({ uid, class: 'assistive', role: 'desk' }));
    const roles = registrySchema.parse({ version: 1, agents });
    bench.decide({ ...declared, value: { ...value, registry: roles } });
    const of = { registry_version: 'r1' };
    for (let n = 1; n <= USUAL_CHAINS_MIN; n += 1) expect(queued(bench, n, of)).toEqual(ALERT);
    expect(queued(bench, 50, { ...of, agent_uid: 'other desk' })).toEqual(LISTED);
    expect(queued(bench, 51, { ...of, agent_uid: 'stranger' })).toEqual(ALERT);
  });

  it('stays queued where who did it is only asserted, and once a person found one right', () => {
    const asserted = new Bench(policy);
    for (let n = 1; n <= 2 * USUAL_CHAINS_MIN; n += 1) {
      expect(queued(asserted, n, { agent_assurance: 'asserted' })).toEqual(ALERT);
    }
    const bench = usual();
    const [listed] = bench.feed(...answered(50));
    const of = { kind: 'verdict', version: 'decision', seq: 9, tenant_id: TENANT } as const;
    const verdict = { ...of, alert_id: listed?.alert_id, agent_uid: 'desk' };
    const right = { ...verdict, verdict: 'true_positive', verdict_at: '2026-01-01T00:00:00Z' };
    bench.decide({ ...declared, value: right });
    expect(queued(bench, 51)).toEqual(ALERT);
  });
});
