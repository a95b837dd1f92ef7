/**
 * Guarantee: revocations of many agents at once reach a receiver at the rate that the registry
 * declares for it, shaped on our side, and all of them, through a killed receiver and a restarted
 * responder. 500 here; `npm run revoke:many` gives 10,000 to one that takes 200 a second.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ResponderServer, startResponderServer } from '@waywarden/responder';
import { type Receipt, signingKeyRing, TOPICS } from '@waywarden/schemas';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { anAlert, TENANT } from '../../services/responder/src/testing/response-fixtures.ts';
import { record } from '../chaos/chaos-settings.ts';
import { ContainmentWorld } from '../scenarios/containment-world.ts';
import { until } from '../support/until.ts';
import { freePort } from './free-port.ts';
import { readTopic } from './read-topic.ts';
import { receiverKey } from './receivers.mjs';

const COUNT = Number(process.env['WAYWARDEN_MASS_COUNT'] ?? 500);
const RATE = Number(process.env['WAYWARDEN_MASS_RATE'] ?? 100);
const RECEIVERS = fileURLToPath(new URL('receivers.mjs', import.meta.url));
/** A machine that does other things too may take many times as long. */
const LONG_MS = 120_000 + (COUNT / RATE) * 20_000;
const AT_ONCE = 200;
/** What the bucket may hold, and what was handed out before a kill and is handed out again. */
const BURST_SHARE = 0.5;

let world: ContainmentWorld;
let server: ResponderServer | undefined;
let receivers: ReturnType<typeof spawn> | undefined;

beforeEach(async () => {
  world = await ContainmentWorld.open();
});
afterEach(async () => {
  receivers?.kill('SIGKILL');
  await server?.stop();
  await world.close();
}, 60_000);

const now = () => new Date().toISOString();

async function serve(port: number): Promise<void> {
  const commandKeys = signingKeyRing(world.keyFile('responder'));
  const { log, responder } = world;
  server = await startResponderServer({
    log,
    responder,
    commandKeys,
    host: '127.0.0.1',
    port,
    now,
  });
}

async function receive(config: string): Promise<void> {
  receivers = spawn(process.execPath, [RECEIVERS, config], { stdio: ['ignore', 'pipe', 2] });
  if (receivers.stdout !== null) await once(receivers.stdout, 'data');
}

const receipts = () => readTopic<Receipt>(world.log, TOPICS.revocationReceipts.name);
const answered = async () => new Set((await receipts()).map((one) => one.command_id)).size;

function most(times: readonly number[], withinMs: number): number {
  const sorted = times.toSorted((a, b) => a - b);
  let [from, top] = [0, 0];
  for (const [at, time] of sorted.entries()) {
    while (time - (sorted[from] ?? 0) >= withinMs) from++;
    top = Math.max(top, at - from + 1);
  }
  return top;
}

it(
  `${COUNT} orders at ${RATE} a second, through two crashes`,
  async () => {
    const agents = Array.from({ length: COUNT }, (_, n) => ({ uid: `agent-${n}` }));
    // The receiver's key, as it makes it itself.
    receiverKey(world.folder, 'gateway');
    await world.publish(
      [{ id: 'gateway', rate_per_second: RATE }],
      {},
      {
        agents,
        limits: { subjects: COUNT, fleet_share: 1, window: '1h' },
      },
    );
    await world.start();
    const port = await freePort();
    await serve(port);
    const config = join(world.folder, 'receivers.config.json');
    const url = `http://127.0.0.1:${port}`;
    const run = { tenant: TENANT, url, keys: world.folder, folder: world.folder };
    writeFileSync(
      config,
      JSON.stringify({ ...run, receivers: [{ id: 'gateway', does: 'apply' }] }),
    );
    const detected_at = now();
    for (let from = 0; from < COUNT; from += AT_ONCE) {
      const names = Array.from({ length: Math.min(AT_ONCE, COUNT - from) }, (_, n) => from + n);
      await Promise.all(names.map((n) => world.alert(anAlert(String(n), { detected_at }))));
    }
    await world.settle();
    expect(await world.commands()).toHaveLength(COUNT);
    const began = performance.now();
    await receive(config);
    await until(async () => ((await answered()) > COUNT / 4 ? true : undefined), LONG_MS);
    receivers?.kill('SIGKILL');
    await receive(config);
    await until(async () => ((await answered()) > COUNT / 2 ? true : undefined), LONG_MS);
    await server?.stop();
    await world.stop();
    await world.start();
    await serve(port);
    await until(async () => ((await answered()) >= COUNT ? true : undefined), LONG_MS);
    const seconds = (performance.now() - began) / 1000;
    const all = await receipts();
    expect(all.every((one) => one.state === 'applied')).toBe(true);
    expect(new Set(all.map((one) => JSON.stringify(one))).size).toBe(COUNT);
    const times = all.map((one) => Date.parse(one.received_at ?? ''));
    const inOneSecond = most(times, 1000);
    record({ test: 'mass revocation', count: COUNT, rate: RATE, seconds, inOneSecond });
    process.stderr.write(
      `mass revocation: ${COUNT} at ${RATE}/s in ${seconds.toFixed(1)} s, at most ${inOneSecond} in one\n`,
    );
    expect(seconds).toBeGreaterThan(COUNT / RATE - 2);
    expect(inOneSecond).toBeLessThanOrEqual(RATE * (1 + BURST_SHARE));
    await world.settle();
    const states = world.responder.containments.newest(COUNT, Date.now());
    expect(new Set(states.map((one) => one.state))).toEqual(new Set(['applied_re_mintable']));
  },
  LONG_MS,
);
