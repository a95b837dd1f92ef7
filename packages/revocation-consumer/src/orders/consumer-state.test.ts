/**
 * Guarantee: a receiver that reads the log carries out no order of a rule while two people have paused
 * enforcement, also one that was written before, through restarts; and all of them afterwards.
 */
import type { RevocationCommand } from '@waywarden/schemas';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FACTS, order, ReceiverBench, UUID } from '../testing/receiver-bench.ts';
import { LogSource } from './log-source.ts';

const bench = new ReceiverBench();
beforeEach(() => bench.open());
afterEach(() => bench.close());

const answeredIds = async () => (await bench.receipts()).map((one) => one.command_id);
const answered = (...ids: readonly number[]) =>
  expect.poll(answeredIds, { timeout: 15_000 }).toEqual(ids.map(UUID));

/** A person's: it is carried out, and tells that what stands before it was read. */
const byHand = (sequence: number) =>
  order(sequence, {
    initiating_entity: 'admin',
    target: { level: 'agent', tenant_id: 'acme', agent_uid: 'agent-b' },
    action: 'disable_agent',
  });

test('what was written before the pause and not read yet is held until it ends', async () => {
  await bench.give(order(1));
  await bench.announce(1, true);
  await bench.give(byHand(300));
  const consumer = bench.start();
  await answered(300);
  expect(consumer.judge(FACTS).allowed).toBe(true);
  await bench.announce(2, false);
  await answered(300, 1);
  expect(consumer.judge(FACTS).allowed).toBe(false);
});

test('so is what fills more batches than one before the pause', async () => {
  for (let n = 1; n <= 250; n++) await bench.give(order(n));
  await bench.announce(1, true);
  await bench.give(byHand(300));
  const consumer = bench.start();
  await answered(300);
  expect(consumer.judge(FACTS).allowed).toBe(true);
});

test('is held through a restart, and what was taken back meanwhile is not carried out', async () => {
  await bench.announce(1, true);
  await bench.give(order(1));
  await bench.give(order(2, { target: { ...order(2).target, task_id: 'task-b' } }));
  await bench.give(byHand(300));
  const source = new LogSource(bench.log);
  // Its end would close the log, too.
  source.close = () => Promise.resolve();
  const first = bench.start({ source });
  await answered(300);
  await first.stop();
  const consumer = bench.start();
  await bench.give(order(3, { action: 'restore', restores: UUID(1) }));
  await answered(300, 3);
  await bench.announce(2, false);
  await bench.give(byHand(301));
  await answered(300, 3, 301);
  // Its number was overtaken: the responder gives it once more (reissue-overtaken.ts).
  expect(bench.refusals).toEqual(['replayed']);
  expect(consumer.judge(FACTS).allowed).toBe(true);
});

test('work that was not begun waits for the end of the pause', async () => {
  const done: number[] = [];
  let release: () => void = () => undefined;
  const first = new Promise<void>((resolve) => {
    release = resolve;
  });
  const apply = async ({ sequence }: RevocationCommand) => {
    if (sequence === 1) await first;
    done.push(sequence);
    return undefined;
  };
  const consumer = bench.start({ apply });
  await bench.give(order(1));
  await bench.give(order(2));
  await expect.poll(() => consumer.judge(FACTS).command?.sequence).toBeDefined();
  await bench.announce(1, true);
  await bench.give(byHand(300));
  await expect.poll(() => done).toContain(300);
  release();
  await answered(300, 1);
  expect(done).toEqual([300, 1]);
  await bench.announce(2, false);
  await answered(300, 1, 2);
});

test('a pause counts only when the responder signed it, and the newest of several', async () => {
  await bench.announce(5, true, 'stranger');
  await bench.announce(4, false);
  await bench.announce(3, true);
  const consumer = bench.start();
  await bench.give(order(1));
  await answered(1);
  expect(bench.refusals).toEqual(['signature_unknown_key']);
  expect(consumer.judge(FACTS).allowed).toBe(false);
});
