/**
 * Guarantees of the gauge: a chain counts where one step is missing, what was done hangs together, and
 * somebody at hand is granted the rest, which its workflow does not usually do; and no longer when the
 * step comes or the chain ends.
 */
import { type PrivilegeStep, policySchema, registrySchema } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { assemblyCounters } from './model/stage-counters.ts';
import { Bench, type StepSketch, step, stepRecord, TENANT } from './testing/step-builder.ts';
import { USUAL_CHAINS_MIN } from './usual-assemblies.ts';

const policy = policySchema.parse({
  version: 1,
  combinations: [
    {
      id: 'two',
      severity: 'high',
      steps: [
        { id: 'read', any: ['read:secret'] },
        { id: 'send', any: ['send:external'], after: ['read'] },
      ],
      within: '24h',
    },
    {
      id: 'three',
      severity: 'high',
      steps: [
        { id: 'ingest', any: ['ingest:untrusted'] },
        { id: 'write', any: ['write:data'], after: ['ingest'], link: ['data_flow', 'delegation'] },
        { id: 'pay', any: ['initiate:payment'], after: ['write'] },
      ],
      within: '24h',
    },
  ],
});
const registry = registrySchema.parse({
  version: 1,
  agents: [
    { uid: 'mail-bot', grants: ['send:*'] },
    { uid: 'desk', grants: ['read:internal'] },
  ],
  workflows: [{ name: 'backup' }],
});

function after(...steps: readonly PrivilegeStep[]): number {
  return assemblyCounters(fed(...steps).transaction).gaps ?? 0;
}

function fed(...steps: readonly PrivilegeStep[]): Bench {
  const bench = new Bench(policy);
  bench.decide({
    ...stepRecord(step({ id: 'any', agent: 'any', at: 0 })),
    type: 'control',
    value: { kind: 'registry', seq: 2, tenant_id: TENANT, version: 'r1', registry },
  });
  bench.feed(...steps);
  return bench;
}

const call = (id: string, agent: string, at: number, can: string, more: Partial<StepSketch> = {}) =>
  step({ id, agent, at, capabilities: [can], ...more });
const delegating = (agent: string, at: number, to: string) =>
  step({
    id: `to ${to}`,
    agent,
    at,
    wire: { activity: 'delegation', delegate_uid: to, registry_version: 'r1' },
  });

const BOTH = ['read:secret', 'send:external'];

describe('a chain that lacks the one step that needs no link before it', () => {
  const read = (more: Partial<StepSketch> = {}) => call('read', 'vault', 0, 'read:secret', more);

  it('is at a gap where whoever made the other is granted it, until the step comes', () => {
    expect(after(read())).toBe(0);
    expect(after(read({ grants: null }))).toBe(0);
    expect(after(read({ grants: BOTH }))).toBe(1);
    const send = call('send', 'vault', 5, 'send:external', { grants: BOTH });
    expect(after(read({ grants: BOTH }), send)).toBe(0);
  });

  it('is at a gap where the work was handed to an agent that is granted it', () => {
    expect(after(read(), delegating('vault', 1, 'mail-bot'))).toBe(1);
    expect(after(read(), delegating('vault', 1, 'desk'))).toBe(0);
    expect(after(read(), delegating('vault', 1, 'somebody'))).toBe(0);
    // The first who is known to be granted anything is the one who was handed the work.
    const unknown = { ...delegating('vault', 1, 'mail-bot'), grants: null };
    expect(after(read({ grants: null }), unknown)).toBe(1);
  });

  it('is not where such an agent acts in it and nothing came to it', () => {
    const other = (wire: Partial<PrivilegeStep> = {}) =>
      call('look', 'mail-bot', 2, 'read:internal', { grants: ['read:internal', 'send:*'], wire });
    expect(after(read(), other())).toBe(0);
    expect(after(read(), other({ parent_agent_uid: 'vault' }))).toBe(1);
  });

  it('is not where its workflow completed the same in enough chains', () => {
    const of = (
      n: number,
    ): Pick<PrivilegeStep, 'workflow' | 'registry_version' | 'chain_id' | 'task_id'> => ({
      ...{ workflow: 'backup', registry_version: 'r1' },
      ...{ chain_id: `chain-${n}`, task_id: `task-${n}` },
    });
    const done = Array.from({ length: USUAL_CHAINS_MIN }, (_, n) => [
      call(`read ${n}`, 'vault', n * 100, 'read:secret', { grants: BOTH, wire: of(n) }),
      call(`send ${n}`, 'vault', n * 100 + 9, 'send:external', { grants: BOTH, wire: of(n) }),
    ]).flat();
    const next = (wire: Partial<PrivilegeStep>) =>
      call('read', 'vault', 900, 'read:secret', { grants: BOTH, wire });
    expect(after(...done, next(of(99)))).toBe(0);
    expect(after(...done, next({ ...of(99), workflow: 'else' }))).toBe(1);
  });
});

describe('a chain that lacks the last of three steps', () => {
  const grants = ['write:data', 'initiate:payment'];
  const ingest = call('ingest', 'web', 0, 'ingest:untrusted', { result: { order: 'url' } });
  const write = (more: Partial<StepSketch> = {}) =>
    call('write', 'clerk', 5, 'write:data', { grants, ...more });

  it('is at a gap once a link between the others holds, whichever was told first', () => {
    const linked = write({ args: { order: 'url' } });
    expect(after(ingest, write())).toBe(0);
    expect(after(ingest, linked)).toBe(1);
    expect(after(linked, ingest)).toBe(1);
    expect(after(ingest, write(), write({ id: 'again', at: 9, args: { order: 'url' } }))).toBe(1);
  });

  it('is not where nobody at hand may do the last', () => {
    expect(after(ingest, write({ args: { order: 'url' }, grants: ['write:data'] }))).toBe(0);
  });
});
