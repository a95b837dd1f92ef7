/**
 * One source of a tenant floods with sixty connections that heed no 429: another source of the same tenant
 * still gets its events in, nothing that was accepted is lost, and the process ends when it is told to.
 * `WAYWARDEN_FLOOD_SECONDS` makes it longer, `WAYWARDEN_FLOOD_RESULTS` names a file for the figures, times among them.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { env } from 'node:process';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { runCommand } from '../support/run-command.ts';
import { until } from '../support/until.ts';
import { npmStart, type RunningUp } from '../support/up-process.ts';

const SECONDS = Number(env['WAYWARDEN_FLOOD_SECONDS'] ?? 15);
const CONNECTIONS = 60;
const EVENTS_A_BODY = 300;
const EVERY_MS = 200;
/** Of one event of the other source, before it is in. */
const REFUSALS_MAX = 1;
const END_MS_MAX = 10_000;
const CHILD = fileURLToPath(new URL('../support/flood-child.mjs', import.meta.url));

let folder: string;
let up: RunningUp;
let gateway: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'waywarden-flood-'));
  up = await npmStart(folder, '--no-demo', '--canary', 'off');
  const made = await runCommand(
    ...['token', 'create', '--data', folder, '--source', 'gateway/main', '--json'],
  );
  gateway = String(made['token']);
});

afterEach(() => {
  up.child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

interface GotIn {
  readonly ms: number;
  readonly refusals: number;
}

/** One event of the other source, sent again after each 429 as it says. */
async function getIn(at: number): Promise<GotIn> {
  const began = performance.now();
  const body = JSON.stringify({
    native_id: `gateway-${at}`,
    event_time: new Date().toISOString(),
    activity: 'tool_call',
    agent: { uid: 'agent/steady' },
    tool: { name: 'read_mail', server: 'mail' },
    outcome: 'success',
  });
  const headers = { authorization: `Bearer ${gateway}`, 'content-type': 'application/json' };
  for (let refusals = 0; ; refusals += 1) {
    const answer = await fetch(`${up.url}/v1/events`, { method: 'POST', headers, body });
    await answer.text();
    if (answer.status === 202) return { ms: performance.now() - began, refusals };
    const afterMs = Number(answer.headers.get('retry-after') ?? 1) * 1_000;
    await new Promise((resolve) => setTimeout(resolve, afterMs));
  }
}

async function steady(): Promise<readonly GotIn[]> {
  const took: Promise<GotIn>[] = [];
  const end = performance.now() + SECONDS * 1_000;
  while (performance.now() < end) {
    took.push(getIn(took.length));
    await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
  }
  return Promise.all(took);
}

function at(took: readonly GotIn[], share: number): number {
  const sorted = took.map(({ ms }) => ms).toSorted((one, other) => one - other);
  return Math.round(sorted[Math.ceil(sorted.length * share) - 1] ?? Number.NaN);
}

it('lets another source in at the first or second try, loses nothing, and ends at once', async () => {
  const calm = await getIn(-1);
  const flood = spawn(
    process.execPath,
    [CHILD, up.url, up.tokenFile, String(CONNECTIONS), String(EVENTS_A_BODY)],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  let text = '';
  flood.stdout.on('data', (data: Buffer) => {
    text += data.toString();
  });
  const took = await steady();
  flood.stdin.end();
  await once(flood, 'close');
  const flooded = JSON.parse(text) as {
    readonly accepted: number;
    readonly statuses: Readonly<Record<string, number>>;
  };
  const result = {
    seconds: SECONDS,
    calm_ms: Math.round(calm.ms),
    refusals_max: Math.max(...took.map(({ refusals }) => refusals)),
    events: took.length,
    p50_ms: at(took, 0.5),
    p99_ms: at(took, 0.99),
    max_ms: at(took, 1),
    ...flooded,
  };
  const file = env['WAYWARDEN_FLOOD_RESULTS'];
  if (file !== undefined) appendFileSync(file, `${JSON.stringify(result)}\n`);
  expect(Object.keys(flooded.statuses).every((status) => ['202', '429'].includes(status))).toBe(
    true,
  );
  expect(flooded.statuses['429'] ?? 0).toBeGreaterThan(0);
  expect(result.refusals_max).toBeLessThanOrEqual(REFUSALS_MAX);
  const stored = flooded.accepted + took.length + 1;
  await until(async () => {
    const answer = await fetch(`${up.url}/v1/status`);
    const { counts } = (await answer.json()) as { counts: { events: number } | null };
    return counts?.events === stored ? counts : undefined;
  }, 300_000);
  const asked = performance.now();
  up.child.kill('SIGTERM');
  await up.ended;
  expect(performance.now() - asked).toBeLessThan(END_MS_MAX);
}, 600_000);
