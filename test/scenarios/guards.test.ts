/**
 * What holds an enforced rule back, through the real stages of the responder: every guard leaves a
 * decision that names it, and what is left in force instead is the mildest thing that still asks.
 */
import type { Alert } from '@waywarden/schemas';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  anAlert,
  anAssembly,
  RULE,
  TENANT,
} from '../../services/responder/src/testing/response-fixtures.ts';
import { ContainmentWorld, type Published } from './containment-world.ts';

const MINUTE_MS = 60_000;
const GATEWAY = [{ id: 'gateway' }];

let world: ContainmentWorld;
beforeEach(async () => {
  world = await ContainmentWorld.open();
});
afterEach(async () => {
  await world.close();
});

async function decided(alerts: readonly Alert[], published: Published = {}): Promise<void> {
  await world.publish(GATEWAY, {}, published);
  await world.start();
  for (const alert of alerts) await world.alert(alert);
  await world.settle();
}

const actions = async () => (await world.commands()).map((one) => one.action).toSorted();
const reasons = async () => (await world.decisions()).map((one) => one.withheld_reason);

describe('nothing is revoked, and the decision says which guard it was:', () => {
  const shared = {
    action: 'revoke_token',
    target: { level: 'task', tenant_id: TENANT, agent_uid: 'agent-a', task_id: 'task-a' },
    stops: 'it',
    collateral: ['task other'],
  };
  test.each<[string, Partial<Alert>, Published]>([
    ['rule_in_shadow', {}, { rules: [{ ...RULE, mode: 'shadow' }] }],
    ['claim_only_asserted', { decisive_assurance: 'asserted' }, {}],
    ['capability_inferred', { assembly: anAssembly({ caveats: ['capability_inferred'] }) }, {}],
    ['order_undetermined', { assembly: anAssembly({ caveats: ['order_undetermined'] }) }, {}],
    ['proof_not_minimal', { assembly: anAssembly({ proof_minimal: false }) }, {}],
    ['bystanders_affected', { assembly: anAssembly({ cut: [shared] }) }, {}],
    ['never_revoke', {}, { agents: [{ uid: 'agent-a', never_revoke: true }] }],
    ['target_incomplete', { subject: { agent_uid: 'agent-a' } }, {}],
    ['not_evaluable', { evaluable: false }, {}],
  ])('%s', async (reason, over, published) => {
    await decided([anAlert('a', over)], published);
    expect(await world.commands()).toEqual([]);
    expect(await reasons()).toEqual([reason]);
  });
});

test('the budget degrades at its number and not before, and leaves the other rule armed', async () => {
  const noisy = ['a', 'b', 'c', 'd', 'e'].map((name) => anAlert(name));
  const other = anAlert('f', { kind: 'privilege_assembly' });
  const rules = [RULE, { ...RULE, id: 'assembly', when: { kind: ['privilege_assembly'] } }];
  const agents = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => ({ uid: `agent-${name}` }));
  await decided([...noisy, other], { rules, agents, limits: { subjects: 3 } });
  const byRule = (await world.decisions()).map((one) => [one.rule_id, one.withheld_reason]);
  const count = (rule: string, reason: string | null) =>
    byRule.filter(([id, why]) => id === rule && why === reason).length;
  expect(count('hijack-task', null)).toBe(3);
  expect(count('hijack-task', 'budget_exceeded')).toBe(2);
  expect(count('assembly', null)).toBe(1);
  const degraded = (await actions()).filter((action) => action === 'require_step_up');
  expect(degraded).toHaveLength(2);
});

test('one poisoned page is quarantined once for 60 victims, and they keep their tokens', async () => {
  const origins = [{ resource_id: 'page-1' }];
  const victims = Array.from({ length: 60 }, (_, n) => anAlert(`v${n}`, { origins }));
  await decided(victims);
  const given = await actions();
  const count = (action: string) => given.filter((one) => one === action).length;
  expect(count('quarantine_origin')).toBe(1);
  expect(count('revoke_token')).toBe(1);
  expect(count('require_step_up')).toBe(59);
});

describe('in a blackout a person is asked first', () => {
  const blackout = ['tue 08:00-10:00'];
  const agents = (over: object) => [{ uid: 'agent-a', blackout, ...over }];

  test('and when nobody answers on the wall’s clock, the class says what follows', async () => {
    await decided([anAlert('a')], { agents: agents({ class: 'autonomous' }) });
    expect(await actions()).toEqual(['require_step_up']);
    await world.wall(14 * MINUTE_MS);
    expect(await actions()).toEqual(['require_step_up']);
    await world.wall(16 * MINUTE_MS);
    expect(await actions()).toEqual(['require_step_up', 'revoke_token']);
  });

  test('a scheduled job is left at the step-up', async () => {
    await decided([anAlert('a')], { agents: agents({ class: 'scheduled_job' }) });
    await world.wall(16 * MINUTE_MS);
    expect(await actions()).toEqual(['require_step_up']);
    expect(await reasons()).toEqual(expect.arrayContaining(['blackout', 'left_at_step_up']));
  });
});

describe('a global pause', () => {
  const started = async () => {
    const operators = ['ana', 'ben'].map((uid) => world.operator(uid));
    await decided([], { operators });
  };

  test('takes two people with keys of their own, holds everything back, and ends by two', async () => {
    await started();
    expect(await world.act('pause', 'ana')).toBeUndefined();
    expect(await world.act('pause', 'ben')).toBeUndefined();
    await world.settle();
    await world.alert(anAlert('a'));
    await world.settle();
    expect(await world.commands()).toEqual([]);
    expect((await reasons()).at(-1)).toBe('enforcement_paused');
    await world.act('resume', 'ana');
    await world.act('resume', 'ben');
    await world.settle();
    await world.alert(anAlert('b'));
    await world.settle();
    expect(await actions()).toEqual(['revoke_token']);
  });

  test('is refused under another’s name, by a stranger, and long after it was signed', async () => {
    await started();
    expect(await world.act('pause', 'ben', { signer: 'ana' })).toBe('signature_unknown_key');
    expect(await world.act('pause', 'eve')).toBe('operator_without_key');
    expect(await world.act('pause', 'ana', { at: '2026-11-24T11:00:00Z' })).toBe('act_too_old');
    await world.act('pause', 'ana');
    await world.settle();
    await world.alert(anAlert('a'));
    await world.settle();
    expect(await actions()).toEqual(['revoke_token']);
  });
});

test('one key under two names is nobody: it would agree with itself', async () => {
  const [ana, eve] = [world.operator('ana'), world.operator('eve')];
  const { kid: _, ...bare } = eve.key as Readonly<Record<string, unknown>>;
  const operators = [ana, eve, { uid: 'mallory', key: { ...bare, kid: 'another' } }];
  await decided([], { operators });
  expect(await world.act('pause', 'eve')).toBe('operator_key_shared');
  expect(await world.act('pause', 'mallory', { signer: 'eve' })).toBe('operator_key_shared');
  expect(await world.act('pause', 'ana')).toBeUndefined();
});

describe('the end of a task', () => {
  const end = (assurance: 'authenticated' | 'asserted') => ({
    activity: 'task_end' as const,
    agent: { uid: 'agent-a', assurance, uid_source: 'token' as const },
  });
  const started = () => decided([], { task_end: { mode: 'enforce' } });

  test('takes what is left of its access, once what was begun has had its time', async () => {
    await started();
    await world.event('agent-a', 1000, end('authenticated'));
    await world.settle();
    await world.time(MINUTE_MS);
    await world.settle();
    expect(await world.commands()).toEqual([]);
    await world.time(3 * MINUTE_MS);
    await world.settle();
    const [command] = await world.commands();
    expect(command?.target).toMatchObject({ level: 'task', task_id: 'task-a' });
  });

  test('that is forged takes nothing', async () => {
    await started();
    await world.event('agent-a', 1000, end('asserted'));
    await world.settle();
    await world.time(3 * MINUTE_MS);
    await world.settle();
    expect(await world.commands()).toEqual([]);
    expect(await reasons()).toEqual(['claim_only_asserted']);
  });
});
