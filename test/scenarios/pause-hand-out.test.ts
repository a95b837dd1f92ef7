/**
 * A pause of enforcement is in force within seconds, also for orders that were given before it and that
 * a receiver has not been handed yet: over the real address, with the library that receivers use.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { type ResponderServer, startResponderServer } from '@waywarden/responder';
import {
  activeSigningKey,
  type RevocationCommand,
  signingKeyRing,
  TOPICS,
} from '@waywarden/schemas';
import { makeHealth } from '@waywarden/service-health';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  FileStateStore,
  HttpSource,
  RevocationConsumer,
} from '../../packages/revocation-consumer/src/index.ts';
import { DenyList } from '../../packages/revocation-consumer/src/orders/deny-list.ts';
import { LogSource } from '../../packages/revocation-consumer/src/orders/log-source.ts';
import { anAlert, at, TENANT } from '../../services/responder/src/testing/response-fixtures.ts';
import { ContainmentWorld } from './containment-world.ts';

const NOW = '2026-11-24T12:00:00.000Z';
const IDLE = new AbortController().signal;

let world: ContainmentWorld;
let server: ResponderServer;
let source: HttpSource;
let cursor: string | null;

beforeEach(async () => {
  world = await ContainmentWorld.open();
  const operators = ['ana', 'ben'].map((uid) => world.operator(uid));
  const agents = ['a', 'b', 'c', 'd'].map((one) => ({ uid: `agent-${one}`, class: 'autonomous' }));
  await world.publish([{ id: 'gateway' }], { expires: '12h' }, { operators, agents });
  await world.start();
  const { log, responder } = world;
  const commandKeys = signingKeyRing(world.keyFile('responder'));
  const where = { host: '127.0.0.1', port: 0, now: () => NOW };
  const health = makeHealth('responder');
  server = await startResponderServer({ log, responder, commandKeys, health, ...where });
  source = new HttpSource({
    ...{ url: server.url, receiver: 'gateway', tenantId: TENANT, waitSeconds: 0 },
    ...{ signingKey: activeSigningKey(world.keyFile('gateway')), nowMs: () => Date.parse(NOW) },
  });
  cursor = null;
});
afterEach(async () => {
  await server.stop();
  await world.close();
});

/** What the receiver is handed when it comes back, in short. */
async function handed(): Promise<readonly string[]> {
  const batch = await source.next(cursor, IDLE);
  cursor = batch.cursor;
  const commands = batch.records.map(
    ({ value }): RevocationCommand => JSON.parse(new TextDecoder().decode(value ?? undefined)),
  );
  return commands.map(({ action, target }) => `${action} ${target.agent_uid}`).toSorted();
}

async function ordered(...names: readonly string[]): Promise<readonly RevocationCommand[]> {
  for (const name of names) await world.alert(anAlert(name));
  await world.settle();
  const all = await world.commands();
  return names.flatMap((name) => all.filter(({ target }) => target.agent_uid === `agent-${name}`));
}

/** What status says of them: as many. */
async function waiting(): Promise<number> {
  const answer = await fetch(`${server.url}/v1/enforcement?tenant=${TENANT}`);
  return ((await answer.json()) as { waiting_for_resume: number }).waiting_for_resume;
}

async function both(act: 'pause' | 'resume'): Promise<void> {
  for (const by of ['ana', 'ben']) expect(await world.act(act, by)).toBeUndefined();
  await world.settle();
}

test('what was given before the pause and not handed out waits for its end, and is handed out once', async () => {
  await ordered('a');
  expect(await handed()).toEqual(['revoke_token agent-a']);
  const [order] = await ordered('b');
  if (order === undefined) throw new Error('An order was expected.');
  await both('pause');
  expect(await handed()).toEqual([]);
  expect(await handed()).toEqual([]);
  expect(await world.state(order)).toBe('issued');
  expect(await waiting()).toBe(1);
  await both('resume');
  expect(await waiting()).toBe(0);
  const before = cursor;
  expect(await handed()).toEqual(['revoke_token agent-b']);
  // Its answer was lost: that it arrived is not known from a cursor of before.
  cursor = before;
  expect(await handed()).toEqual(['revoke_token agent-b']);
  expect(await world.state(order)).toBe('issued');
  expect(await handed()).toEqual([]);
  expect(await world.state(order)).toBe('delivered');
});

test('what a person orders and takes back goes out behind it, and what was taken back is handed out no more', async () => {
  const [first] = await ordered('a');
  expect(await handed()).toEqual(['revoke_token agent-a']);
  const [inHand] = await ordered('b', 'c');
  if (first === undefined || inHand === undefined) throw new Error('Orders were expected.');
  await both('pause');
  expect(await handed()).toEqual([]);
  const target = { level: 'agent', tenant_id: TENANT, agent_uid: 'agent-d' };
  await world.act('order', 'ana', { action: 'disable_agent', target });
  await world.act('restore', 'ana', { order_id: first.command_id });
  await world.act('restore', 'ben', { order_id: inHand.command_id });
  await world.settle();
  expect(await handed()).toEqual(['disable_agent agent-d', 'restore agent-a', 'restore agent-b']);
  await both('resume');
  expect(await handed()).toEqual(['revoke_token agent-c']);
  expect(await handed()).toEqual([]);
});

test('what has ended meanwhile is not handed out after it', async () => {
  await ordered('a');
  expect(await handed()).toEqual(['revoke_token agent-a']);
  const ended = '2026-11-23T09:00:00.000000000Z';
  await world.alert(anAlert('b', { detected_at: ended }));
  await world.settle();
  await both('pause');
  expect(await handed()).toEqual([]);
  await both('resume');
  expect(await handed()).toEqual([]);
});

describe('what of its agent has overtaken a held order', () => {
  /** As a receiver's list takes what it is handed, by number. */
  const list = new DenyList();
  async function applied(): Promise<readonly string[]> {
    const batch = await source.next(cursor, IDLE);
    cursor = batch.cursor;
    return batch.records
      .map(({ value }) => {
        const one: RevocationCommand = JSON.parse(new TextDecoder().decode(value ?? undefined));
        return `${one.action} ${list.apply(one, Date.parse(at(0))).state}`;
      })
      .toSorted();
  }
  const refused = (taskId: string) =>
    list.refuses({ agentUid: 'agent-a', taskId }, Date.parse(at(0)))?.action;

  test('does not lose it: it is given once more behind that, and holds', async () => {
    const target = { level: 'task', tenant_id: TENANT, agent_uid: 'agent-a', task_id: 'other' };
    // What its receiver has spoken of stands, whatever comes behind it.
    const [spoken] = await ordered('b');
    if (spoken === undefined) throw new Error('An order was expected.');
    await world.receipt(spoken, 'gateway');
    await world.settle();
    expect(await handed()).toEqual(['revoke_token agent-b']);
    await ordered('a');
    await both('pause');
    const ofB = { level: 'agent', tenant_id: TENANT, agent_uid: 'agent-b' };
    await world.act('order', 'ana', { action: 'disable_agent', target: ofB });
    await world.act('order', 'ben', { action: 'revoke_token', target });
    await world.settle();
    expect(await applied()).toEqual(['disable_agent applied', 'revoke_token applied']);
    expect([refused('other'), refused('task-a')]).toEqual(['revoke_token', undefined]);
    await both('resume');
    expect(await applied()).toEqual(['restore applied', 'revoke_token applied']);
    expect([refused('other'), refused('task-a')]).toEqual(['revoke_token', 'revoke_token']);
    const all = (await world.commands()).filter(({ target: { task_id: id } }) => id === 'task-a');
    const [first, again] = all.filter((one) => one.action === 'revoke_token');
    if (first === undefined || again === undefined) throw new Error('Orders were expected.');
    expect([again.target, again.expires_at]).toEqual([first.target, first.expires_at]);
    const decision = (await world.decisions()).at(-1);
    expect(decision).toMatchObject({ follows: { command_id: first.command_id } });
    expect(await world.state(again)).toBe('issued');
  });
});

test('a receiver that reads the log itself holds it too, and carries it out afterwards', async () => {
  const [before] = await ordered('a');
  if (before === undefined) throw new Error('An order was expected.');
  await both('pause');
  const target = { level: 'agent', tenant_id: TENANT, agent_uid: 'agent-d' };
  await world.act('order', 'ana', { action: 'disable_agent', target });
  await world.settle();
  const applied: string[] = [];
  const log = new LogSource(world.log);
  // It would close the world's.
  log.close = () => Promise.resolve();
  const refused: string[] = [];
  const consumer = new RevocationConsumer({
    ...{ source: log, receiver: 'gateway', tenantId: TENANT, nowMs: () => Date.parse(at(1000)) },
    store: new FileStateStore(join(world.folder, 'gateway-state.json')),
    signingKey: activeSigningKey(world.keyFile('gateway')),
    commandKeys: signingKeyRing(world.keyFile('responder')),
    onApplied: ({ action }) => applied.push(action),
    onRefused: (reason) => refused.push(reason),
  });
  consumer.start();
  try {
    await expect.poll(() => applied, { timeout: 15_000 }).toEqual(['disable_agent']);
    expect(consumer.judge({ agentUid: 'agent-a', taskId: 'task-a' }).allowed).toBe(true);
    // Nobody is silent who was given nothing, and HTTP hands out no notice.
    expect(await handed()).toEqual(['disable_agent agent-d']);
    await both('resume');
    await expect
      .poll(() => applied, { timeout: 15_000 })
      .toEqual(['disable_agent', 'revoke_token']);
    expect(consumer.judge({ agentUid: 'agent-a', taskId: 'task-a' }).allowed).toBe(false);
    expect(refused).toEqual([]);
  } finally {
    await consumer.stop();
  }
});

test('a responder whose state was lost is paused as receivers were told last', async () => {
  await both('pause');
  await world.stop();
  const { name } = TOPICS.responseJournal;
  await world.log.createTopics([{ name, partitions: 1, retention: { ageMs: 1000 } }]);
  await world.log.shorten({ nowMs: Date.now() + 86_400_000 });
  expect((await world.log.startOffsets(name))[0]).toBeGreaterThan(0);
  rmSync(join(world.folder, 'state', 'response'), { recursive: true });
  await world.start();
  await world.settle();
  expect(world.responder.containments.pauseOf(TENANT)).toMatchObject({
    ...{ paused: true, by: ['ana', 'ben'] },
  });
  await world.publish([{ id: 'gateway' }], { expires: '12h' });
  await ordered('d');
  expect(await world.commands()).toEqual([]);
});
