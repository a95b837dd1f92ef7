/**
 * Four times the load that ingest can take, over HTTP, to a process of its own with a log that flushes:
 * it answers nothing but 202 and 429 (each with `Retry-After`, and soon), cuts nobody off, stays under
 * 512 MB, recovers at once, and every event that got a 202 is in the log.
 * First what it can take is measured, then as many senders as four times that needs send without
 * caring for answers. `WAYWARDEN_OVERLOAD_SECONDS` makes it longer.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { env } from 'node:process';
import { fileURLToPath } from 'node:url';
import { openLmdbLog } from '@waywarden/event-log/lmdb';
import { issueToken } from '@waywarden/ingest';
import { TOPICS } from '@waywarden/schemas';
import { afterEach, beforeEach, expect, it } from 'vitest';

const SECONDS = Number(env['WAYWARDEN_OVERLOAD_SECONDS'] ?? 3);
const MEMORY_BYTES_MAX = 512 * 1024 * 1024;
/** Who is refused hears it soon, also while the machine is busy with other things. */
const REFUSED_MS_MAX = 5_000;
const EVENTS_A_REQUEST = Number(env['WAYWARDEN_OVERLOAD_EVENTS'] ?? 50);
/** What it can take rises while it is offered more (its code gets compiled), so the offer follows. */
const OFFERS_MAX = 5;
const OFFERED_TIMES = 4;
/** Enough that the log's flushes overlap with deriving, few enough that none is refused. */
const SENDERS = 24;
const LOOK_MS = 50;
const ROUND_MS = 2_000;
/** Rounds until the rate no longer rises: code that has just started is slow. */
const ROUNDS_MAX = 8;
const RISE = 1.15;
const CHILD = fileURLToPath(new URL('../support/ingest-process.ts', import.meta.url));

let folder = '';
let child: ChildProcess;
let url = '';
/** Of two tenants, so that together they may fill all that there is. */
let tokens: readonly string[] = [];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ww-overload-'));
  const source = { kind: 'gateway', instance: 'load' };
  tokens = ['acme', 'other'].map((tenant) =>
    issueToken(join(folder, 'tokens.json'), { id: tenant, tenant, source }),
  );
  child = spawn(
    process.execPath,
    ['--conditions=@waywarden/source', '--import', 'tsx', CHILD, folder],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  const [line] = (await once(child.stdout as NodeJS.ReadableStream, 'data')) as [Buffer];
  url = (JSON.parse(line.toString()) as { url: string }).url;
});

afterEach(() => {
  child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

interface Memory {
  /** Of its own: what limits and out-of-memory killers are about. */
  anonymous: number;
  /** With the pages of the log that are mapped, which the system takes back when it needs them. */
  resident: number;
}

/** Bytes, by `/proc`: now, and the most that was ever resident. */
function memoryNow(): Memory {
  const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
  const of = (name: string) =>
    Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1] ?? 0) * 1024;
  return { anonymous: of('RssAnon'), resident: of('VmHWM') };
}

let made = 0;
let sent = 0;
function body(): string {
  const text = 'The customer asks for the invoice of last month to be sent again. '.repeat(12);
  return Array.from({ length: EVENTS_A_REQUEST }, () =>
    JSON.stringify({
      native_id: `n-${made++}`,
      event_time: new Date().toISOString(),
      activity: 'tool_call',
      agent: { uid: `agent/${made % 200}` },
      task: { id: `t-${made % 900}`, request: 'Answer the customer.' },
      tool: { name: 'read_mail', server: 'mail' },
      args: { value: { folder: 'inbox', id: `m-${made}` } },
      result: { value: text },
      outcome: 'success',
    }),
  ).join('\n');
}

interface Counts {
  accepted: number;
  readonly statuses: Map<number, number>;
  readonly ids: string[];
  /** Milliseconds from sending to the whole answer, by status. */
  readonly waits: Map<number, number[]>;
  readonly retryAfter: number[];
}

const newCounts = (): Counts => ({
  accepted: 0,
  statuses: new Map(),
  ids: [],
  waits: new Map(),
  retryAfter: [],
});

/** One request; counts its answer. A connection that failed counts as 0. */
function send(agent: Agent, text: string, counts: Counts): Promise<number> {
  return new Promise((resolve) => {
    const started = performance.now();
    const done = (status: number) => {
      const waits = counts.waits.get(status) ?? [];
      waits.push(performance.now() - started);
      counts.waits.set(status, waits);
      counts.statuses.set(status, (counts.statuses.get(status) ?? 0) + 1);
      resolve(status);
    };
    const sending = request(
      `${url}/v1/events`,
      {
        agent,
        method: 'POST',
        headers: {
          authorization: `Bearer ${tokens[sent++ % tokens.length]}`,
          'content-type': 'application/x-ndjson',
          'content-length': Buffer.byteLength(text),
        },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          if (response.statusCode === 429) {
            counts.retryAfter.push(Number(response.headers['retry-after']));
          }
          if (response.statusCode === 202) {
            const answer = JSON.parse(Buffer.concat(chunks).toString());
            counts.accepted += answer.accepted;
            counts.ids.push(...answer.event_ids);
          }
          done(response.statusCode ?? 0);
        });
        response.on('error', () => done(0));
      },
    );
    sending.on('error', () => done(0));
    sending.end(text);
  });
}

/** Events a second that are accepted when some senders wait for their answers. */
async function capacity(agent: Agent, counts: Counts): Promise<number> {
  const until = performance.now() + ROUND_MS;
  const started = performance.now();
  const before = counts.accepted;
  const sender = async () => {
    while (performance.now() < until) await send(agent, body(), counts);
  };
  await Promise.all(Array.from({ length: SENDERS }, sender));
  return (counts.accepted - before) / ((performance.now() - started) / 1_000);
}

/** Sends at a rate, whatever is answered; resolves when all answers are there. */
async function offer(agent: Agent, eventsPerS: number, counts: Counts) {
  // Made before, so that making them is not what limits the offer.
  const texts = Array.from({ length: 64 }, body);
  const perS = eventsPerS / EVENTS_A_REQUEST;
  const open: Promise<number>[] = [];
  const acceptedBefore = counts.accepted;
  const started = performance.now();
  for (;;) {
    const passed = (performance.now() - started) / 1_000;
    if (passed >= SECONDS) break;
    while (open.length < passed * perS) {
      const text = texts.pop() ?? body();
      open.push(send(agent, text, counts));
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  const offered = (open.length * EVENTS_A_REQUEST) / ((performance.now() - started) / 1_000);
  await Promise.all(open);
  const seconds = (performance.now() - started) / 1_000;
  return { offered, taken: (counts.accepted - acceptedBefore) / seconds };
}

/** Median and most, in milliseconds. */
function spread(waits: readonly number[] = []) {
  const sorted = [...waits].sort((one, other) => one - other);
  return {
    median: Math.round(sorted[sorted.length >> 1] ?? 0),
    most: Math.round(sorted.at(-1) ?? 0),
  };
}

async function idsInLog(): Promise<ReadonlySet<string>> {
  const log = await openLmdbLog({ path: join(folder, 'log'), readOnly: true });
  const ids = new Set<string>();
  const ends = await log.endOffsets(TOPICS.auditEvents.name);
  for (const [partition, end] of ends.entries()) {
    for (let at = 0; at < end; ) {
      const records = await log.read(TOPICS.auditEvents.name, partition, at, 2_000);
      for (const { headers } of records) ids.add(headers['ce_id'] ?? '');
      at += records.length;
    }
  }
  await log.close();
  return ids;
}

it('withstands four times its load, and loses nothing that it accepted', async () => {
  const agent = new Agent({ keepAlive: true, maxSockets: 512 });
  const counts = newCounts();
  let can = await capacity(agent, counts);
  for (let round = 1, last = 0; round < ROUNDS_MAX && can > last * RISE; round++) {
    last = can;
    can = Math.max(can, await capacity(agent, counts));
  }
  const before = memoryNow();
  const peak = memoryNow();
  const looking = setInterval(() => {
    const { anonymous, resident } = memoryNow();
    peak.anonymous = Math.max(peak.anonymous, anonymous);
    peak.resident = resident;
  }, LOOK_MS);
  let offers = 0;
  let last = await offer(agent, can * OFFERED_TIMES, counts);
  while (++offers < OFFERS_MAX && last.offered < OFFERED_TIMES * last.taken) {
    can = Math.max(can, last.taken);
    last = await offer(agent, can * OFFERED_TIMES * RISE, counts);
  }
  clearInterval(looking);
  // As soon as the crowd is gone, the next one is taken.
  const after = newCounts();
  expect(await send(agent, body(), after)).toBe(202);
  agent.destroy();
  child.stdin?.end();
  await once(child, 'close');

  const stored = await idsInLog();
  const accepted = [...counts.ids, ...after.ids];
  const lost = accepted.filter((id) => !stored.has(id));
  const result = {
    seconds: SECONDS,
    events_a_request: EVENTS_A_REQUEST,
    can: Math.round(can),
    offered: Math.round(last.offered),
    taken: Math.round(last.taken),
    times: last.offered / last.taken,
    offers,
    accepted: accepted.length,
    lost: lost.length,
    answers: Object.fromEntries(counts.statuses),
    taken_ms: spread(counts.waits.get(202)),
    refused_ms: spread(counts.waits.get(429)),
    retry_after_s: Math.max(0, ...counts.retryAfter),
    anonymous_mb_before: Math.round(before.anonymous / 1_048_576),
    anonymous_mb: Math.round(peak.anonymous / 1_048_576),
    resident_mb: Math.round(peak.resident / 1_048_576),
  };
  const file = env['WAYWARDEN_OVERLOAD_RESULTS'];
  if (file !== undefined) appendFileSync(file, `${JSON.stringify(result)}\n`);
  expect(lost).toEqual([]);
  expect(last.offered).toBeGreaterThan(OFFERED_TIMES * last.taken);
  expect([...counts.statuses.keys()].sort()).toEqual([202, 429]);
  expect(counts.retryAfter.filter((seconds) => !(seconds >= 1 && seconds <= 30))).toEqual([]);
  expect(spread(counts.waits.get(429)).most).toBeLessThan(REFUSED_MS_MAX);
  expect(peak.anonymous).toBeLessThan(MEMORY_BYTES_MAX);
}, 300_000);
