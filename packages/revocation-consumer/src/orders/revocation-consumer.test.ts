/** Guarantees: which orders a receiver believes, what they refuse and for how long, and what it says of itself. */
import { type Receipt, type RevocationCommand, TOPICS } from '@waywarden/schemas';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { expressMiddleware, fastifyHook } from '../http/middleware.ts';
import { FACTS, NOW, order, ReceiverBench, UUID, type Wire } from '../testing/receiver-bench.ts';

const bench = new ReceiverBench();
beforeEach(() => bench.open());
afterEach(() => bench.close());

/** Receipts of `count` commands; one that nothing refuses is given last, to know that all is read. */
async function answered(count: number): Promise<readonly Receipt[]> {
  const counted = async () => (await bench.receipts()).length;
  await expect.poll(counted, { timeout: 15_000 }).toBe(count);
  return bench.receipts();
}

test('an order is applied once, refuses its task alone, ends by itself and is taken back', async () => {
  const consumer = bench.start();
  await bench.give(order(1));
  await bench.give(order(1));
  await bench.give(order(2, { action: 'restore', restores: UUID(1), command_id: UUID(2) }));
  expect((await answered(2)).map((one) => one.state)).toEqual(['applied', 'applied']);
  expect(consumer.judge(FACTS).allowed).toBe(true);
  await bench.give(order(3));
  await answered(3);
  expect(consumer.judge(FACTS)).toMatchObject({ allowed: false, command: { sequence: 3 } });
  expect(consumer.judge({ ...FACTS, taskId: 'task-b' }).allowed).toBe(true);
  bench.nowMs = Date.parse('2026-11-24T10:00:00Z');
  expect(consumer.judge(FACTS).allowed).toBe(true);
});

describe('what is not signed for it, whole and new is refused, and answered to nobody', () => {
  test.each<[string, RevocationCommand, Wire]>([
    ['signature_unknown_key', order(5), { by: 'stranger' }],
    ['signature_wrong_topic', order(5), { topic: TOPICS.revocationReceipts.name }],
    ['signature_wrong_audience', order(5), { audience: 'waywarden:other' }],
    ['key_mismatch', order(5), { key: 'acme|agent-b' }],
    ['signature_forged', order(5), { cut: 100 }],
    ['replayed', order(1, { command_id: UUID(77) }), {}],
  ])('%s', async (reason, command, wire) => {
    const consumer = bench.start();
    await bench.give(order(4, { target: { ...order(4).target, task_id: 'task-c' } }));
    await bench.give(command, wire);
    await bench.give(order(6, { target: { ...order(6).target, task_id: 'task-c' } }));
    const all = await answered(2);
    expect(all.map((one) => one.command_id)).toEqual([UUID(4), UUID(6)]);
    expect(bench.refusals).toEqual([reason]);
    expect(consumer.judge(FACTS).allowed).toBe(true);
  });
});

test('a target that lacks its id, or an action that it can’t do, is unsupported and refuses nothing', async () => {
  const consumer = bench.start();
  await bench.give(
    order(1, { target: { level: 'task', tenant_id: 'acme', agent_uid: 'agent-a' } }),
  );
  await bench.give(
    order(2, {
      action: 'block_issuance',
      target: { level: 'agent', tenant_id: 'acme', agent_uid: 'agent-a' },
    }),
  );
  await bench.give(order(3, { expires_at: '2026-11-24T08:00:00Z' }));
  const states = (await answered(3)).map((one) => one.state);
  expect(states).toEqual(['unsupported', 'unsupported', 'expired']);
  expect(consumer.judge(FACTS).allowed).toBe(true);
});

test('a quarantined origin is refused for whoever uses it, where origins are known', async () => {
  const consumer = bench.start({ supports: ['quarantine_origin'] });
  const target = {
    level: 'origin',
    tenant_id: 'acme',
    agent_uid: 'agent-a',
    sender: 'x@evil.example',
  };
  await bench.give(order(1, { action: 'quarantine_origin', target }));
  await answered(1);
  const origins = ['x@evil.example'];
  expect(consumer.judge({ agentUid: 'agent-z', origins }).allowed).toBe(false);
  expect(consumer.judge({ agentUid: 'agent-z' }).allowed).toBe(true);
});

test('an old view lets pass or refuses, as it is told to, and says since when it is old', async () => {
  const consumer = bench.start({ whenStale: 'closed', staleMs: 1000 });
  expect(consumer.judge(FACTS)).toMatchObject({ allowed: false, stale: true });
  await bench.give(order(1, { target: { ...order(1).target, task_id: 'task-c' } }));
  await answered(1);
  expect(consumer.judge(FACTS)).toEqual({ allowed: true, stale: false, asOfMs: NOW });
  bench.nowMs = NOW + 1001;
  expect(consumer.judge(FACTS)).toEqual({ allowed: false, stale: true, asOfMs: NOW });
});

test('the middlewares answer 403 with the command, and let others pass', async () => {
  const consumer = bench.start();
  await bench.give(order(1));
  await answered(1);
  const sent: unknown[] = [];
  const answer = (code: number) => ({
    json: (body: unknown) => sent.push([code, body]),
    send: (body: unknown) => sent.push([code, body]),
  });
  const factsOf = (taskId: string) => ({ agentUid: 'agent-a', taskId });
  const bare = expressMiddleware(consumer, () => ({ agentUid: 'agent-a' }));
  const express = expressMiddleware(consumer, factsOf);
  let passed = 0;
  const next = () => {
    passed++;
  };
  express('task-a', { status: answer }, next);
  express('task-b', { status: answer }, next);
  const hook = fastifyHook(consumer, factsOf);
  await hook('task-a', { code: answer });
  expect(await hook('task-b', { code: answer })).toBeUndefined();
  bare('', { status: answer }, next);
  expect(passed).toBe(1);
  expect(sent).toMatchObject([
    [403, { error: 'access_revoked', command_id: UUID(1) }],
    [403, { error: 'access_revoked', command_id: UUID(1) }],
    [403, { error: 'fact_unknown', missing: ['taskId'] }],
  ]);
});

describe('asked whether access is gone', () => {
  const ask = (n: number) => order(n, { action: 'probe', probes: UUID(1) });

  test('answers what its probe found, and an order is not kept waiting by one that hangs', async () => {
    const found = { outcome: 'refused', method: 'call' } as const;
    let hangs = true;
    const probe = () =>
      hangs ? new Promise<typeof found>(() => undefined) : Promise.resolve(found);
    const consumer = bench.start({ probe });
    await bench.give(ask(1));
    await bench.give(order(2));
    const [first] = await answered(1);
    expect([first?.command_id, first?.probe]).toEqual([UUID(2), undefined]);
    hangs = false;
    await bench.give(ask(3));
    const [, second] = await answered(2);
    expect(second).toMatchObject({ command_id: UUID(3), state: 'applied', probe: found });
    expect(consumer.judge(FACTS).command?.command_id).toBe(UUID(2));
  });

  test('without a probe of its own it says so', async () => {
    bench.start();
    await bench.give(ask(1));
    expect((await answered(1))[0]?.state).toBe('unsupported');
  });

  test('above its pace it fails', async () => {
    const found = { outcome: 'open', method: 'call' } as const;
    bench.start({ probe: async () => found, probesPerMinute: 1 });
    await bench.give(ask(1));
    await bench.give(ask(2));
    const states = (await answered(2)).map((one) => `${one.command_id.at(-1)} ${one.state}`);
    expect(states.toSorted()).toEqual(['1 applied', '2 failed']);
  });
});
