/**
 * Guarantee: revocations of many agents at once reach a receiver at the rate that the registry
 * declares for it, shaped on our side, and all of them, through SIGKILL of the receiver and of
 * `waywarden up` with its responder. 500 here; `npm run revoke:many` gives 10,000 to one that takes
 * 200 a second. Every agent touches the decoy of the registry, each in a task of its own.
 */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openLmdbLog } from '@waywarden/event-log/lmdb';
import { publicJwks, type Receipt, type RevocationCommand, TOPICS } from '@waywarden/schemas';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { dataPaths } from '../../services/waywarden/src/runtime/data-folder.ts';
import { record } from '../chaos/chaos-settings.ts';
import { until } from '../support/until.ts';
import { KillableProcess } from './child-process.ts';
import { TENANT } from './containment-site.ts';
import { freePort } from './free-port.ts';
import { readTopic } from './read-topic.ts';
import { receiverKey } from './receivers.mjs';
import { issueTokens } from './scenario-rules.ts';

const COUNT = Number(process.env['WAYWARDEN_MASS_COUNT'] ?? 500);
const RATE = Number(process.env['WAYWARDEN_MASS_RATE'] ?? 100);
const MAIN = fileURLToPath(new URL('../../services/waywarden/dist/main.js', import.meta.url));
const RECEIVERS = fileURLToPath(new URL('receivers.mjs', import.meta.url));
/** A machine that does other things too may take many times as long. */
const LONG_MS = 240_000 + (COUNT / RATE) * 20_000;
const SENT_AT_ONCE = 250;
/** What the bucket may hold, and what was handed out before a kill and is handed out again. */
const BURST_SHARE = 0.5;
const DECOY = { server: 'vault', name: 'read_root_password' };

const POLICY = {
  version: 1,
  limits: { subjects: COUNT, fleet_share: 1, window: '1h', receipt_within: '1h' },
  rules: [
    {
      id: 'decoy',
      when: { kind: ['decoy_touched'] },
      mode: 'enforce',
      actions: [{ action: 'revoke_token', level: 'task' }],
      expires: '2h',
    },
  ],
};

let folder: string;
let up: KillableProcess | undefined;
let receivers: KillableProcess | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'waywarden-mass-'));
});
afterEach(async () => {
  await receivers?.end('SIGKILL');
  await up?.end('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
}, 60_000);

const at = (name: string) => join(folder, name);

function writeRules(): void {
  mkdirSync(at('keys'), { recursive: true });
  const [key] = Object.values(publicJwks(receiverKey(at('keys'), 'gateway')));
  const registry = {
    version: 1,
    agents: Array.from({ length: COUNT }, (_, n) => ({ uid: `agent-${n}`, class: 'autonomous' })),
    decoys: [{ tool: DECOY }],
    receivers: [{ id: 'gateway', kind: 'http', key, rate_per_second: RATE }],
  };
  writeFileSync(at('policy.yaml'), stringify(POLICY));
  writeFileSync(at('registry.yaml'), stringify(registry));
}

async function startUp(url: string): Promise<void> {
  const flags = { '--port': new URL(url).port, '--data': at('data'), '--tenant': TENANT };
  const files = { '--policy': at('policy.yaml'), '--registry': at('registry.yaml') };
  up = new KillableProcess({
    args: [MAIN, 'up', '--json', ...Object.entries({ ...flags, ...files }).flat()],
  });
  await up.start();
}

async function startReceiver(url: string): Promise<void> {
  const run = { tenant: TENANT, url, keys: at('keys'), folder };
  const config = { ...run, receivers: [{ id: 'gateway', does: 'apply' }] };
  writeFileSync(at('receivers.json'), JSON.stringify(config));
  receivers = new KillableProcess({ args: [RECEIVERS, at('receivers.json')] });
  await receivers.start();
}

/** Every agent calls the decoy once; a batch is sent again until it is taken. */
async function touchDecoys(url: string): Promise<void> {
  const tokens = issueTokens(dataPaths(at('data')).tokens);
  const headers = {
    authorization: `Bearer ${tokens['gateway-1']}`,
    'content-type': 'application/x-ndjson',
  };
  for (let from = 0; from < COUNT; from += SENT_AT_ONCE) {
    const events = Array.from({ length: Math.min(SENT_AT_ONCE, COUNT - from) }, (_, n) => ({
      native_id: `touch-${from + n}`,
      event_time: new Date().toISOString(),
      activity: 'tool_call',
      agent: { uid: `agent-${from + n}` },
      task: { id: `task-${from + n}` },
      tool: DECOY,
      outcome: 'success',
    }));
    const body = events.map((event) => JSON.stringify(event)).join('\n');
    await until(async () => {
      const answer = await fetch(`${url}/v1/events`, { method: 'POST', headers, body });
      return answer.status === 202 ? true : undefined;
    }, LONG_MS);
  }
}

/** What the receiver carried out, as it notes it itself; killed after a note it carries it out again. */
function carriedOut(): ReadonlySet<string> {
  const path = at('gateway.done');
  if (!existsSync(path)) return new Set();
  const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1);
  return new Set(lines.map((line): string => JSON.parse(line).command_id));
}

const reaches = (count: number) =>
  until(async () => (carriedOut().size >= count ? true : undefined), LONG_MS);

/** Every order has its receipt in the log: the receiver notes what it carried out before it tells of it. */
const isAnswered = (url: string) =>
  until(async () => {
    const answer = await fetch(`${url}/v1/status`);
    const { containments } = (await answer.json()) as {
      readonly containments: { readonly by_state: Readonly<Record<string, number>> };
    };
    const { issued = 0, delivered = 0, accepted = 0, ...rest } = containments.by_state;
    const answered = Object.values(rest).reduce((sum, count) => sum + count, 0);
    return issued + delivered + accepted === 0 && answered === COUNT ? true : undefined;
  }, LONG_MS);

/** A kill amid a batch has the same records written again, as promised: at least once, and never others. */
function each(commands: readonly RevocationCommand[]): readonly RevocationCommand[] {
  const known = new Map<string, RevocationCommand>();
  for (const one of commands) {
    expect(one).toEqual(known.get(one.command_id) ?? one);
    known.set(one.command_id, one);
  }
  return [...known.values()];
}

/** When each order was first answered: a receipt that is sent again burdens us, and not the receiver. */
function firstReceipts(receipts: readonly Receipt[]): ReadonlyMap<string, number> {
  const first = new Map<string, number>();
  for (const { command_id: id, received_at: at } of receipts) {
    const ms = Date.parse(at ?? '');
    first.set(id, Math.min(ms, first.get(id) ?? ms));
  }
  return first;
}

function most(times: readonly number[], withinMs: number): number {
  const sorted = times.toSorted((a, b) => a - b);
  let [from, top] = [0, 0];
  for (const [place, time] of sorted.entries()) {
    while (time - (sorted[from] ?? 0) >= withinMs) from++;
    top = Math.max(top, place - from + 1);
  }
  return top;
}

async function logged(): Promise<{
  readonly commands: readonly RevocationCommand[];
  readonly receipts: readonly Receipt[];
}> {
  const log = await openLmdbLog({ path: dataPaths(at('data')).log });
  try {
    return {
      commands: await readTopic<RevocationCommand>(log, TOPICS.revocationCommands.name),
      receipts: await readTopic<Receipt>(log, TOPICS.revocationReceipts.name),
    };
  } finally {
    await log.close();
  }
}

it(
  `${COUNT} orders at ${RATE} a second, through a kill of the receiver and one of the responder`,
  async () => {
    writeRules();
    const url = `http://127.0.0.1:${await freePort()}`;
    await startUp(url);
    await startReceiver(url);
    const began = performance.now();
    await touchDecoys(url);
    await reaches(COUNT / 4);
    await receivers?.again();
    await reaches(COUNT / 2);
    await up?.again();
    await reaches(COUNT);
    await isAnswered(url);
    const seconds = (performance.now() - began) / 1000;
    await receivers?.end('SIGTERM');
    await up?.end('SIGTERM');
    const { commands: written, receipts } = await logged();
    const commands = each(written);
    const ordered = new Set(commands.map((one) => one.command_id));
    expect(ordered.size).toBe(COUNT);
    expect(new Set(commands.map((one) => one.target.agent_uid)).size).toBe(COUNT);
    expect(carriedOut()).toEqual(ordered);
    expect(new Set(receipts.map((one) => one.command_id))).toEqual(ordered);
    expect(new Set(receipts.map((one) => one.state))).toEqual(new Set(['applied']));
    const inOneSecond = most([...firstReceipts(receipts).values()], 1000);
    record({ test: 'mass revocation', count: COUNT, rate: RATE, seconds, inOneSecond });
    process.stderr.write(
      `mass revocation: ${COUNT} at ${RATE}/s in ${seconds.toFixed(1)} s, at most ${inOneSecond} in one; ${receipts.length} receipts\n`,
    );
    expect(seconds).toBeGreaterThan(COUNT / RATE - 2);
    expect(inOneSecond).toBeLessThanOrEqual(RATE * (1 + BURST_SHARE));
  },
  LONG_MS,
);
