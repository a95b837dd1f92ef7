/**
 * How fast the console answers over 100,000 alerts and many stored events, idle and while calls come in at half of what
 * this machine takes: `npm run bench:console [-- EVENTS]`. Real calls are sent first; the store then copies them under
 * new ids and earlier times. Prints a line of JSON a question, and the worst.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@clickhouse/client';
import { startClickHouse } from '@waywarden/clickhouse-embedded';
import { ALERTS, seedAlerts } from '../support/many-alerts.ts';
import { runWaywarden } from '../support/run-command.ts';
import { until } from '../support/until.ts';
import { npmStart, type RunningUp } from '../support/up-process.ts';

const EVENTS = Number(process.argv[2] ?? 10_000_000);
const COPIED = 200_000;
const ROUNDS = 20;
const BATCH = 200;
const CAPACITY_EVENTS = 2_000;
const FILTER_MS_MAX = 300;
const STATUS_MS_MAX = 200;
const WAIT_MS = 900_000;

const FILTERS = [
  '',
  'severity=critical,high',
  'kind=class_drift&sort=newest',
  'agent=spiffe://acme/agent/bot-77',
  'q=address+file',
  'state=all&hygiene=include&sort=count',
  'group=campaign',
  'group=incident&limit=200',
  'from=24h&sort=oldest',
  'sla=breached&sort=due',
];

const folder = mkdtempSync(join(tmpdir(), 'waywarden-latency-'));
const data = join(folder, 'data');
const say = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`);
const start = () => npmStart(data, '--no-demo', '--canary', 'off');

async function stop(up: RunningUp): Promise<void> {
  up.child.kill('SIGTERM');
  await up.ended;
}

async function send(up: RunningUp, lines: readonly string[]): Promise<void> {
  const headers = {
    authorization: `Bearer ${readFileSync(up.tokenFile, 'utf8').trim()}`,
    'content-type': 'application/x-ndjson',
  };
  const body = lines.join('\n');
  await until(async () => {
    const { status } = await fetch(`${up.url}/v1/events`, { method: 'POST', headers, body });
    return status === 202 ? true : undefined;
  }, WAIT_MS);
}

interface Status {
  readonly stages: readonly { readonly lag: number }[];
}

/** How many a second are decided and stored. */
async function capacity(up: RunningUp, lines: readonly string[]): Promise<number> {
  const began = performance.now();
  for (let at = 0; at < lines.length; at += BATCH) await send(up, lines.slice(at, at + BATCH));
  await until(async () => {
    const { stages } = (await (await fetch(`${up.url}/v1/status`)).json()) as Status;
    return stages.every(({ lag }) => lag === 0) ? true : undefined;
  }, WAIT_MS);
  return (lines.length / (performance.now() - began)) * 1000;
}

/** The stored calls again and again, under new ids and earlier times, while nothing runs. */
async function multiply(): Promise<void> {
  const password = readFileSync(join(data, 'keys', 'clickhouse-password'), 'utf8').trim();
  const engine = await startClickHouse({ path: join(data, 'clickhouse'), password });
  const client = createClient({ url: engine.url, database: 'waywarden', password });
  const count = async () => {
    const answer = await client.query({
      query: 'SELECT count() AS n FROM audit_events_v1',
      format: 'JSONEachRow',
    });
    const [row] = await answer.json<{ n: string }>();
    return Number(row?.n);
  };
  await client.command({ query: 'CREATE TABLE seed_v1 AS audit_events_v1' });
  await client.command({ query: 'INSERT INTO seed_v1 SELECT * FROM audit_events_v1 FINAL' });
  for (let have = await count(); have < EVENTS; have = await count()) {
    const query = `INSERT INTO audit_events_v1
      SELECT seed_v1.* REPLACE (generateUUIDv4() AS event_id, event_time - toIntervalSecond(rand() % 2419200) AS event_time)
      FROM seed_v1 CROSS JOIN numbers(100000) AS n LIMIT ${Math.min(COPIED, EVENTS - have)}
      SETTINGS max_block_size = 8192, min_insert_block_size_rows = 50000, min_insert_block_size_bytes = 100000000, max_threads = 1`;
    await client.command({ query });
  }
  await client.command({ query: 'DROP TABLE seed_v1' });
  await client.close();
  await engine.stop();
}

/** In a process of its own, so that what it costs is not what is measured. */
function sending(up: RunningUp, file: string, perSecond: number): () => void {
  const program = `
    const { readFileSync } = await import('node:fs');
    const lines = readFileSync(${JSON.stringify(file)}, 'utf8').trim().split('\\n').map((line) => JSON.parse(line));
    const token = readFileSync(${JSON.stringify(up.tokenFile)}, 'utf8').trim();
    const headers = { authorization: 'Bearer ' + token, 'content-type': 'application/x-ndjson' };
    let sent = 0;
    setInterval(() => {
      const batch = Array.from({ length: ${Math.max(1, Math.round(perSecond / 5))} }, () => {
        const event = lines[sent % lines.length];
        sent += 1;
        return JSON.stringify({ ...event, native_id: 'again-' + sent, event_time: new Date().toISOString() });
      });
      fetch(${JSON.stringify(`${up.url}/v1/events`)}, { method: 'POST', headers, body: batch.join('\\n') }).catch(() => undefined);
    }, 200);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: 'inherit',
  });
  return () => child.kill('SIGKILL');
}

/** Milliseconds of each round, the shortest first. */
async function timed(url: string): Promise<readonly number[]> {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const began = performance.now();
    await (await fetch(url)).arrayBuffer();
    times.push(performance.now() - began);
  }
  return times.toSorted((a, b) => a - b);
}

async function measure(up: RunningUp, when: string): Promise<void> {
  const worst = { filter: 0, status: 0 };
  const addresses = [
    ...FILTERS.map((query) => ['filter', `/v1/console/alerts?${query}`] as const),
    ['status', '/v1/status'] as const,
  ];
  for (const [kind, address] of addresses) {
    const times = await timed(`${up.url}${address}`);
    const p95 = Math.round(times[Math.ceil(ROUNDS * 0.95) - 1] ?? 0);
    worst[kind] = Math.max(worst[kind], p95);
    say({ when, address, p50_ms: Math.round(times[ROUNDS / 2] ?? 0), p95_ms: p95 });
  }
  say({ when, worst, allowed: { filter: FILTER_MS_MAX, status: STATUS_MS_MAX } });
}

async function stored(up: RunningUp): Promise<number | undefined> {
  const answer = await fetch(`${up.url}/v1/status`);
  const { counts } = (await answer.json()) as { counts: { events: number } | null };
  return counts?.events;
}

const fleet = join(folder, 'fleet.ndjson');
const made = await runWaywarden(
  ...['simulate', '--scenario', 'fleet-benign', '--seed', 'latency', '--agents', '58'],
  ...['--days', '1', '--out', fleet, '--labels', join(folder, 'labels.ndjson')],
  ...['--registry-out', join(folder, 'registry.yaml')],
);
if (made.code !== 0) throw new Error(made.stderr);
const lines = readFileSync(fleet, 'utf8').trim().split('\n').slice(0, CAPACITY_EVENTS);
try {
  const first = await start();
  const perSecond = await capacity(first, lines);
  await stop(first);
  await seedAlerts(data);
  const began = performance.now();
  await multiply();
  say({ alerts: ALERTS, events: EVENTS, copied_s: Math.round((performance.now() - began) / 1000) });
  const up = await start();
  await until(async () => {
    const answer = await fetch(`${up.url}/v1/console/alerts?state=all&hygiene=include&limit=1`);
    const { total, complete } = (await answer.json()) as { total: number; complete: boolean };
    return total >= ALERTS && complete ? true : undefined;
  }, WAIT_MS);
  await measure(up, 'idle');
  const end = sending(up, fleet, perSecond / 2);
  say({ capacity_per_s: Math.round(perSecond), sent_per_s: Math.round(perSecond / 2) });
  // Not while the sender itself starts, on the same cores.
  const before = await until(() => stored(up), WAIT_MS);
  const isTakingIn = async () => ((await stored(up)) ?? 0) > before + perSecond;
  await until(async () => ((await isTakingIn()) ? true : undefined), WAIT_MS);
  await measure(up, 'taking in');
  end();
  await stop(up);
} finally {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}
