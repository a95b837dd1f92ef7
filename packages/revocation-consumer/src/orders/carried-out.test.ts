/** Guarantees: an order is answered once and when it is done, at the receiver’s rate, through failures, restarts and crashes. */
import { join } from 'node:path';
import type { Receipt, RevocationCommand } from '@waywarden/schemas';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FACTS, order, ReceiverBench, UUID } from '../testing/receiver-bench.ts';
import { EMPTY_STATE } from './consumer-state.ts';
import { FileStateStore } from './file-state-store.ts';
import { LogSource } from './log-source.ts';

const bench = new ReceiverBench();
beforeEach(() => bench.open());
afterEach(() => bench.close());

/** Receipts of `count` commands; one that nothing refuses is given last, to know that all is read. */
async function answered(count: number): Promise<readonly Receipt[]> {
  const counted = async () => (await bench.receipts()).length;
  await expect.poll(counted, { timeout: 15_000 }).toBe(count);
  return bench.receipts();
}

test('a receipt that could not be sent is sent after a restart, and nothing is applied anew', async () => {
  const applied: string[] = [];
  const broken = new LogSource(bench.log);
  broken.send = () => Promise.reject(new Error('no connection'));
  broken.close = () => Promise.resolve();
  const note = (command: RevocationCommand) => applied.push(command.command_id);
  const first = bench.start({ source: broken, onApplied: note });
  await bench.give(order(1));
  await expect.poll(() => applied.length).toBe(1);
  await first.stop();
  expect(await bench.receipts()).toEqual([]);
  const consumer = bench.start({ onApplied: note });
  expect(await answered(1)).toMatchObject([{ command_id: UUID(1), state: 'applied' }]);
  expect(applied).toEqual([UUID(1)]);
  expect(consumer.judge(FACTS).allowed).toBe(false);
});

test('a receipt that was refused is told; it is sent again only while its signature is not known', async () => {
  const told: string[] = [];
  const sent: number[] = [];
  const reasons = ['signature_unknown_key', 'command_unknown'];
  const under = new LogSource(bench.log);
  bench.start({
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
  await bench.give(order(1));
  await expect.poll(() => told.length, { timeout: 30_000 }).toBe(2);
  await bench.give(order(2));
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
  const consumer = bench.start({ apply, onError: (error) => errors.push(error) });
  await bench.give(order(1, { target: { ...order(1).target, task_id: 'task-c' } }));
  await bench.give(order(2));
  await expect.poll(() => errors.length).toBeGreaterThan(0);
  expect(consumer.judge(FACTS).allowed).toBe(false);
  const all = await answered(2);
  expect(all.map((one) => [one.command_id, one.state])).toEqual([
    [UUID(1), 'applied'],
    [UUID(2), 'applied'],
  ]);
  expect(bench.refusals).toEqual([]);
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
    const consumer = bench.start({ apply, whenStale: 'closed' });
    const other = (n: number) => ({ ...order(1).target, agent_uid: `agent-${n}` });
    await bench.give(order(1));
    await bench.give(order(2, { target: other(2) }));
    const refused = (agentUid: string) => () =>
      consumer.judge({ ...FACTS, agentUid }).command?.command_id;
    await expect.poll(refused('agent-2'), { timeout: 5000 }).toBe(UUID(2));
    // What is given once the first is being worked at, too.
    await bench.give(order(3, { target: other(3) }));
    await expect.poll(refused('agent-3'), { timeout: 5000 }).toBe(UUID(3));
    const answers = (await answered(2)).map((one) => one.command_id);
    expect(answers.toSorted()).toEqual([UUID(2), UUID(3)]);
    expect(consumer.judge(FACTS).command?.command_id).toBe(UUID(1));
    stop.abort();
  },
  20_000,
);

test('work past its time is answered as failed, while its order stays in force', async () => {
  const consumer = bench.start({ applyMs: 50, apply: () => new Promise(() => undefined) });
  await bench.give(order(1));
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
  const store = { load: () => ({ ...EMPTY_STATE, waiting, unfinished }), save: () => undefined };
  const errors: unknown[] = [];
  let isAway = true;
  const apply = async () => {
    if (isAway) throw new Error('the identity provider is away');
    return undefined;
  };
  const consumer = bench.start({
    store,
    apply,
    whenStale: 'closed',
    onError: (error) => errors.push(error),
  });
  await bench.give(order(1));
  await expect.poll(() => String(errors), { timeout: 5000 }).toContain('Too many orders wait');
  expect(consumer.judge(FACTS)).toMatchObject({ allowed: false, stale: true });
  isAway = false;
  const refused = () => consumer.judge(FACTS).command?.command_id;
  await expect.poll(refused, { timeout: 15_000 }).toBe(UUID(1));
}, 30_000);

test('work that waited when the receiver stopped is done by the next, in the agent’s order', async () => {
  const failing = new LogSource(bench.log);
  failing.close = () => Promise.resolve();
  let tried = 0;
  const first = bench.start({
    source: failing,
    apply: async () => {
      tried++;
      throw new Error('away');
    },
  });
  await bench.give(order(1));
  await bench.give(order(2));
  await expect.poll(() => tried, { timeout: 5000 }).toBeGreaterThan(0);
  await expect.poll(() => first.judge(FACTS).allowed).toBe(false);
  await first.stop();
  bench.start();
  expect((await answered(2)).map((one) => one.command_id)).toEqual([UUID(1), UUID(2)]);
  expect(bench.refusals).toEqual([]);
});

test('what is taken back while its work fails is never done; its restore is, also after its time', async () => {
  const tried: string[] = [];
  const apply = async ({ action }: RevocationCommand) => {
    if (tried.push(action) === 1) throw new Error('away');
    return undefined;
  };
  bench.start({ apply });
  await bench.give(order(1));
  await expect.poll(() => tried.length, { timeout: 5000 }).toBe(1);
  await bench.give(
    order(2, { action: 'restore', restores: UUID(1), expires_at: order(1).issued_at }),
  );
  expect((await answered(2)).map((one) => one.state)).toEqual(['failed', 'applied']);
  expect(tried).toEqual(['revoke_token', 'restore']);
});

test('a batch that is not refused yet makes no view fresh', async () => {
  const under = new LogSource(bench.log);
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
  const consumer = bench.start({ whenStale: 'closed', source }, false);
  await bench.give(order(1));
  await expect.poll(() => arrived).toBe(true);
  expect(consumer.judge(FACTS)).toMatchObject({ allowed: false, stale: true });
});

test('many orders are carried out at the receiver’s rate, and complete through two crashes', async () => {
  const wanted = 240;
  const ratePerSecond = 400;
  const agent = (n: number) => ({ ...order(1).target, agent_uid: `agent-${n}` });
  for (let n = 1; n <= wanted; n++) {
    await bench.give(order(1, { command_id: UUID(n), target: agent(n) }));
  }
  const began = performance.now();
  let carriedOut = 0;
  /** Fails for good in the middle of a batch, as a process that is killed: nothing of it is kept. */
  const crashing = async (after: number) => {
    const store = new FileStateStore(join(bench.folder, 'state.json'));
    const source = new LogSource(bench.log);
    source.close = () => Promise.resolve();
    let dead = false;
    const apply = async () => {
      if (dead || ++carriedOut >= after) {
        dead = true;
        throw new Error('killed');
      }
      return undefined;
    };
    const one = bench.start({ ratePerSecond, source, store, apply, onError: () => undefined });
    await expect.poll(() => dead, { timeout: 15_000 }).toBe(true);
    await one.stop();
  };
  await crashing(50);
  await crashing(carriedOut + 120);
  const apply = async () => {
    carriedOut++;
    return undefined;
  };
  const consumer = bench.start({ ratePerSecond, apply });
  const all = await answered(wanted);
  expect(new Set(all.map((one) => one.command_id)).size).toBe(wanted);
  expect(all.every(({ state }) => state === 'applied')).toBe(true);
  // The pace held over all that was carried out, what the crashes made it do again included.
  const leastMs = ((carriedOut - 3) / ratePerSecond) * 1000 - 100;
  expect(performance.now() - began).toBeGreaterThan(leastMs);
  expect(consumer.judge({ agentUid: `agent-${wanted}`, taskId: 'task-a' }).allowed).toBe(false);
}, 60_000);
