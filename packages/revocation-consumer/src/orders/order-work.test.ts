/** Guarantees: an agent's orders are worked at in their order, and how much waits or is under way is bounded. */
import type { RevocationCommand } from '@waywarden/schemas';
import { describe, expect, test } from 'vitest';
import type { ReceiptVerdict } from './deny-list.ts';
import { OrderWork } from './order-work.ts';

const APPLIED = { state: 'applied', detail: '' } as const;
const command = (id: string, agent: string) =>
  ({ command_id: id, action: 'revoke_token', target: { agent_uid: agent } }) as RevocationCommand;

function fill(count: number, agentOf: (n: number) => string): OrderWork {
  const work = new OrderWork({});
  for (let n = 0; n < count; n++) work.add(command(`${n}`, agentOf(n)), APPLIED);
  return work;
}

/** Work that ends when it is told to. */
function slow() {
  const began: string[] = [];
  const ends = new Map<string, () => void>();
  let late = 0;
  const hooks = {
    work: ({ command_id: id }: RevocationCommand) => {
      began.push(id);
      return new Promise<void>((resolve) => ends.set(id, resolve));
    },
    onError: () => undefined,
    onLate: () => {
      late++;
    },
  };
  return { began, ends, hooks, late: () => late };
}

test('two thousand that wait are as many as may', () => {
  expect(fill(1_999, (n) => `agent-${n}`).isFull).toBe(false);
  expect(fill(2_000, (n) => `agent-${n}`).isFull).toBe(true);
});

test('slow work lets other agents by, and its own agent’s next waits for it', async () => {
  const work = fill(3, (n) => (n < 2 ? 'agent-a' : 'agent-b'));
  const { began, ends, hooks, late } = slow();
  expect(await work.doNext(hooks)).toBe(true);
  expect(await work.doNext(hooks)).toBe(true);
  expect(began).toEqual(['0', '2']);
  expect(await work.doNext(hooks)).toBe(false);
  expect(work.dueInMs(performance.now())).toBeUndefined();
  ends.get('0')?.();
  await expect.poll(late).toBe(1);
  expect(work.dueInMs(performance.now())).toBe(0);
  await work.doNext(hooks);
  expect(began).toEqual(['0', '2', '1']);
});

describe('what is taken back before its work is done', () => {
  const back = { ...command('back', 'agent-a'), action: 'restore', restores: '0' };

  /** What is worked at and how, of which all that is `applied` fails but what gives back. */
  function failing() {
    const worked: string[] = [];
    const work = async ({ command_id: id }: RevocationCommand, { state }: ReceiptVerdict) => {
      worked.push(`${id} ${state}`);
      if (state === 'applied' && id !== 'back' && id !== 'again') throw new Error('away');
    };
    return { worked, hooks: { work, onError: () => undefined, onLate: () => undefined } };
  }

  test('is not tried again; its restore is done at once, before what else fails, through a restart', async () => {
    const first = fill(2, () => 'agent-a');
    const { worked, hooks } = failing();
    await first.doNext(hooks);
    expect(await first.doNext(hooks)).toBe(false);
    first.add(back, APPLIED);
    const work = new OrderWork(structuredClone(first.state));
    for (const one of [first, work]) {
      worked.length = 0;
      for (let n = 0; n < 3; n++) await one.doNext(hooks);
      expect(worked).toEqual(['0 failed', 'back applied', '1 applied']);
    }
  });

  test('while it is under way, is not tried again when that fails, and its restore waits for it', async () => {
    const work = fill(1, () => 'agent-a');
    const { worked, hooks } = failing();
    let fail = () => {};
    const underWay = new Promise<void>((_, reject) => {
      fail = () => reject(new Error('away'));
    });
    const begun = work.doNext({ ...hooks, work: () => underWay });
    work.add(back, APPLIED);
    expect(await work.doNext(hooks)).toBe(false);
    fail();
    await begun;
    for (let n = 0; n < 2; n++) await work.doNext(hooks);
    expect(worked).toEqual(['0 failed', 'back applied']);
  });

  test('or after it was done is given back at once, before what else fails', async () => {
    const work = fill(2, () => 'agent-a');
    const { worked, hooks } = failing();
    const done = { ...hooks, work: async () => undefined };
    await work.doNext(done);
    await work.doNext(hooks);
    expect(await work.doNext(hooks)).toBe(false);
    worked.length = 0;
    work.add(back, APPLIED);
    work.add({ ...back, command_id: 'again', restores: 'unknown' }, APPLIED);
    for (let n = 0; n < 3; n++) await work.doNext(hooks);
    expect(worked).toEqual(['back applied', 'again applied', '1 applied']);
  });

  test('is what the restore names, and its own agent’s', async () => {
    const work = fill(1, () => 'agent-b');
    work.add(back, APPLIED);
    const { worked, hooks } = failing();
    await work.doNext(hooks);
    expect(worked).toEqual(['0 applied']);
  });

  test('counts as done where no order has any work', async () => {
    const work = new OrderWork({}, { hasWork: false });
    work.add(command('0', 'agent-a'), APPLIED);
    work.add(back, APPLIED);
    const { worked, hooks } = failing();
    await work.doNext(hooks);
    expect(worked).toEqual(['0 applied']);
  });
});

test('no more than sixteen are under way at once', async () => {
  const work = fill(17, (n) => `agent-${n}`);
  const { began, ends, hooks } = slow();
  await Promise.all(Array.from({ length: 17 }, () => work.doNext(hooks)));
  expect(began).toHaveLength(16);
  ends.get('0')?.();
  await expect.poll(() => work.dueInMs(performance.now())).toBe(0);
  await work.doNext(hooks);
  expect(began).toHaveLength(17);
});
