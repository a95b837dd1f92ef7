/**
 * Guarantee: the same services as separate processes over a real broker reach the same conclusion
 * as the one process does: the events are rows, the hijack is an alert, and what rests on asserted
 * identity is withheld with its reason. The console beside them lists the alert, closes it, and has the
 * responder pause, once the registry names the account's key.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createClient } from '@clickhouse/client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ConsoleClient } from '../support/console-client.ts';
import { fleet } from '../support/fleet.ts';
import { startKafka } from '../support/kafka-broker.ts';
import { until } from '../support/until.ts';

interface Ready {
  readonly url: string;
  readonly clickhouse: string;
  readonly database: string;
  readonly token_file: string;
  readonly console_url: string;
  readonly console_data: string;
  readonly folder: string;
}

const CLAIMED_STORED = 8_000;
const ROOT = new URL('../../', import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), 'waywarden-distributed-'));
let broker: Awaited<ReturnType<typeof startKafka>>;
let services: ChildProcess | undefined;
/** The end of what the services wrote to standard error: the reason, when they end too early. */
let said = '';

beforeAll(async () => {
  broker = await startKafka();
}, 180_000);

afterAll(async () => {
  if (services !== undefined && services.exitCode === null) {
    services.kill('SIGTERM');
    await once(services, 'exit');
  }
  if ('brokers' in broker) await broker.stop();
  rmSync(folder, { recursive: true, force: true });
}, 60_000);

async function start(brokers: readonly string[]): Promise<Ready> {
  const child = spawn(process.execPath, [join(ROOT, 'scripts/distributed.mjs'), folder], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      KAFKA_BROKERS: brokers.join(','),
      WW_KAFKA_TOPIC_PREFIX: 'distributed.',
      WW_POLICY_FILE: join(ROOT, 'test/policies/enforcing.yaml'),
    },
  });
  services = child;
  const { stdout, stderr } = child;
  stderr.on('data', (data: Buffer) => {
    process.stderr.write(data);
    said = (said + data.toString()).slice(-CLAIMED_STORED);
  });
  return new Promise((resolve, reject) => {
    createInterface({ input: stdout }).on('line', (line) => {
      if (line.startsWith('{')) resolve(JSON.parse(line) as Ready);
    });
    // On 'close', not 'exit': its last words may still be in the pipe when it has ended.
    child.once('close', (code) =>
      reject(new Error(`The services ended with ${code}; the last that they said:\n${said}`)),
    );
  });
}

const waywarden = (...args: string[]) =>
  execFileSync(process.execPath, [join(ROOT, 'services/waywarden/dist/main.js'), ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });

let ready: Ready;

it('detects and archives over separate processes', async (context) => {
  if (!('brokers' in broker)) return context.skip();
  ready = await start(broker.brokers);
  const events = fleet({ stories: 2, ordinary: 20 });
  const answer = await fetch(`${ready.url}/v1/events`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${readFileSync(ready.token_file, 'utf8').trim()}`,
      'content-type': 'application/x-ndjson',
    },
    body: events.map((event) => JSON.stringify(event)).join('\n'),
  });
  expect(answer.status).toBe(202);
  expect(await answer.json()).toMatchObject({ accepted: events.length, dead_lettered: 0 });

  const client = createClient({ url: ready.clickhouse, database: ready.database });
  const ask = async <T>(query: string) =>
    (await client.query({ query, format: 'JSONEachRow' })).json<T>();
  try {
    const rows = await until(async () => {
      const [row] = await ask<{ n: string }>('SELECT count() AS n FROM audit_events_v1 FINAL');
      return Number(row?.n) === events.length ? row : undefined;
    });
    expect(rows).toBeDefined();
    const decisions = await until(async () => {
      const found = await ask<{ reason: string }>(
        "SELECT withheld_reason AS reason FROM decisions_v1 FINAL WHERE rule_id = 'hijack-task'",
      );
      return found.length >= 2 ? found : undefined;
    });
    expect(new Set(decisions.map((d) => d.reason))).toEqual(new Set(['claim_only_asserted']));
    const kinds = await ask<{ kind: string }>('SELECT DISTINCT kind FROM alerts_v1 FINAL');
    expect(kinds.map((k) => k.kind)).toContain('hijack_suspected');
  } finally {
    await client.close();
  }
}, 300_000);

it('the console beside them lists the alert and closes it', async (context) => {
  if (!('brokers' in broker)) return context.skip();
  const console = new ConsoleClient(ready.console_url);
  expect((await fetch(`${ready.console_url}/v1/session`)).status).toBe(200);
  await console.firstSignIn(join(ready.console_data, 'first-password.txt'));
  const hijack = await until(async () => {
    const { body } = await console.ask('GET', '/v1/alerts?kind=hijack_suspected');
    return body.alerts[0];
  });
  const seen = { alert_id: hijack.alert_id, revision: hijack.revision, last_act: null };
  const change = { state: 'closed', classification: 'true_positive' };
  const closed = await console.ask('POST', '/v1/triage', {
    ...{ alerts: [seen], change, reason: 'a real one' },
  });
  expect(closed.status).toBe(200);
  const { body } = await console.ask('GET', '/v1/console/alerts?state=closed');
  expect(JSON.stringify(body.items)).toContain(hijack.alert_id);
  expect((await console.ask('GET', `/v1/console/alerts/${hijack.alert_id}`)).status).toBe(200);
  expect((await console.ask('GET', '/v1/preview?agent=somebody')).body.days).toBe(7);
}, 120_000);

it('its acts reach the responder once the registry names the account', async (context) => {
  if (!('brokers' in broker)) return context.skip();
  const console = new ConsoleClient(ready.console_url);
  await console.signIn('admin');
  const pause = () => console.ask('POST', '/v1/response', { act: 'pause', reason: 'a drill' });
  expect((await pause()).body).toMatchObject({ error: 'operator_without_key' });
  const registry = join(folder, 'operators.yaml');
  const operators = waywarden('account', 'operators', '--data', ready.console_data);
  writeFileSync(registry, `version: 1\nagents: []\n${operators}`);
  waywarden(
    ...['init', '--brokers', broker.brokers.join(','), '--topic-prefix', 'distributed.'],
    ...['--folder', ready.folder, '--partitions', '4', '--registry', registry],
    ...['--policy', join(ROOT, 'test/policies/enforcing.yaml')],
  );
  const given = await until(async () => {
    const answer = await pause();
    return answer.status === 200 ? answer.body : undefined;
  });
  expect(given.sentence).toContain('when a second person gives the same');
  const { body } = await console.ask('GET', '/v1/enforcement');
  expect(body).toMatchObject({ paused: false, pending: { act: 'pause', by: 'admin' } });
}, 120_000);
