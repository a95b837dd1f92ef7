/** `waywarden token`: what it makes is taken by a running ingest, and what it revokes is refused. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runWaywarden } from '../support/run-command.ts';
import { HostileWorld } from './hostile/hostile-world.ts';

let world: HostileWorld;
beforeAll(async () => {
  world = await HostileWorld.open();
  await world.begin('token-command');
});
afterAll(() => world.close());

const token = (...args: readonly string[]) =>
  runWaywarden('token', ...args, '--tokens', world.tokensPath);
const lastLine = (text: string) => JSON.parse(text.trim().split('\n').at(-1) ?? '');

it('creates, lists and revokes', async () => {
  const made = await token(
    ...['create', '--source', 'gateway/gw-1', '--id', 'gw', '--assurance', 'authenticated'],
    ...['--claim', 'approval=asserted', '--agent', 'agent/*', '--expires', '90d', '--json'],
  );
  expect(made.code).toBe(0);
  const { token: secret } = lastLine(made.stdout);
  expect(readFileSync(world.tokensPath, 'utf8')).not.toContain(secret);

  world.nowMs += 500;
  const authorization = `Bearer ${secret}`;
  await world.post(world.goodLine({ approval: { mode: 'human' } }), { authorization });
  expect(world.answers.pop()).toBe('202 accepted=1');
  expect(await world.event()).toMatchObject({
    tenant_id: 'default',
    source: { kind: 'gateway', instance: 'gw-1' },
    claims: { approval: 'asserted', outcome: 'authenticated' },
  });

  const listed = await token('list', '--json');
  const found = lastLine(listed.stdout).tokens.find(({ id }: { id: string }) => id === 'gw');
  expect(found).toMatchObject({ state: 'active', agents: ['agent/*'] });
  expect(found).not.toHaveProperty('hash');

  expect((await token('revoke', 'gw')).code).toBe(0);
  world.nowMs += 500;
  await world.post(world.goodLine(), { authorization });
  expect(world.answers.pop()).toBe('403 revoked_token');
});

it.each([
  [['create', '--source', 'nothing'], 'kind/instance'],
  [['create', '--source', 'a/b', '--id', 'one'], 'already'],
  [['create', '--source', 'a/b', '--assurance', 'attested'], 'trust_domains'],
  [['create', '--source', 'a/b', '--claim', 'task=sure'], 'CLAIM=ASSURANCE'],
  [['create', '--source', 'a/b', '--expires', 'yesterday'], 'RFC 3339'],
  [['create', '--source', 'a/b', '--agent', 'a*b'], 'one * at its end'],
  [['create', '--source', 'a/b', '--agent', 'a**'], 'one * at its end'],
  [['revoke', 'nobody'], 'token list'],
])('says what is wrong with %j', async (args, words) => {
  const { code, stderr } = await token(...args);
  expect(code).toBe(2);
  expect(stderr).toContain(words);
});
