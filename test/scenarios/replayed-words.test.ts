/**
 * What was signed within one second and put there once more changes nothing: neither rules that were
 * replaced nor a receiver's word that it has taken back come into force again.
 */
import { TOPICS } from '@waywarden/schemas';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { anAlert } from '../../services/responder/src/testing/response-fixtures.ts';
import { ContainmentWorld } from './containment-world.ts';

const AGENTS = ['agent-a', 'agent-b'].map((uid) => ({ uid, class: 'autonomous' }));
const GATEWAY = [{ id: 'gateway' }];

let world: ContainmentWorld;

beforeEach(async () => {
  world = await ContainmentWorld.open();
});
afterEach(() => world.close());

test('a policy that was replaced in the same second by the clock', async () => {
  await world.publish(GATEWAY, { mode: 'enforce' }, { agents: AGENTS });
  const records = await world.all(TOPICS.registry.name);
  const first = records.filter(({ key }) => key?.includes('policy')).at(-1);
  if (first === undefined) throw new Error('A policy was expected.');
  await world.publish(GATEWAY, { mode: 'shadow' }, { agents: AGENTS });
  await world.start();
  const { topic, key, value, headers } = first;
  await world.log.append([{ topic, key, value, headers }]);
  await world.settle();
  await world.alert(anAlert('b'));
  await world.settle();
  expect((await world.decisions()).map(({ mode }) => mode)).toEqual(['shadow']);
  expect(await world.commands()).toEqual([]);
});

test('a receipt of the second in which its receiver said otherwise', async () => {
  await world.publish(GATEWAY, {}, { agents: AGENTS });
  await world.start();
  await world.alert(anAlert('a'));
  await world.settle();
  const command = await world.command('revoke_token');
  const applied = await world.receipt(command, 'gateway');
  await world.receipt(command, 'gateway', { state: 'failed' });
  await world.settle();
  expect(await world.state(command)).toBe('failed');
  await world.log.append([applied]);
  await world.settle();
  expect(await world.state(command)).toBe('failed');
});
