/**
 * Guarantee: a service that is asked to stop ends within ten seconds, also while its broker is away,
 * and one that can write nothing more ends by itself, so that its supervisor can start it again.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startKafka } from '../support/kafka-broker.ts';
import { until } from '../support/until.ts';
import { type Installation, install } from './distributed/installation.ts';

const END_MS_MAX = 10_000;
const folder = mkdtempSync(join(tmpdir(), 'waywarden-ends-'));
let broker: Awaited<ReturnType<typeof startKafka>>;
const running: Installation[] = [];

beforeAll(async () => {
  broker = await startKafka();
}, 180_000);

afterAll(async () => {
  await Promise.all(running.map((one) => one.stop()));
  if ('brokers' in broker) await broker.stop();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}, 60_000);

it('services end within ten seconds of SIGTERM while the broker is away', async (context) => {
  if (!('brokers' in broker)) return context.skip();
  const site = await install({
    ...{ folder: join(folder, 'install'), brokers: broker.brokers, prefix: 'ends.', each: 2 },
  });
  running.push(site);
  const services = Object.values(site.services);
  await until(async () => (services.every(({ lines }) => lines > 1) ? true : undefined));
  await broker.stop();
  const took = await Promise.all(
    services.map(async (one) => {
      const beganMs = performance.now();
      await one.stop();
      return { name: one.name, inTime: performance.now() - beganMs <= END_MS_MAX };
    }),
  );
  expect(took.filter(({ inTime }) => !inTime)).toEqual([]);
}, 240_000);
