/**
 * Guarantee: while `up` has the folder, `verify`, `audit verify`, `status` and `policy test` ask it; what was tampered with is named
 * all the same, although events go on arriving.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createClient } from '@clickhouse/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fleet } from '../support/fleet.ts';
import { runWaywarden } from '../support/run-command.ts';

const MAIN = new URL('../../services/waywarden/dist/main.js', import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), 'waywarden-verify-up-'));
const data = join(folder, 'data');
const LONG_MS = 120_000;
let child: ChildProcess;
let url: string;
let token: string;

async function start(): Promise<void> {
  const flags = ['up', '--no-demo', '--port', '0', '--partitions', '2', '--json', '--data', data];
  const keep = ['--keep', 'events=30d/1GiB', 'deadletter=7d'];
  child = spawn(process.execPath, [MAIN, ...flags, ...keep], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const { stdout } = child;
  if (stdout === null) throw new Error('no output');
  const line = await new Promise<string>((resolve, reject) => {
    createInterface({ input: stdout }).once('line', resolve);
    child.once('exit', (code) => reject(new Error(`up ended with ${code}`)));
  });
  const ready = JSON.parse(line) as { url: string; token_file: string };
  url = ready.url;
  token = readFileSync(ready.token_file, 'utf8').trim();
}

async function send(events: readonly unknown[]): Promise<void> {
  const response = await fetch(`${url}/v1/events`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/x-ndjson' },
    body: events.map((event) => `${JSON.stringify(event)}\n`).join(''),
  });
  expect(response.status).toBe(202);
}

async function tamper(statement: string): Promise<void> {
  const owner = JSON.parse(readFileSync(join(data, 'clickhouse', 'owner.json'), 'utf8'));
  const password = readFileSync(join(data, 'keys', 'clickhouse-password'), 'utf8').trim();
  const client = createClient({
    url: owner.url,
    database: 'waywarden',
    username: 'default',
    password,
  });
  await client.command({ query: statement, clickhouse_settings: { mutations_sync: '2' } });
  await client.close();
}

const verify = async () => {
  const { code, stdout, stderr } = await runWaywarden('verify', '--data', data, '--json');
  if (stdout === '') throw new Error(stderr);
  return { code, said: JSON.parse(stdout.trim().split('\n').at(-1) ?? '') };
};

describe('a folder that a running up has', () => {
  beforeAll(async () => {
    await start();
    await send(fleet({ stories: 1, ordinary: 20 }));
  }, LONG_MS);
  afterAll(async () => {
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  });

  it(
    'is verified by it, also while events arrive',
    async () => {
      const asked = verify();
      await send(fleet({ stories: 0, ordinary: 40 }));
      const { code, said } = await asked;
      expect(said.problems).toEqual([]);
      expect(code).toBe(0);
      expect(said.counts.records).toBeGreaterThan(20);
    },
    LONG_MS,
  );

  it(
    'has its chain of decisions verified by it, against a head that somebody kept as well',
    async () => {
      const audit = (...flags: readonly string[]) =>
        runWaywarden('audit', 'verify', '--data', data, '--json', ...flags);
      const { code, stdout } = await audit();
      const { ok, head } = JSON.parse(stdout);
      expect({ code, ok }).toEqual({ code: 0, ok: true });
      expect(head.seq).toBeGreaterThan(0);
      expect((await audit('--head', `${head.seq}:${'f'.repeat(64)}`)).code).toBe(1);
      expect((await fetch(`${url}/v1/audit/verify`, { method: 'POST' })).status).toBe(401);
    },
    LONG_MS,
  );

  it(
    'tells how it is, what the log keeps, and counts it for a scraper',
    async () => {
      const { code, stdout } = await runWaywarden('status', '--data', data, '--json');
      const said = JSON.parse(stdout) as {
        health: string;
        log: { stored_for: Record<string, unknown>; lost: unknown[]; sentence: string };
      };
      expect({ code, health: said.health, lost: said.log.lost }).toEqual({
        code: 0,
        health: 'ok',
        lost: [],
      });
      expect(said.log.stored_for).toMatchObject({
        'waywarden.audit.events.v1': { days: 30, bytes: 1024 ** 3 },
        'waywarden.audit.deadletter.v1': { days: 7 },
        'waywarden.revocation.commands.v1': { days: null },
      });
      const metrics = await (await fetch(`${url}/metrics`)).text();
      expect(metrics).toMatch(/^waywarden_ingest_events_total.* \d+$/m);
      expect(metrics).toMatch(
        /^waywarden_log_end_offset\{topic="waywarden.audit.events.v1",partition="0"\} \d+$/m,
      );
      expect(metrics).toMatch(/^waywarden_assembly_chains_open\{partition="0"\} \d+$/m);
      expect(metrics).toMatch(/^waywarden_assembly_gaps\{partition="0"\} \d+$/m);
    },
    LONG_MS,
  );

  it(
    'tells policy test what it recorded, as if the folder were nobody’s',
    async () => {
      const running = await runWaywarden('policy', 'test', '--data', data, '--json');
      expect(running.stderr).not.toContain('in use');
      const { history } = JSON.parse(running.stdout.trim().split('\n').at(-1) ?? '');
      expect(history.events).toBeGreaterThan(20);
      expect(history.alerts).toBeGreaterThan(0);
    },
    LONG_MS,
  );

  it('tells its log to nobody without its control token, and no dead letters', async () => {
    const events = 'waywarden.audit.events.v1';
    expect((await fetch(`${url}/v1/log/${events}`)).status).toBe(401);
    const { control_token_file: file } = JSON.parse(readFileSync(join(data, 'owner.json'), 'utf8'));
    const authorization = `Bearer ${readFileSync(file, 'utf8').trim()}`;
    const letters = 'waywarden.audit.deadletter.v1';
    const refused = await fetch(`${url}/v1/log/${letters}`, { headers: { authorization } });
    expect(refused.status).toBe(404);
    expect(await refused.json()).toMatchObject({ what_to_do: expect.stringContaining(events) });
  });

  it('warns of a token whose tenant it does not show, and says whose it shows', async () => {
    const create = ['token', 'create', '--source', 'a/b', '--data', data, '--json'];
    const other = await runWaywarden(...create, '--id', 'other', '--tenant', 'other');
    expect(other.stderr).toContain('shows tenant default only: alerts of other');
    expect(JSON.parse(other.stdout).warnings).toHaveLength(1);
    const own = await runWaywarden(...create, '--id', 'own');
    expect(JSON.parse(own.stdout).warnings).toEqual([]);
    const id = '00000000-0000-4000-8000-000000000000';
    for (const kind of ['events', 'alerts']) {
      const answer = await (await fetch(`${url}/v1/${kind}/${id}`)).json();
      expect(answer).toMatchObject({
        message: expect.stringContaining('of tenant default'),
        what_to_do: expect.stringContaining('--tenant'),
      });
    }
  });

  it('says what to do about a request of the wrong type', async () => {
    const response = await fetch(`${url}/v1/registry`, {
      method: 'PUT',
      headers: { 'content-type': 'text/yaml' },
      body: 'version: 1',
    });
    expect(response.status).toBe(415);
    expect(await response.json()).toMatchObject({
      what_to_do: expect.stringContaining('application/json'),
    });
  });

  it(
    'ends with 1 and names what was deleted or doubled, with an up that goes on',
    async () => {
      await tamper("ALTER TABLE audit_events_v1 DELETE WHERE native_id = 'call-3'");
      await tamper(
        "INSERT INTO audit_events_v1 SELECT * REPLACE(stored_at + INTERVAL 1 DAY AS stored_at) FROM audit_events_v1 WHERE native_id = 'call-4'",
      );
      const { code, said } = await verify();
      expect(code).toBe(1);
      const codes = said.problems.map((problem: { code: string }) => problem.code);
      expect(codes).toEqual(expect.arrayContaining(['row_missing', 'row_doubled']));
      expect((await fetch(`${url}/v1/status`)).ok).toBe(true);
    },
    LONG_MS,
  );

  it('is not verified for somebody without its control token', async () => {
    const response = await fetch(`${url}/v1/verify`, { method: 'POST' });
    expect(response.status).toBe(401);
  });
});
