/** Guarantees: an agent's orders are worked at in their order, and how much waits or is under way is bounded. */
import type { RevocationCommand } from '@waywarden/schemas';
import { expect, test } from 'vitest';
import { OrderWork } from './order-work.ts';

const APPLIED = { state: 'applied', detail: '' } as const;
const command = (id: string, agent: string) =>
  ({ command_id: id, target: { agent_uid: agent } }) as RevocationCommand;

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
