/**
 * `waywarden up` as a person runs it: the real command line in a process of its own, a hijack sent
 * over HTTP, and the answer read back over HTTP; then the process is killed and started again.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import type { Alert, Decision } from '@waywarden/schemas';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fleet } from '../support/fleet.ts';

const ROOT = new URL('../..', import.meta.url).pathname;
const DEADLINE_MS = 60_000;
const POLL_MS = 100;

interface Up {
  readonly url: string;
  readonly pid: number;
  readonly data: string;
  readonly token_file: string;
}

type ListedAlert = Alert & { readonly decisions: readonly Decision[] };

interface Running {
  readonly child: ChildProcess;
  readonly ready: Up;
  readonly ended: Promise<number | null>;
}

let folder: string;
let children: ChildProcess[] = [];

async function start(...flags: readonly string[]): Promise<Running> {
  const child = spawn(
    process.execPath,
    [
      join(ROOT, 'bin/waywarden.mjs'),
      'up',
      '--port',
      '0',
      '--data',
      folder,
      '--policy',
      join(ROOT, 'test/policies/enforcing.yaml'),
      '--json',
      ...flags,
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  children.push(child);
  let errors = '';
  child.stderr.on('data', (data: Buffer) => {
    errors += data.toString();
  });
  const ended = new Promise<number | null>((resolve) => {
    child.once('exit', resolve);
  });
  const line = await Promise.race([
    new Promise<string>((resolve) => {
      createInterface({ input: child.stdout }).once('line', resolve);
    }),
    ended.then((code) => {
      throw new Error(`up ended with ${code} before it was ready:\n${errors}`);
    }),
  ]);
  return { child, ready: JSON.parse(line) as Up, ended };
}

async function ask<T>(up: Up, path: string): Promise<T> {
  const response = await fetch(`${up.url}${path}`);
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as T;
}

async function until<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  const deadline = Date.now() + DEADLINE_MS;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > deadline) throw new Error(`Never seen: ${what}.`);
    await wait(POLL_MS);
  }
}

/** The fleet's poisoned mail and the call that obeys it, among ordinary work, as of now. */
function storyLines(stories: number): readonly string[] {
  const startedMs = Date.now();
  return fleet({ stories, ordinary: 20 }).map((event, at) =>
    JSON.stringify({ ...event, event_time: new Date(startedMs + at).toISOString() }),
  );
}

async function post(up: Up, lines: readonly string[], token?: string): Promise<Response> {
  return fetch(`${up.url}/v1/events`, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-ndjson',
      authorization: `Bearer ${token ?? readFileSync(up.token_file, 'utf8').trim()}`,
    },
    body: lines.join('\n'),
  });
}

/** The status that a request of headers alone is answered with. */
function wire(up: Up, head: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(up.url).port), '127.0.0.1', () => {
      socket.write(`${head}\r\n\r\n`);
    });
    socket.once('data', (answer) => {
      resolve(Number(answer.toString().split(' ')[1]));
      socket.destroy();
    });
    socket.once('error', reject);
  });
}

const countEvents = async (up: Up): Promise<number> =>
  (await ask<{ counts: { events: number } | null }>(up, '/v1/status')).counts?.events ?? -1;

function hijackWithDecision(up: Up): Promise<ListedAlert> {
  return until('hijack_suspected with a decision', async () => {
    const { alerts } = await ask<{ alerts: ListedAlert[] }>(up, '/v1/alerts?limit=200');
    return alerts.find((one) => one.kind === 'hijack_suspected' && one.decisions.length > 0);
  });
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'waywarden-up-'));
});

afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
  children = [];
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

describe('waywarden up', () => {
  it('concludes a hijack, says why nothing was revoked, and keeps all of it over kill -9', async () => {
    const first = await start();
    const lines = storyLines(1);
    const answer = await post(first.ready, lines);
    expect(answer.status).toBe(202);
    expect(await answer.json()).toMatchObject({ accepted: lines.length, dead_lettered: 0 });

    const alert = await hijackWithDecision(first.ready);
    const [decision] = alert.decisions;
    expect(alert.subject.agent_uid).toBe('triage');
    expect(decision?.withheld_reason).toBe('claim_only_asserted');
    expect(decision?.would_be_command?.action).toBe('revoke_token');
    const cited = alert.evidence[0]?.event_id;
    const fate = await ask<{ alerts: Alert[]; event: unknown }>(first.ready, `/v1/events/${cited}`);
    expect(fate.alerts.map((one) => one.alert_id)).toContain(alert.alert_id);
    await until('every event stored', async () =>
      (await countEvents(first.ready)) === lines.length ? true : undefined,
    );

    // More is accepted (ordinary work, which revises no alert) and at once the process dies: what was
    // answered with 202 must be there.
    const more = storyLines(0).map((line) => line.replaceAll('"call-', '"later-call-'));
    expect((await post(first.ready, more)).status).toBe(202);
    first.child.kill('SIGKILL');
    await first.ended;

    const second = await start();
    await until('every accepted event stored, once', async () =>
      (await countEvents(second.ready)) >= lines.length + more.length ? true : undefined,
    );
    expect(await countEvents(second.ready)).toBe(lines.length + more.length);
    const again = await ask<ListedAlert>(second.ready, `/v1/alerts/${alert.alert_id}`);
    expect(again.decisions.map((one) => one.decision_id)).toEqual(
      alert.decisions.map((one) => one.decision_id),
    );
    expect(second.ready.token_file).toBe(first.ready.token_file);

    second.child.kill('SIGTERM');
    expect(await second.ended).toBe(0);
  }, 180_000);

  it('asks a receiver with a long name for its proof like any other', async () => {
    const { ready } = await start();
    const name = `gateway-${'ü'.repeat(500)}`;
    const path = `/v1/receivers/${encodeURIComponent(name)}/commands?tenant=default`;
    expect((await fetch(ready.url + path)).status).toBe(401);
  });

  it('takes events only with the token, and answers nobody who comes under another name', async () => {
    const { ready, child, ended } = await start();
    expect(statSync(ready.token_file).mode & 0o077).toBe(0);
    expect((await post(ready, storyLines(1), 'wwi_not-a-token')).status).toBe(401);
    const port = new URL(ready.url).port;
    const rebound = await new Promise<number>((resolve, reject) => {
      void import('node:http').then(({ get }) =>
        get({ host: '127.0.0.1', port, headers: { host: `evil.example:${port}` } }, (response) => {
          response.resume();
          resolve(response.statusCode ?? 0);
        }).on('error', reject),
      );
    });
    expect(rebound).toBe(403);
    // Nobody unknown may end the process, as a target that is a URL once could, or make it wait for a
    // body before it is told no.
    const hello = `Host: localhost\r\nContent-Type: application/x-ndjson\r\nContent-Length: 9`;
    expect(await wire(ready, `POST http://evil.example/v1/events HTTP/1.1\r\n${hello}`)).toBe(401);
    expect(await wire(ready, `POST /v1/events HTTP/1.1\r\nExpect: 100-continue\r\n${hello}`)).toBe(
      401,
    );
    expect(await wire(ready, 'GET / HTTP/1.1\r\nHost : x')).toBe(400);
    const page = await fetch(ready.url);
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(await page.text()).not.toMatch(/(?:src|href)="(?:https?:)?\/\//);
    child.kill('SIGINT');
    expect(await ended).toBe(0);
  }, 120_000);
});
