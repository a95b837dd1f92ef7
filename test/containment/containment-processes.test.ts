/**
 * Guarantee: what becomes of a revocation is the same in one process, in `waywarden up` and in
 * separate processes on a real broker, also when responder and receivers are killed between any two
 * steps; every order is given once and carried out once. Here with a kill of each; with many, by `npm
 * run chaos:containment`.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { seededRandom } from '../../services/waywarden/src/input/seeded-random.ts';
import { ONLY, record, SEED } from '../chaos/chaos-settings.ts';
import { startKafka } from '../support/kafka-broker.ts';
import { until } from '../support/until.ts';
import type { Site } from './containment-site.ts';
import { inProcessSite } from './in-process-site.ts';
import { kafkaSite } from './kafka-site.ts';
import {
  type KillPoint,
  killPlan,
  nameOf,
  notOnce,
  playBudget,
  playOrigin,
  playPause,
  playRound,
} from './play-scenarios.ts';
import { upSite } from './up-site.ts';

const LONG_MS = Number(process.env['WAYWARDEN_CONTAINMENT_MS'] ?? 600_000);
/** Kills in each round, and rounds; the first two of the seed are one of the receivers' and one of the responder's. */
const KILLS = Number(process.env['WAYWARDEN_CONTAINMENT_KILLS'] ?? 2);
const ROUNDS = Number(process.env['WAYWARDEN_CONTAINMENT_ROUNDS'] ?? 1);

const folder = mkdtempSync(join(tmpdir(), 'waywarden-containment-'));
let broker: Awaited<ReturnType<typeof startKafka>>;
let site: Site | undefined;

beforeAll(async () => {
  broker = await startKafka();
}, 180_000);

afterEach(async () => {
  await site?.stop().catch(() => undefined);
  await site?.close().catch(() => undefined);
  site = undefined;
}, 60_000);

afterAll(async () => {
  if ('brokers' in broker) await broker.stop();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}, 60_000);

function newFolder(name: string): string {
  const path = join(folder, name);
  mkdirSync(path, { recursive: true });
  return path;
}

/** The kills of a round: those that the seed chose, no two before the same step. */
function killsOf(round: number): readonly KillPoint[] {
  const plan = killPlan(seededRandom(SEED));
  if (ONLY !== '') return plan.filter((point) => ONLY.split(',').includes(nameOf(point)));
  return plan.slice(round * KILLS, (round + 1) * KILLS);
}

async function rounds(at: Site, count: number): Promise<void> {
  for (let round = 0; round < count; round++) {
    const points = at.kill === undefined ? [] : killsOf(round);
    const { kills, wrong } = await playRound(at, round, points);
    record({ test: 'containment', seed: SEED, site: at.name, round, kills, wrong });
    process.stderr.write(`containment, ${at.name}, round ${round}: ${kills.length} kills\n`);
    expect(wrong, `seed ${SEED}, kills ${points.map(nameOf).join(',')}`).toEqual([]);
  }
}

/** All that was ordered has been answered; then everything is stopped and read. */
async function ended(at: Site): Promise<void> {
  await until(async () => {
    const answer = await fetch(`${at.apiUrl}/v1/containments?limit=200`);
    const { containments } = (await answer.json()) as { containments: { state: string }[] };
    const open = ['issued', 'delivered', 'accepted', 'restoring'];
    return containments.some(({ state }) => open.includes(state)) ? undefined : true;
  });
  const read = await at.stop();
  expect(await notOnce(read)).toEqual([]);
}

async function playAll(at: Site): Promise<void> {
  await rounds(at, ROUNDS);
  await playBudget(at);
  await playOrigin(at);
  await playPause(at);
  await ended(at);
}

describe('the scenarios of a containment', () => {
  it(
    'in one process',
    async () => {
      site = await inProcessSite(newFolder('process'), ROUNDS);
      await playAll(site);
    },
    LONG_MS,
  );

  it(
    'in `waywarden up`, killed',
    async () => {
      site = await upSite(newFolder('up'), ROUNDS);
      await playAll(site);
    },
    LONG_MS,
  );

  it(
    'in processes of their own on Kafka, killed',
    async (context) => {
      if (!('brokers' in broker)) return context.skip();
      site = await kafkaSite(newFolder('kafka'), broker.brokers, { rounds: ROUNDS });
      await playAll(site);
    },
    LONG_MS,
  );
});
