/** What a receiver believes, applies and answers, over the embedded log in Kafka's place. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LmdbLog, openLmdbLog } from '@waywarden/event-log/lmdb';
import {
  activeSigningKey,
  agentKey,
  HEADERS,
  loadOrCreateKeyFile,
  type Receipt,
  type RevocationCommand,
  signDetached,
  signingKeyRing,
  TOPICS,
} from '@waywarden/schemas';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ConsumerOptions } from './consumer-options.ts';
import { NOTHING } from './consumer-state.ts';
import { FileStateStore } from './file-state-store.ts';
import { LogSource } from './log-source.ts';
import { expressMiddleware, fastifyHook } from './middleware.ts';
import { RevocationConsumer } from './revocation-consumer.ts';

const NOW = Date.parse('2026-11-24T09:00:00Z');
const UUID = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const TOPIC = TOPICS.revocationCommands.name;
const FACTS = { agentUid: 'agent-a', taskId: 'task-a' };

let folder: string;
let log: LmdbLog;
let refusals: string[];
let consumer: RevocationConsumer | undefined;
let nowMs = NOW;

const file = (service: string) =>
  loadOrCreateKeyFile(join(folder, `${service}.json`), { service, uses: ['sign'], createdAt: '' });

function order(sequence: number, over: Partial<RevocationCommand> = {}): RevocationCommand {
  return {
    command_id: UUID(sequence),
    containment_id: UUID(sequence),
    tenant_id: 'acme',
    sequence,
    incident_id: UUID(900),
    alert_ids: [UUID(901)],
    issued_at: '2026-11-24T09:00:00Z',
    expires_at: '2026-11-24T10:00:00Z',
    action: 'revoke_token',
    target: { level: 'task', tenant_id: 'acme', agent_uid: 'agent-a', task_id: 'task-a' },
    receivers: ['gateway'],
    audience: 'waywarden:acme',
    drain: 'cancel',
    severity: 'high',
    confidence: null,
    initiating_entity: 'policy',
    approvals: [],
    reason: 'a test',
    evidence: [],
    preconditions: { assurance_min: 'authenticated', targets_max: 1 },
    ...over,
  };
}

interface Wire {
  readonly by?: string;
  readonly topic?: string;
  readonly audience?: string;
  readonly key?: string;
  readonly cut?: number;
}

async function give(command: RevocationCommand, wire: Wire = {}): Promise<void> {
  const value = new TextEncoder().encode(JSON.stringify(command));
  const signature = await signDetached(value, activeSigningKey(file(wire.by ?? 'responder')), {
    topic: wire.topic ?? TOPIC,
    audience: wire.audience ?? command.audience,
    iat: 0,
  });
  const key = wire.key ?? agentKey(command.tenant_id, command.target.agent_uid);
  const sent = wire.cut === undefined ? value : value.subarray(0, wire.cut);
  const headers = { [HEADERS.type]: 'event', [HEADERS.sig]: signature };
  await log.append([{ topic: TOPIC, key, value: sent, headers }]);
}

function start(over: Partial<ConsumerOptions> = {}, isPinned = true): RevocationConsumer {
  const started = new RevocationConsumer({
    source: new LogSource(log),
    store: new FileStateStore(join(folder, 'state.json')),
    receiver: 'gateway',
    tenantId: 'acme',
    signingKey: activeSigningKey(file('gateway')),
    ...(isPinned ? { commandKeys: signingKeyRing(file('responder')) } : {}),
    nowMs: () => nowMs,
    onRefused: (reason) => refusals.push(reason),
    ...over,
  });
  started.start();
  return started;
}

async function receipts(): Promise<readonly Receipt[]> {
  const records = await log.read(TOPICS.revocationReceipts.name, 0, 0, 1000);
  return records.map((one) => JSON.parse(new TextDecoder().decode(one.value ?? undefined)));
}

/** Receipts of `count` commands; one that nothing refuses is given last, to know that all is read. */
async function answered(count: number): Promise<readonly Receipt[]> {
  let all = await receipts();
  await expect
    .poll(
      async () => {
        all = await receipts();
        return all.length;
      },
      { timeout: 15_000 },
    )
    .toBe(count);
  return all;
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'waywarden-consumer-'));
  log = await openLmdbLog({ path: join(folder, 'log'), durable: false });
  const topics = [TOPICS.revocationCommands.name, TOPICS.revocationReceipts.name];
  await log.createTopics(topics.map((name) => ({ name, partitions: 1 })));
  refusals = [];
  nowMs = NOW;
  consumer = undefined;
});
afterEach(async () => {
  // The consumer closes its source, and with it the log.
  if (consumer === undefined) await log.close();
  else await consumer.stop();
  rmSync(folder, { recursive: true, force: true });
});

test('an order is applied once, refuses its task alone, ends by itself and is taken back', async () => {
  consumer = start();
  await give(order(1));
  await give(order(1));
  await give(order(2, { action: 'restore', restores: UUID(1), command_id: UUID(2) }));
  expect((await answered(2)).map((one) => one.state)).toEqual(['applied', 'applied']);
  expect(consumer.judge(FACTS).allowed).toBe(true);
  await give(order(3));
  await answered(3);
  expect(consumer.judge(FACTS)).toMatchObject({ allowed: false, command: { sequence: 3 } });
  expect(consumer.judge({ ...FACTS, taskId: 'task-b' }).allowed).toBe(true);
  nowMs = Date.parse('2026-11-24T10:00:00Z');
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
    consumer = start();
    await give(order(4, { target: { ...order(4).target, task_id: 'task-c' } }));
    await give(command, wire);
    await give(order(6, { target: { ...order(6).target, task_id: 'task-c' } }));
    const all = await answered(2);
    expect(all.map((one) => one.command_id)).toEqual([UUID(4), UUID(6)]);
    expect(refusals).toEqual([reason]);
    expect(consumer.judge(FACTS).allowed).toBe(true);
  });
});

test('a target that lacks its id, or an action that it can’t do, is unsupported and refuses nothing', async () => {
  consumer = start();
  await give(order(1, { target: { level: 'task', tenant_id: 'acme', agent_uid: 'agent-a' } }));
  await give(
    order(2, {
      action: 'block_issuance',
      target: { level: 'agent', tenant_id: 'acme', agent_uid: 'agent-a' },
    }),
  );
  await give(order(3, { expires_at: '2026-11-24T08:00:00Z' }));
  const states = (await answered(3)).map((one) => one.state);
  expect(states).toEqual(['unsupported', 'unsupported', 'expired']);
  expect(consumer.judge(FACTS).allowed).toBe(true);
});

test('a quarantined origin is refused for whoever uses it, where origins are known', async () => {
  consumer = start({ supports: ['quarantine_origin'] });
  const target = {
    level: 'origin',
    tenant_id: 'acme',
    agent_uid: 'agent-a',
    sender: 'x@evil.example',
  };
  await give(order(1, { action: 'quarantine_origin', target }));
  await answered(1);
  const origins = ['x@evil.example'];
  expect(consumer.judge({ agentUid: 'agent-z', origins }).allowed).toBe(false);
  expect(consumer.judge({ agentUid: 'agent-z' }).allowed).toBe(true);
});

test('a receipt that could not be sent is sent after a restart, and nothing is applied anew', async () => {
  const applied: string[] = [];
  const broken = new LogSource(log);
  broken.send = () => Promise.reject(new Error('no connection'));
  broken.close = () => Promise.resolve();
  const note = (command: RevocationCommand) => applied.push(command.command_id);
  const first = start({ source: broken, onApplied: note });
  await give(order(1));
  await expect.poll(() => applied.length).toBe(1);
  await first.stop();
  expect(await receipts()).toEqual([]);
  consumer = start({ onApplied: note });
  expect(await answered(1)).toMatchObject([{ command_id: UUID(1), state: 'applied' }]);
  expect(applied).toEqual([UUID(1)]);
  expect(consumer.judge(FACTS).allowed).toBe(false);
});

test('a receipt that was refused is told; it is sent again only while its signature is not known', async () => {
  const told: string[] = [];
  const sent: number[] = [];
  const reasons = ['signature_unknown_key', 'command_unknown'];
  const under = new LogSource(log);
  consumer = start({
    source: {
      next: (cursor, signal) => under.next(cursor, signal),
      close: () => under.close(),
      send: async (given) => {
        sent.push(given.length);
        const reason = reasons.shift();
        return reason === undefined ? [] : [{ index: 0, reason }];
      },
    },
    onReceiptRefused: ({ command_id: id }, reason) => told.push(`${id} ${reason}`),
  });
  await give(order(1));
  await expect.poll(() => told.length, { timeout: 30_000 }).toBe(2);
  await give(order(2));
  await expect.poll(() => sent.length, { timeout: 30_000 }).toBe(3);
  expect(told).toEqual([`${UUID(1)} signature_unknown_key`, `${UUID(1)} command_unknown`]);
  // Once more, and then no longer: what was refused for good is not with the next.
  expect(sent).toEqual([1, 1, 1]);
});

test('work that fails is tried again and answered once, and the order is in force meanwhile', async () => {
  let left = 2;
  const errors: unknown[] = [];
  const apply = async ({ sequence }: RevocationCommand) => {
    if (sequence === 2 && left-- > 0) throw new Error('the identity provider is away');
    return undefined;
  };
  consumer = start({ apply, onError: (error) => errors.push(error) });
  await give(order(1, { target: { ...order(1).target, task_id: 'task-c' } }));
  await give(order(2));
  await expect.poll(() => errors.length).toBeGreaterThan(0);
  expect(consumer.judge(FACTS).allowed).toBe(false);
  const all = await answered(2);
  expect(all.map((one) => [one.command_id, one.state])).toEqual([
    [UUID(1), 'applied'],
    [UUID(2), 'applied'],
  ]);
  expect(refusals).toEqual([]);
}, 20_000);

test.each(['throws', 'hangs'])(
  'work that %s for one agent keeps no other order from being refused or answered',
  async (how) => {
    const stop = new AbortController();
    const apply = async ({ sequence }: RevocationCommand) => {
      if (sequence !== 1) return undefined;
      if (how === 'throws') throw new Error('unknown to the identity provider');
      return new Promise<undefined>((done) => {
        stop.signal.addEventListener('abort', () => done(undefined));
      });
    };
    consumer = start({ apply, whenStale: 'closed' });
    const other = (n: number) => ({ ...order(1).target, agent_uid: `agent-${n}` });
    await give(order(1));
    await give(order(2, { target: other(2) }));
    const refused = (agentUid: string) => () =>
      consumer?.judge({ ...FACTS, agentUid }).command?.command_id;
    await expect.poll(refused('agent-2'), { timeout: 5000 }).toBe(UUID(2));
    // What is given once the first is being worked at, too.
    await give(order(3, { target: other(3) }));
    await expect.poll(refused('agent-3'), { timeout: 5000 }).toBe(UUID(3));
    const answers = (await answered(2)).map((one) => one.command_id);
    expect(answers.toSorted()).toEqual([UUID(2), UUID(3)]);
    expect(consumer.judge(FACTS).command?.command_id).toBe(UUID(1));
    stop.abort();
  },
  20_000,
);

test('work past its time is answered as failed, while its order stays in force', async () => {
  consumer = start({ applyMs: 50, apply: () => new Promise(() => undefined) });
  await give(order(1));
  const [receipt] = await answered(1);
  expect(receipt).toMatchObject({ command_id: UUID(1), state: 'failed' });
  expect(receipt?.applied_at).toBeUndefined();
  expect(receipt?.detail).toContain('not done within 50 ms');
  expect(consumer.judge(FACTS).command?.command_id).toBe(UUID(1));
});

test('while too many orders wait for their work no more are read: it is told, and the view goes stale', async () => {
  const waiting = Array.from({ length: 2_000 }, (_, n) =>
    order(1, { command_id: UUID(n + 10), target: { ...order(1).target, agent_uid: `other-${n}` } }),
  );
  const verdict = { state: 'applied', detail: '' } as const;
  const unfinished = Object.fromEntries(waiting.map((one) => [one.command_id, verdict]));
  const store = { load: () => ({ ...NOTHING, waiting, unfinished }), save: () => undefined };
  const errors: unknown[] = [];
  let isAway = true;
  const apply = async () => {
    if (isAway) throw new Error('the identity provider is away');
    return undefined;
  };
  consumer = start({ store, apply, whenStale: 'closed', onError: (error) => errors.push(error) });
  await give(order(1));
  await expect.poll(() => String(errors), { timeout: 5000 }).toContain('Too many orders wait');
  expect(consumer.judge(FACTS)).toMatchObject({ allowed: false, stale: true });
  isAway = false;
  const refused = () => consumer?.judge(FACTS).command?.command_id;
  await expect.poll(refused, { timeout: 15_000 }).toBe(UUID(1));
}, 30_000);

test('work that waited when the receiver stopped is done by the next, in the agent’s order', async () => {
  const failing = new LogSource(log);
  failing.close = () => Promise.resolve();
  let tried = 0;
  const first = start({
    source: failing,
    apply: async () => {
      tried++;
      throw new Error('away');
    },
  });
  await give(order(1));
  await give(order(2));
  await expect.poll(() => tried, { timeout: 5000 }).toBeGreaterThan(0);
  await expect.poll(() => first.judge(FACTS).allowed).toBe(false);
  await first.stop();
  consumer = start();
  expect((await answered(2)).map((one) => one.command_id)).toEqual([UUID(1), UUID(2)]);
  expect(refusals).toEqual([]);
});

test('what is taken back while its work fails is never done; its restore is, also after its time', async () => {
  const tried: string[] = [];
  const apply = async ({ action }: RevocationCommand) => {
    if (tried.push(action) === 1) throw new Error('away');
    return undefined;
  };
  consumer = start({ apply });
  await give(order(1));
  await expect.poll(() => tried.length, { timeout: 5000 }).toBe(1);
  await give(order(2, { action: 'restore', restores: UUID(1), expires_at: order(1).issued_at }));
  expect((await answered(2)).map((one) => one.state)).toEqual(['failed', 'applied']);
  expect(tried).toEqual(['revoke_token', 'restore']);
});

test('a batch that is not refused yet makes no view fresh', async () => {
  const under = new LogSource(log);
  let arrived = false;
  const source = {
    next: (cursor: string | null, signal: AbortSignal) => under.next(cursor, signal),
    send: (given: Parameters<typeof under.send>[0]) => under.send(given),
    close: () => under.close(),
    commandKeys: () => {
      arrived = true;
      return Promise.reject(new Error('no keys'));
    },
  };
  consumer = start({ whenStale: 'closed', source }, false);
  await give(order(1));
  await expect.poll(() => arrived).toBe(true);
  expect(consumer.judge(FACTS)).toMatchObject({ allowed: false, stale: true });
});

test('many orders are carried out at the receiver’s rate, and complete through two crashes', async () => {
  const wanted = 240;
  const ratePerSecond = 400;
  const agent = (n: number) => ({ ...order(1).target, agent_uid: `agent-${n}` });
  for (let n = 1; n <= wanted; n++) {
    await give(order(1, { command_id: UUID(n), target: agent(n) }));
  }
  const began = performance.now();
  let carriedOut = 0;
  /** Fails for good in the middle of a batch, as a process that is killed: nothing of it is kept. */
  const crashing = async (after: number) => {
    const store = new FileStateStore(join(folder, 'state.json'));
    const source = new LogSource(log);
    source.close = () => Promise.resolve();
    let dead = false;
    const apply = async () => {
      if (dead || ++carriedOut >= after) {
        dead = true;
        throw new Error('killed');
      }
      return undefined;
    };
    const one = start({ ratePerSecond, source, store, apply, onError: () => undefined });
    await expect.poll(() => dead, { timeout: 15_000 }).toBe(true);
    await one.stop();
  };
  await crashing(50);
  await crashing(carriedOut + 120);
  const apply = async () => {
    carriedOut++;
    return undefined;
  };
  consumer = start({ ratePerSecond, apply });
  const all = await answered(wanted);
  expect(new Set(all.map((one) => one.command_id)).size).toBe(wanted);
  expect(all.every(({ state }) => state === 'applied')).toBe(true);
  // The pace held over all that was carried out, what the crashes made it do again included.
  const leastMs = ((carriedOut - 3) / ratePerSecond) * 1000 - 100;
  expect(performance.now() - began).toBeGreaterThan(leastMs);
  expect(consumer.judge({ agentUid: `agent-${wanted}`, taskId: 'task-a' }).allowed).toBe(false);
}, 60_000);

test('an old view lets pass or refuses, as it is told to, and says since when it is old', async () => {
  consumer = start({ whenStale: 'closed', staleMs: 1000 });
  expect(consumer.judge(FACTS)).toMatchObject({ allowed: false, stale: true });
  await give(order(1, { target: { ...order(1).target, task_id: 'task-c' } }));
  await answered(1);
  expect(consumer.judge(FACTS)).toEqual({ allowed: true, stale: false, asOfMs: NOW });
  nowMs = NOW + 1001;
  expect(consumer.judge(FACTS)).toEqual({ allowed: false, stale: true, asOfMs: NOW });
});

test('the middlewares answer 403 with the command, and let others pass', async () => {
  consumer = start();
  await give(order(1));
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
    consumer = start({ probe });
    await give(ask(1));
    await give(order(2));
    const [first] = await answered(1);
    expect([first?.command_id, first?.probe]).toEqual([UUID(2), undefined]);
    hangs = false;
    await give(ask(3));
    const [, second] = await answered(2);
    expect(second).toMatchObject({ command_id: UUID(3), state: 'applied', probe: found });
    expect(consumer.judge(FACTS).command?.command_id).toBe(UUID(2));
  });

  test('without a probe of its own it says so', async () => {
    consumer = start();
    await give(ask(1));
    expect((await answered(1))[0]?.state).toBe('unsupported');
  });

  test('above its pace it fails', async () => {
    const found = { outcome: 'open', method: 'call' } as const;
    consumer = start({ probe: async () => found, probesPerMinute: 1 });
    await give(ask(1));
    await give(ask(2));
    const states = (await answered(2)).map((one) => `${one.command_id.at(-1)} ${one.state}`);
    expect(states.toSorted()).toEqual(['1 applied', '2 failed']);
  });
});
