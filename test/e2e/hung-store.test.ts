/**
 * A store that hangs blinds nobody: status and page answer at once and say so, events are taken and decided
 * meanwhile, and the child that hangs is replaced, after which everything is stored.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { fleet } from '../support/fleet.ts';
import { until } from '../support/until.ts';
import { npmStart, type RunningUp } from '../support/up-process.ts';

const ANSWER_MS_MAX = 2_500;

interface Status {
  readonly health: string;
  readonly sentence: string;
  readonly counts: { readonly events: number } | null;
  readonly counts_at: string | null;
}

let folder: string;
let up: RunningUp;

const storePid = (): number =>
  JSON.parse(readFileSync(join(folder, 'clickhouse/owner.json'), 'utf8')).child.pid;

async function timed<T>(path: string): Promise<{ readonly ms: number; readonly body: T }> {
  const began = performance.now();
  const response = await fetch(`${up.url}${path}`);
  const body = (await response.json()) as T;
  return { ms: performance.now() - began, body };
}

async function post(stories: number, ordinary: number): Promise<number> {
  const now = new Date().toISOString();
  const events = fleet({ stories, ordinary }).map((event) => ({ ...event, event_time: now }));
  const response = await fetch(`${up.url}/v1/events`, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-ndjson',
      authorization: `Bearer ${readFileSync(up.tokenFile, 'utf8').trim()}`,
    },
    body: events.map((event) => JSON.stringify(event)).join('\n'),
  });
  return ((await response.json()) as { readonly accepted: number }).accepted;
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'waywarden-hung-'));
  up = await npmStart(folder, '--no-demo', '--canary', 'off');
});

afterEach(() => {
  up.child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

it('answers at once while the store hangs, says so, replaces it and stores what came meanwhile', async () => {
  let accepted = await post(1, 20);
  await until(async () => {
    const { body } = await timed<Status>('/v1/status');
    return body.counts?.events === accepted ? body : undefined;
  });
  await timed('/v1/console/now');
  const pid = storePid();
  process.kill(pid, 'SIGSTOP');
  const silent = await until(async () => {
    const { ms, body } = await timed<Status>('/v1/status');
    expect(ms).toBeLessThan(ANSWER_MS_MAX);
    const page = await timed<{ readonly as_of: string }>('/v1/console/now');
    expect(page.ms).toBeLessThan(ANSWER_MS_MAX);
    expect(page.body.as_of).toBeTypeOf('string');
    return body.health === 'store_unavailable' ? body : undefined;
  }, 8_000);
  expect(silent.sentence).toContain('The store does not answer');
  expect(silent.counts?.events).toBe(accepted);
  expect(silent.counts_at).toBeTypeOf('string');
  accepted += await post(3, 50);
  const healthy = await until(async () => {
    const { body } = await timed<Status>('/v1/status');
    return body.health === 'ok' && (body.counts?.events ?? 0) >= accepted ? body : undefined;
  }, 45_000);
  expect(healthy.counts?.events).toBe(accepted);
  expect(storePid()).not.toBe(pid);
  up.child.kill('SIGTERM');
  expect(await up.ended).toBe(0);
});
