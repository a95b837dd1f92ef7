/**
 * Guarantee: two responders and two detectors on a real broker, frozen, killed and thawed, with broker
 * and store away between, lose nothing, double nothing and leave nothing unenforced: they come to what
 * an undisturbed installation comes to, id by id. Here in short; `npm run chaos:distributed` is long.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { createClient } from '@clickhouse/client';
import { type EmbeddedClickHouse, startClickHouse } from '@waywarden/clickhouse-embedded';
import type { EventLog } from '@waywarden/event-log';
import { openKafkaLog } from '@waywarden/event-log/kafka';
import type { InputEvent } from '@waywarden/schemas';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { seededRandom } from '../../services/waywarden/src/input/seeded-random.ts';
import { fleet } from '../support/fleet.ts';
import { type RunningKafka, startKafka } from '../support/kafka-broker.ts';
import { until } from '../support/until.ts';
import { record, SEED } from './chaos-settings.ts';
import { type Fault, faultPlan } from './distributed/fault-plan.ts';
import {
  type Installation,
  type InstallationOptions,
  install,
} from './distributed/installation.ts';
import { type Outcome, outcomeOf, partitionPauses, timePauses } from './distributed/outcome.ts';
import { StoreProxy } from './distributed/store-proxy.ts';

const KILLS = Number(process.env['WAYWARDEN_FAULT_KILLS'] ?? 6);
const FAULT_MS = Number(process.env['WAYWARDEN_FAULT_MS'] ?? 8_000);
const STORIES = Number(process.env['WAYWARDEN_FAULT_STORIES'] ?? 12);
/** Between two faults. */
const REST_MS = Number(process.env['WAYWARDEN_FAULT_REST_MS'] ?? 3_000);
/** JSON, to repeat what went wrong. */
const GIVEN_PLAN: readonly Fault[] | undefined =
  JSON.parse(process.env['WAYWARDEN_FAULT_PLAN'] ?? 'null') ?? undefined;
/** How long a partition, or time, may stand still; only a run that has the machine for itself can say. */
const PAUSE_MS_MAX = Number(process.env['WAYWARDEN_FAULT_PAUSE_MS'] ?? Number.POSITIVE_INFINITY);
const TEST_MS_MAX = 600_000 + 2 * (KILLS * REST_MS + 7 * (FAULT_MS + REST_MS));
const SETTLE_MS_MAX = 180_000;
const BATCH_EVENTS = 2;

const folder = mkdtempSync(join(tmpdir(), 'waywarden-faults-'));
let broker: Awaited<ReturnType<typeof startKafka>>;
let engine: EmbeddedClickHouse;
let proxy: StoreProxy;
const running: Installation[] = [];
const brokerAway: [number, number][] = [];

beforeAll(async () => {
  broker = await startKafka();
  if (!('brokers' in broker)) return;
  engine = await startClickHouse({ path: join(folder, 'clickhouse') });
  proxy = await StoreProxy.open(engine.url);
}, 180_000);

afterAll(async () => {
  await Promise.all(running.map((one) => one.stop()));
  proxy?.close();
  await engine?.stop();
  if ('brokers' in broker) await broker.stop();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}, 120_000);

async function begin(
  prefix: string,
  over: Pick<InstallationOptions, 'each' | 'store'>,
): Promise<Installation> {
  const { brokers } = broker as RunningKafka;
  const site = await install({ folder: join(folder, 'install'), brokers, prefix, ...over });
  running.push(site);
  return site;
}

/** To all sites the same, as every sender must: again until it is acknowledged. */
async function send(sites: readonly Installation[], events: readonly InputEvent[], paceMs: number) {
  for (let at = 0; at < events.length; at += BATCH_EVENTS) {
    const event_time = new Date().toISOString();
    const batch = events.slice(at, at + BATCH_EVENTS).map((event) => ({ ...event, event_time }));
    const body = batch.map((event) => JSON.stringify(event)).join('\n');
    await Promise.all(sites.map((site) => post(site, body)));
    await wait(paceMs);
  }
}

async function post({ url, token }: Installation, body: string): Promise<void> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/x-ndjson' };
  await until(async () => {
    const { status } = await fetch(`${url}/v1/events`, { method: 'POST', headers, body });
    return status === 202 ? true : undefined;
  }, SETTLE_MS_MAX);
}

async function strike({ services }: Installation, fault: Fault, kafka: RunningKafka) {
  switch (fault.kind) {
    case 'kill':
      services[fault.service]?.kill();
      return;
    case 'freeze':
      services[fault.service]?.freeze();
      await wait(fault.forMs);
      services[fault.service]?.thaw();
      return;
    case 'broker': {
      const fromMs = Date.now();
      await kafka.restart?.(fault.forMs);
      brokerAway.push([fromMs, Date.now()]);
      return;
    }
    default:
      proxy.become(fault.kind === 'store-away' ? 'away' : 'hung');
      await wait(fault.forMs);
      proxy.become('there');
  }
}

async function warmedUp(log: EventLog, expected: Outcome): Promise<Outcome> {
  let last: Outcome | undefined;
  await until(async () => {
    last = await outcomeOf(log);
    return JSON.stringify(last) === JSON.stringify(expected) ? true : undefined;
  }, SETTLE_MS_MAX).catch(() => undefined);
  return last ?? expected;
}

/** Nothing new for a while: all that follows from the events has been concluded. */
async function quiet(log: EventLog, events: number): Promise<Outcome> {
  let before = '';
  let sinceMs = performance.now();
  return until(async () => {
    const now = await outcomeOf(log);
    const text = JSON.stringify(now);
    if (text !== before) sinceMs = performance.now();
    before = text;
    return now.events.length >= events && performance.now() - sinceMs > 10_000 ? now : undefined;
  }, SETTLE_MS_MAX);
}

async function storedEvents(database: string): Promise<number> {
  const client = createClient({ url: engine.url, database });
  try {
    const query = 'SELECT count() AS n FROM audit_events_v1 FINAL';
    const [row] = await (await client.query({ query, format: 'JSONEachRow' })).json<{
      n: string;
    }>();
    return Number(row?.n ?? 0);
  } finally {
    await client.close();
  }
}

const openLog = (prefix: string) =>
  openKafkaLog({
    ...{ brokers: (broker as RunningKafka).brokers, clientId: `faults-${prefix}` },
    topicPrefix: prefix,
  });

it(
  'what is killed, frozen and cut off comes to the same as what is left alone',
  async (context) => {
    if (!('brokers' in broker)) return context.skip();
    const events = fleet({ stories: STORIES, ordinary: 20 });
    const calm = await begin('calm.', { each: 1 });
    const site = await begin('storm.', { each: 2, store: { url: proxy.url, database: 'storm' } });
    const names = Object.keys(site.services);
    const options = { services: names, kills: KILLS, forMs: FAULT_MS };
    const plan = GIVEN_PLAN ?? faultPlan(seededRandom(SEED), options);
    const lastsMs = plan.reduce((sum, one) => sum + REST_MS + ('forMs' in one ? one.forMs : 0), 0);
    const sending = send([calm, site], events, (lastsMs / events.length) * BATCH_EVENTS);
    for (const fault of plan) {
      process.stderr.write(`fault: ${Date.now()} ${JSON.stringify(fault)}\n`);
      await strike(site, fault, broker);
      await wait(REST_MS);
    }
    await sending;
    const [calmLog, log] = [await openLog('calm.'), await openLog('storm.')];
    const expected = await quiet(calmLog, events.length);
    const outcome = await warmedUp(log, expected);
    const [pauses, silences] = [
      await partitionPauses(log, brokerAway),
      await timePauses(log, brokerAway),
    ];
    const ended = Object.fromEntries(names.map((name) => [name, site.services[name]?.ended ?? 0]));
    const stored = await until(async () => {
      const rows = await storedEvents('storm');
      return rows === events.length ? rows : undefined;
    }).catch(() => storedEvents('storm'));
    record({ test: 'distributed-faults', seed: SEED, plan, pauses, silences, ended });
    process.stderr.write(`${JSON.stringify({ pauses, silences, ended })}\n`);
    for (const one of Object.values(site.services)) process.stderr.write(one.failures);
    await Promise.all([log.close(), calmLog.close()]);
    expect(expected).toMatchObject({ doubled: [], deadLetters: 0 });
    expect(expected.commands.length).toBeGreaterThan(0);
    expect(outcome).toEqual(expected);
    expect(stored).toBe(events.length);
    expect(pauses[0]?.ms ?? 0).toBeLessThanOrEqual(PAUSE_MS_MAX);
    expect(silences[0]?.ms ?? 0).toBeLessThanOrEqual(PAUSE_MS_MAX);
  },
  TEST_MS_MAX,
);
