/** Guarantees: the cut weighs what it would break, by what the registry says of the agent. */
import {
  type PrivilegeStep,
  policySchema,
  registrySchema,
  targetProblems,
} from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { SECRET_TO_EGRESS } from '../testing/secret-to-egress.ts';
import { Bench, step, TENANT } from '../testing/step-builder.ts';

/** What stops `mailer`, of whom the registry says so much, by a call that carries so much. */
function stopOf(registered: object, wire: Partial<PrivilegeStep>) {
  const bench = new Bench(SECRET_TO_EGRESS);
  const agents = [{ uid: 'mailer', class: 'autonomous', ...registered }];
  const registry = registrySchema.parse({ version: 1, agents });
  const value = { kind: 'registry', seq: 2, tenant_id: TENANT, version: 'r1', registry };
  const place = { topic: 'waywarden.privilege.steps.v1', partition: 0, offset: 0, key: null };
  bench.decide({ ...place, type: 'control', value, source: 's/0' });
  const { task_id: _, ...send } = step({
    ...{ id: 'send', agent: 'mailer', at: 10, capabilities: ['send:external'] },
    args: { key: 'secret' },
    wire: { registry_version: 'r1' },
  });
  bench.feed(
    step({
      ...{ id: 'read', agent: 'vaulter', at: 0, capabilities: ['read:secret'] },
      result: { key: 'secret' },
      wire: { target: { resource_id: 'vault/key' } },
    }),
    { ...send, ...wire },
  );
  const assembly = bench.open()[0]?.assembly;
  const [cut] = assembly?.cut ?? [];
  if (cut === undefined) throw new Error('no cut');
  expect(targetProblems(cut.action, cut.target)).toEqual([]);
  // Whatever it is, it stops whoever completed it.
  expect(assembly?.cut_sound).toBe(true);
  return `${cut.action} ${cut.target.level}`;
}

describe('what is left behind', () => {
  const policy = policySchema.parse({
    version: 1,
    combinations: [
      {
        ...{ id: 'look', severity: 'high', within: '24h' },
        steps: [
          { id: 'read', any: ['read:directory', 'read:internal', 'read:personal'] },
          { id: 'run', any: ['browse:web'], after: ['read'] },
        ],
      },
    ],
  });
  const left = (symbol: string, records: number) => {
    const bench = new Bench(policy);
    const call = {
      id: 'read',
      agent: 'clerk',
      at: 0,
      capabilities: [symbol],
      result: { v: 'email' },
    };
    const next = { id: 'run', agent: 'runner', at: 10, capabilities: ['browse:web'] };
    bench.feed(step({ ...call, wire: { records } }), step({ ...next, args: { v: 'email' } }));
    return bench.open()[0]?.assembly?.residual_access.map((one) => one.what);
  };

  it('is no name of a directory, and what the whole house reads only in bulk', () => {
    expect(left('read:directory', 20_000)).toEqual([]);
    expect(left('read:internal', 499)).toEqual([]);
    expect(left('read:internal', 500)).toEqual(['data_read']);
    expect(left('read:personal', 1)).toEqual(['data_read']);
  });
});

const TASK = { task_id: 'task-1' };
const WIDE = { credential_uid: 'token-1', instance_uid: 'pod-1' };

describe('the cut', () => {
  it('takes the credential of an agent without a task, and of one that much depends on asks a person', () => {
    expect(stopOf({}, WIDE)).toBe('revoke_token credential');
    expect(stopOf({ criticality: 'high' }, WIDE)).toBe('require_step_up instance');
    expect(stopOf({ criticality: 'critical' }, { credential_uid: 'token-1' })).toBe(
      'require_step_up agent',
    );
  });

  it('stops one task of a critical agent all the same: nothing else breaks with it', () => {
    expect(stopOf({ criticality: 'critical' }, { ...TASK, ...WIDE })).toBe('revoke_token task');
  });

  it('breaks nothing off in a blackout of the agent, and does outside it', () => {
    const always = { blackout: ['mon-sun 00:00-23:59'] };
    expect(stopOf(always, { ...TASK, ...WIDE })).toBe('require_step_up task');
    expect(stopOf(always, WIDE)).toBe('require_step_up instance');
    expect(stopOf({ blackout: ['2020-01-01T00:00:00Z/2020-01-02T00:00:00Z'] }, TASK)).toBe(
      'revoke_token task',
    );
  });
});
