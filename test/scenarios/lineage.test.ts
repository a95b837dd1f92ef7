/**
 * Lineage from real events: what the live stream shows of who handed access on is kept, told with each
 * decision, and an order reaches it, also where it becomes known only after the order was given.
 */
import type { AuditEvent } from '@waywarden/schemas';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { anAlert } from '../../services/responder/src/testing/response-fixtures.ts';
import { ContainmentWorld } from './containment-world.ts';

const NAMES = ['agent-a', 'agent-b', 'agent-c', 'agent-d'];
const AGENTS = NAMES.map((uid) => ({ uid, class: 'autonomous' }));
const ALERT = anAlert('a', { subject: { agent_uid: 'agent-a', task_id: 'work' } });

let world: ContainmentWorld;
beforeEach(async () => {
  world = await ContainmentWorld.open();
  await world.publish([{ id: 'gateway' }], {}, { agents: AGENTS });
  await world.start();
});
afterEach(async () => {
  await world.close();
});

/** A call of the agent at this place of the chain, in the one task, acting for all before it. */
function called(place: number, ms: number): Promise<AuditEvent> {
  const chain = NAMES.slice(0, place).map((uid) => ({ agent_uid: uid, ref: `${uid}-hands-on` }));
  const parent = NAMES[place - 1];
  return world.event(NAMES[place] ?? '', ms, {
    task: { id: 'work', workflow: 'invoices' },
    credential: { uid: `token-${place}` },
    principal: { uid: 'alice@acme.example', type: 'human' },
    ...(parent === undefined ? {} : { delegation: { parent_agent_uid: parent, chain } }),
    ...(place === 2 ? { approval: { mode: 'human', by: 'bob@acme.example' } } : {}),
  });
}

const ordered = async () =>
  (await world.commands()).map((one) => `${one.action} ${one.target.agent_uid}`).toSorted();
const ALL = NAMES.map((uid) => `revoke_token ${uid}`);

test('a revocation reaches over three delegations, and each decision says from whom it came', async () => {
  for (const place of NAMES.keys()) await called(place, place * 100);
  await world.settle();
  await world.alert(ALERT);
  await world.settle();
  expect(await ordered()).toEqual(ALL);
  const last = (await world.decisions()).find((one) => one.agent_uid === 'agent-d');
  expect(last?.lineage?.words).toBe(
    'agent-d acts in task work (invoices) for agent-c, who acts for agent-b, who acts for agent-a; alice@acme.example asked for it; approved by bob@acme.example.',
  );
});

test('delegates that show themselves after the order are reached then', async () => {
  await called(0, 0);
  await world.alert(ALERT);
  await world.settle();
  expect(await ordered()).toEqual(ALL.slice(0, 1));
  for (const place of [3, 1, 2]) await called(place, place * 100);
  await world.settle();
  expect(await ordered()).toEqual(ALL);
});

test('a stop between event and order loses nothing, and nobody is ordered about twice', async () => {
  for (const place of NAMES.keys()) await called(place, place * 100);
  await world.settle();
  await world.stop();
  await world.start();
  await world.alert(ALERT);
  await called(3, 1000);
  await world.settle();
  expect(await ordered()).toEqual(ALL);
});
