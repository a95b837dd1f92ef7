/** Guarantees: no work holds an answer up for ever, and no two of one agent are under way at once. */
import type { RevocationCommand } from '@waywarden/schemas';
import { expect, test } from 'vitest';
import { type Apply, LimitedApply } from './limited-apply.ts';

const LIMIT_MS = 30;
const command = (action: string, agent = 'agent-a') =>
  ({ action, target: { level: 'task', tenant_id: 'acme', agent_uid: agent } }) as RevocationCommand;

function limited(apply: Apply) {
  const stopping = new AbortController();
  const one = LimitedApply.of({ apply, applyMs: LIMIT_MS }, stopping.signal);
  if (one === undefined) throw new Error('There is work.');
  return { one, stopping };
}

/** Work that ends when it is told to, and not by its signal. */
function deaf() {
  const began: string[] = [];
  const ends: (() => void)[] = [];
  const apply: Apply = ({ action }) => {
    began.push(action);
    return new Promise((resolve) => ends.push(() => resolve(undefined)));
  };
  return { began, ends, apply };
}

test('work within its time is answered as it says', async () => {
  const { one } = limited(async () => ({ usable_until: '2026-11-24T10:00:00Z' }));
  expect(await one.run(command('revoke_token'))).toEqual({ usable_until: '2026-11-24T10:00:00Z' });
});

test('work past its time is failed, its signal ends, and the next of its agent is done', async () => {
  const { one } = limited(({ action }, signal) =>
    action === 'kill_session'
      ? Promise.resolve({ state: 'applied' })
      : new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
  );
  expect(await one.run(command('revoke_token'))).toMatchObject({ state: 'failed' });
  expect(await one.run(command('kill_session'))).toEqual({ state: 'applied' });
});

test('work that goes on past its time keeps the next of its agent from beginning, and no other', async () => {
  const { began, ends, apply } = deaf();
  const { one } = limited(apply);
  await one.run(command('revoke_token'));
  expect(await one.run(command('kill_session'))).toMatchObject({ state: 'failed' });
  expect(began).toEqual(['revoke_token']);
  await one.run(command('disable_agent', 'agent-b'));
  expect(began).toEqual(['revoke_token', 'disable_agent']);
  ends[0]?.();
  await one.run(command('kill_session'));
  expect(began).toEqual(['revoke_token', 'disable_agent', 'kill_session']);
});

test('what gives back is tried again instead of given up', async () => {
  const { one } = limited(deaf().apply);
  await expect(one.run(command('restore'))).rejects.toThrow('not done within 30 ms');
});

test('who stops waits for nothing and answers nothing', async () => {
  const { one, stopping } = limited(deaf().apply);
  const run = one.run(command('revoke_token'));
  stopping.abort();
  await expect(run).rejects.toThrow('stopped');
});
