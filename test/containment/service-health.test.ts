/**
 * Guarantee: of separate services each says whether it does its work. What stops, a store, a broker or
 * a stage, makes the probe of whoever needs it answer 503 within ten seconds, with the reason and a
 * sentence, and shows in its metrics, on which the alert rule fires; what comes back is said to be back.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startClickHouse } from '@waywarden/clickhouse-embedded';
import { lintProblems } from '@waywarden/service-health';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startNativeKafka, whyNotNative } from '../../scripts/kafka-native.mjs';
import { hasPromtool, notFiring, promtool } from '../support/promtool.ts';
import { until } from '../support/until.ts';
import {
  HEALTH_SERVICES,
  type HealthService,
  type HealthSite,
  type Ready,
  startHealthSite,
} from './health-site.ts';

const LONG_MS = 300_000;
const READ_THE_LOG = HEALTH_SERVICES;
/** What a machine that is shared by others adds to the ten seconds. */
const BOUND_MS = 20_000;

const folder = mkdtempSync(join(tmpdir(), 'waywarden-health-'));
const reason = whyNotNative();
let broker: Awaited<ReturnType<typeof startNativeKafka>> | undefined;
let store: Awaited<ReturnType<typeof startClickHouse>> | undefined;
let site: HealthSite;

if (reason !== undefined) {
  if (process.env['REQUIRE_KAFKA'] === '1') throw new Error(`REQUIRE_KAFKA=1, but ${reason}`);
  console.warn(`\nHEALTH OF SEPARATE SERVICES IS NOT TRIED: ${reason}\n`);
}

beforeAll(async () => {
  if (reason !== undefined) return;
  broker = await startNativeKafka({ log: console.warn });
  store = await startClickHouse({ path: join(folder, 'store') });
  site = await startHealthSite({ folder, brokers: broker.brokers, storeUrl: store.url });
}, LONG_MS);

afterAll(async () => {
  await site?.stop();
  await store?.stop();
  await broker?.stop();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}, 60_000);

function becomes(
  service: HealthService,
  is: (ready: Ready) => boolean,
  patienceMs = BOUND_MS,
): Promise<Ready> {
  return until(async () => {
    const ready = await site.ready(service);
    return is(ready) ? ready : undefined;
  }, patienceMs);
}

const saying = (wanted: string) => (ready: Ready) =>
  ready.conditions?.some(({ reason: one }) => one === wanted) === true;
const isReady = (ready: Ready) => ready.ready;

async function sampleOf(service: HealthService, series: string): Promise<number | undefined> {
  const lines = (await site.metrics(service)).split('\n');
  const line = lines.find((one) => one.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.slice(series.length + 1));
}

function stopStore(signal: NodeJS.Signals): void {
  const pid = store?.pid();
  if (pid !== undefined) process.kill(pid, signal);
}

describe.skipIf(reason !== undefined)('separate services', () => {
  it(
    'are ready, and name themselves in metrics that promtool accepts',
    async () => {
      for (const service of HEALTH_SERVICES) {
        await becomes(service, isReady, 120_000);
        const text = await site.metrics(service);
        const name = service === 'follower' ? 'responder' : service;
        expect(text).toContain(`waywarden_build_info{service="${name}"`);
        expect(text).toMatch(/^waywarden_ready 1$/m);
        expect(lintProblems(text)).toEqual([]);
        if (hasPromtool) expect(promtool(['check', 'metrics'], text)).toBe('');
      }
    },
    LONG_MS,
  );

  it(
    'say which of two responders is active, and that the other stands by',
    async () => {
      await until(
        async () => (await sampleOf('responder', 'waywarden_lease_owned')) === 1 || undefined,
      );
      expect(await sampleOf('follower', 'waywarden_lease_owned')).toBe(0);
      const standby = await site.ready('follower');
      expect(standby).toMatchObject({ ready: true, notes: [{ reason: 'standby' }] });
    },
    LONG_MS,
  );

  it(
    'find the canary, whose alerts, decisions and commands are counted',
    async () => {
      const lastSuccess = 'waywarden_canary_last_success_timestamp_seconds';
      await until(async () => ((await sampleOf('canary', lastSuccess)) ?? 0) > 0 || undefined);
      expect(await sampleOf('canary', 'waywarden_canary_missing')).toBe(0);
      const detector = await site.metrics('detector');
      expect(detector).toMatch(
        /^waywarden_alerts_total\{kind="hijack_suspected",severity="\w+"\} /m,
      );
      expect(detector).toMatch(/^waywarden_stage_partitions\{stage="detector-profile"\} 2$/m);
      expect(detector).toMatch(/^waywarden_assembly_chains_open\{partition="\d"\} /m);
      const responder = await site.metrics('responder');
      expect(await site.metrics('follower')).not.toContain('waywarden_commands_total{');
      expect(responder).toMatch(/^waywarden_decisions_total\{mode="enforce",outcome="issued"\} /m);
      expect(responder).toMatch(/^waywarden_commands_total\{action="revoke_token"\} /m);
      expect(responder).toMatch(/^waywarden_wait_seconds\{wait="intake"\} \d/m);
      const ingest = await site.metrics('ingest');
      expect(ingest).toMatch(
        /^waywarden_http_request_duration_seconds_count\{method="POST",route="\/v1\/events",status="202"\} [1-9]/m,
      );
      await until(
        async () =>
          ((await sampleOf('archiver', 'waywarden_store_rows_total')) ?? 0) > 0 || undefined,
      );
    },
    LONG_MS,
  );

  it(
    'say that the store hangs, and that it is back',
    async () => {
      stopStore('SIGSTOP');
      const stopped = await becomes('archiver', saying('store_unavailable'));
      expect(stopped.ready).toBe(false);
      expect(stopped.conditions?.map(({ sentence }) => sentence).join(' ')).toContain(
        'The store does not answer (no answer in 2.5 s).',
      );
      const text = await site.metrics('archiver');
      expect(text).toMatch(/^waywarden_store_up 0$/m);
      expect(notFiring(text, ['WaywardenStoreDown', 'WaywardenNotReady'])).toBe('');
      // Nobody else needs it: detection and response go on.
      expect((await site.ready('detector')).ready).toBe(true);
      expect((await site.ready('responder')).ready).toBe(true);
      stopStore('SIGCONT');
      await becomes('archiver', isReady, 60_000);
      expect(await sampleOf('archiver', 'waywarden_store_up')).toBe(1);
    },
    LONG_MS,
  );

  it(
    'say that the canary is missing when nothing is detected',
    async () => {
      site.signal('detector', 'SIGSTOP');
      const missing = await becomes('canary', saying('canary_missing'), 120_000);
      expect(missing.sentence).toContain('Real ones may be missed too.');
      expect(notFiring(await site.metrics('canary'), ['WaywardenCanaryMissing'])).toBe('');
      expect(await sampleOf('canary', 'waywarden_canary_part_missing{part="hijack"}')).toBe(1);
      site.signal('detector', 'SIGCONT');
      await becomes('detector', isReady, 120_000);
      await becomes('canary', isReady, 200_000);
    },
    LONG_MS * 2,
  );

  it(
    'say that the broker hangs, each of them, and that it is back',
    async () => {
      broker?.child.kill('SIGSTOP');
      const stopped = await Promise.all(
        READ_THE_LOG.map((service) => becomes(service, saying('log_unavailable'))),
      );
      for (const { ready, conditions } of stopped) {
        expect(ready).toBe(false);
        expect(conditions?.map(({ sentence }) => sentence).join(' ')).toContain(
          'The event log does not answer: nothing is read, decided or written.',
        );
      }
      for (const service of READ_THE_LOG) {
        const text = await site.metrics(service);
        expect(notFiring(text, ['WaywardenLogUnavailable', 'WaywardenNotReady'])).toBe('');
      }
      broker?.child.kill('SIGCONT');
      // Of two responders the one that finds itself replaced ends, and is started again.
      await until(async () => {
        await site.revive();
        const all = await Promise.all(READ_THE_LOG.map((service) => site.ready(service)));
        return all.every(isReady) || undefined;
      });
    },
    LONG_MS,
  );

  it(
    'say that the broker is gone',
    async () => {
      broker?.child.kill('SIGKILL');
      await Promise.all(READ_THE_LOG.map((one) => becomes(one, (ready) => !ready.ready)));
    },
    LONG_MS,
  );
});
