/**
 * Dead letters as an operator handles them: found, looked at, and sent again after the cause is gone,
 * with a running `up` and in a folder that nobody has open. Real processes, over HTTP.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answersOf } from '../support/described-answers.ts';
import { runCommand, runWaywarden } from '../support/run-command.ts';

const MAIN = new URL('../../services/waywarden/dist/main.js', import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), 'waywarden-deadletter-'));
const data = join(folder, 'data');
const SECRET = 'hunter2\u001b[2J';
let child: ChildProcess;
let url: string;

interface Letter {
  readonly id: string;
  readonly state: string;
  readonly event_id: string | null;
}

async function start(): Promise<void> {
  const flags = ['up', '--no-demo', '--port', '0', '--partitions', '2', '--json', '--data', data];
  child = spawn(process.execPath, [MAIN, ...flags], { stdio: ['ignore', 'pipe', 'ignore'] });
  const { stdout } = child;
  if (stdout === null) throw new Error('no output');
  const line = await new Promise<string>((resolve, reject) => {
    createInterface({ input: stdout }).once('line', resolve);
    child.once('exit', (code) => reject(new Error(`up ended with ${code}`)));
  });
  ({ url } = JSON.parse(line) as { url: string });
}

async function stop(): Promise<void> {
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await ended;
}

const deadletter = (...args: readonly string[]) =>
  runWaywarden('deadletter', ...args, '--data', data);
const asJson = async (...args: readonly string[]) => {
  const { code, stdout, stderr } = await deadletter(...args, '--json');
  if (stdout === '') throw new Error(stderr);
  return { code, said: JSON.parse(stdout) as Record<string, unknown> };
};
const letters = async () => (await asJson('list')).said['letters'] as readonly Letter[];

/** The token may speak for all agents from now on: the cause is gone. */
function widenToken(): void {
  const path = join(data, 'keys', 'tokens.json');
  const file = JSON.parse(readFileSync(path, 'utf8')) as { tokens: { agents?: unknown }[] };
  for (const token of file.tokens) delete token.agents;
  writeFileSync(path, JSON.stringify(file), { mode: 0o600 });
}

async function send(): Promise<void> {
  const made = await runCommand(
    ...['token', 'create', '--source', 'gateway/g-1', '--id', 'g-1', '--agent', 'agent/known'],
    ...['--data', data, '--json'],
  );
  const event = (native: string) => ({
    event_time: new Date().toISOString(),
    activity: 'tool_call',
    agent: { uid: 'agent/new' },
    native_id: native,
    tool: { name: 'list_orders', server: 'office' },
    args: { password: SECRET },
    outcome: 'success',
  });
  const lines = [JSON.stringify(event('a')), JSON.stringify(event('b')), '{"broken'];
  const body = `${lines.join('\n')}\n`;
  const headers = {
    authorization: `Bearer ${made['token']}`,
    'content-type': 'application/x-ndjson',
  };
  // Ingest looks at its token file twice a second.
  for (let attempt = 0; attempt < 100; attempt++) {
    const answer = await fetch(`${url}/v1/events`, { method: 'POST', headers, body });
    if (answer.status === 400) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('the new token was never taken');
}

describe('dead letters of a running installation', () => {
  let a = '';
  let b = '';

  beforeAll(async () => {
    await start();
    await send();
  }, 120_000);

  afterAll(() => {
    child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });

  it('are listed by reason, and shown without what they say unless asked', async () => {
    expect(await letters()).toHaveLength(3);
    const { said } = await asJson(
      'list',
      '--reason',
      'agent_not_allowed',
      '--source',
      'gateway/g-1',
    );
    const found = said['letters'] as readonly Letter[];
    [a = '', b = ''] = found.map(({ id }) => id).sort();
    expect(found).toMatchObject([{ field: 'agent.uid' }, { field: 'agent.uid' }]);
    const shown = await deadletter('show', a);
    expect({ code: shown.code, secret: shown.stdout.includes('hunter2') }).toEqual({
      code: 0,
      secret: false,
    });
    const body = await deadletter('show', a, '--body');
    expect(body.stdout).toContain('hunter2');
    expect(body.stdout).not.toContain('\u001b');
    expect(body.stderr).toContain('clear text');
    for (const path of ['', `/${a}`]) {
      expect((await fetch(`${url}/v1/dead-letters${path}`)).status).toBe(401);
    }
    const { control_token_file: file } = JSON.parse(readFileSync(join(data, 'owner.json'), 'utf8'));
    const authorization = `Bearer ${readFileSync(file, 'utf8').trim()}`;
    const overHttp = await fetch(`${url}/v1/dead-letters/${a}`, { headers: { authorization } });
    expect(overHttp.status).toBe(200);
    const text = await overHttp.text();
    expect(text).not.toContain('hunter2');
    const differences = answersOf(
      (await (await fetch(`${url}/v1/openapi.json`)).json()) as Record<string, unknown>,
    );
    const listed = await fetch(`${url}/v1/dead-letters`, { headers: { authorization } });
    const tried = await fetch(`${url}/v1/dead-letters/redrive`, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json' },
      body: JSON.stringify({ ids: [a], dry_run: true }),
    });
    expect([
      ...differences('get', '/v1/dead-letters/{id}', JSON.parse(text)),
      ...differences('get', '/v1/dead-letters', await listed.json()),
      ...differences('post', '/v1/dead-letters/redrive', await tried.json()),
    ]).toEqual([]);
  }, 60_000);

  it('are sent again by whoever has the control token only, and once the cause is gone', async () => {
    const unasked = await fetch(`${url}/v1/dead-letters/redrive`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ids: [a] }),
    });
    expect(unasked.status).toBe(401);
    expect(await asJson('redrive', a)).toMatchObject({
      code: 1,
      said: { redriven: 0, refused: 1, results: [{ code: 'agent_not_allowed' }] },
    });
    widenToken();
    expect(await asJson('redrive', a, '--dry-run')).toMatchObject({
      code: 0,
      said: { redriven: 1 },
    });
    expect(await asJson('redrive', a)).toMatchObject({ code: 0, said: { redriven: 1 } });
    expect(await asJson('redrive', a)).toMatchObject({
      code: 1,
      said: { skipped: 1, results: [{ code: 'redriven_before' }] },
    });
    const all = await letters();
    expect(all).toHaveLength(3);
    const sent = all.find(({ id }) => id === a);
    expect(sent?.state).toBe('redriven');
    let stored: Response | undefined;
    for (let attempt = 0; attempt < 200 && stored?.status !== 200; attempt++) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      stored = await fetch(`${url}/v1/events/${sent?.event_id}`);
    }
    expect(stored?.status).toBe(200);
  }, 90_000);

  it('are handled in the folder itself when nobody has it', async () => {
    await stop();
    expect((await letters()).map(({ state }) => state).sort()).toEqual([
      'redrivable',
      'redrivable',
      'redriven',
    ]);
    const all = await asJson('redrive', '--all', '--reason', 'agent_not_allowed');
    expect(all).toMatchObject({ code: 0, said: { redriven: 1, results: [{ id: b }] } });
    const none = await asJson('redrive', '--all', '--reason', 'agent_not_allowed');
    expect(none).toMatchObject({ code: 0, said: { redriven: 0, skipped: 0 } });
  }, 60_000);

  it('say what is wrong with a question, with exit code 2', async () => {
    for (const args of [
      ['show', '9-999'],
      ['redrive'],
      ['redrive', '--all'],
      ['redrive', 'x'],
      ['list', '--limit', '0'],
    ]) {
      const { code, stderr } = await deadletter(...args);
      expect({ args, code, isClaimed: stderr.length > 20 }).toEqual({
        args,
        code: 2,
        isClaimed: true,
      });
    }
    const { code } = await runWaywarden('deadletter', 'list', '--data', join(folder, 'nothing'));
    expect(code).toBe(2);
  }, 60_000);
});
