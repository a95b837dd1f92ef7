/**
 * Guarantee: alerts reach webhooks and exports through SIGKILL at any time: none is lost, a file holds each revision
 * once, and what a webhook or collector gets again after a kill comes under the id that it had.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLmdbLog } from '@waywarden/event-log/lmdb';
import { issueToken } from '@waywarden/ingest';
import { type Alert, severityAtLeast, TOPICS } from '@waywarden/schemas';
import { Webhook } from 'standardwebhooks';
import { afterAll, expect, it } from 'vitest';
import { noticeId } from '../../services/console/src/core/notify/notify-message.ts';
import { seededRandom } from '../../services/waywarden/src/input/seeded-random.ts';
import { dataPaths } from '../../services/waywarden/src/runtime/data-folder.ts';
import { FLEET_REGISTRY, fleet } from '../support/fleet.ts';
import { until } from '../support/until.ts';
import { KILLS, record, SEED } from './chaos-settings.ts';
import { type Kill, killedStream } from './killed-stream.ts';
import { startUp, TENANT } from './up-process.ts';

const SECRET = `whsec_${Buffer.from('a secret that is known to two').toString('base64')}`;
const STORIES = 6;
const BATCH_EVENTS = 5;
const PACE_MS = 40;
const KILL_AFTER_MS_MAX = 2_000;
/** While it is sending, not only while it decides. */
const ANSWER_AFTER_MS = 30;
const ARRIVED_MS_MAX = 120_000;
const RUN_MS_MAX = 300_000 + KILLS * 60_000;

interface Got {
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}
interface Exported {
  readonly metadata: { readonly uid: string };
}

const folder = mkdtempSync(join(tmpdir(), 'waywarden-notices-'));
const got: Record<string, Got[]> = { '/people': [], '/siem': [] };
const server = createServer((request, response) => {
  let text = '';
  request.on('data', (data: Buffer) => {
    text += data.toString();
  });
  request.on('end', () => {
    got[request.url ?? '']?.push({ headers: request.headers, text });
    setTimeout(() => response.writeHead(204).end(), ANSWER_AFTER_MS);
  });
}).listen(0, '127.0.0.1');

afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

const data = join(folder, 'data');
const exported = join(folder, 'alerts.ndjson');
const uidOf = (text: string) => (JSON.parse(text) as Exported).metadata.uid;
const idsInFile = () => readFileSync(exported, 'utf8').trimEnd().split('\n').map(uidOf);

/** Every revision, and what people are to be notified of. */
async function revisions(): Promise<{
  readonly all: readonly string[];
  readonly due: readonly string[];
}> {
  const log = await openLmdbLog({ path: dataPaths(data).log, readOnly: true });
  try {
    const [topic, ids, due] = [TOPICS.alerts.name, new Set<string>(), new Set<string>()];
    for (const [partition, end] of (await log.endOffsets(topic)).entries()) {
      for (let at = 0; at < end; ) {
        const records = await log.read(topic, partition, at, 500);
        for (const { value } of records) {
          const alert = JSON.parse(new TextDecoder().decode(value ?? undefined)) as Alert;
          ids.add(`${alert.alert_id}.${alert.revision}`);
          const isQueued = alert.hygiene !== true && alert.state === 'open';
          if (isQueued && severityAtLeast(alert.severity, 'high')) due.add(noticeId(alert));
        }
        at = (records.at(-1)?.offset ?? end) + 1;
      }
    }
    return { all: [...ids].toSorted(), due: [...due] };
  } finally {
    await log.close();
  }
}

function files() {
  const { port } = server.address() as AddressInfo;
  const at = (path: string) => `http://127.0.0.1:${port}${path}`;
  const receivers = [
    { name: 'people', kind: 'webhook', url: at('/people'), secret: SECRET },
    { name: 'siem', kind: 'http', url: at('/siem') },
    { name: 'file', kind: 'file', path: exported },
  ];
  const [registry, notify] = [join(folder, 'registry.yaml'), join(folder, 'notify.yaml')];
  writeFileSync(registry, JSON.stringify(FLEET_REGISTRY));
  writeFileSync(notify, JSON.stringify({ receivers }));
  return { data, registry, notify };
}

const repeatsOf = (ids: readonly string[]) => ids.length - new Set(ids).size;

it(
  `every alert arrives through ${KILLS} kills, and none as two`,
  async () => {
    const { keys, tokens } = dataPaths(data);
    mkdirSync(keys, { recursive: true });
    const trust = { assurance: 'authenticated', trust_fields: true } as const;
    const source = { kind: 'http', instance: 'chaos' };
    const token = issueToken(tokens, { id: 'chaos', tenant: TENANT, source, ...trust });
    const startMs = Date.now() - 600_000;
    const events = fleet({ stories: STORIES }).map((event, at) => ({
      ...event,
      event_time: new Date(startMs + at * 100).toISOString(),
    }));
    const batches = Array.from({ length: Math.ceil(events.length / BATCH_EVENTS) }, (_, at) =>
      events.slice(at * BATCH_EVENTS, (at + 1) * BATCH_EVENTS),
    );
    const random = seededRandom(SEED);
    const kills = Array.from({ length: KILLS }, (): Kill => {
      return { from: 'ready', afterMs: Math.round(random() * KILL_AFTER_MS_MAX) };
    });
    const run = { ...files(), token, batches, paceMs: PACE_MS, kills };
    const streamed = await killedStream(run);
    expect(streamed.killed).toBe(KILLS);

    const { all, due } = await revisions();
    const last = startUp(run);
    const notified = () =>
      (got['/people'] ?? []).map(({ headers }) =>
        String(headers['webhook-id']).slice('msg_'.length),
      );
    const siem = () => (got['/siem'] ?? []).map(({ text }) => uidOf(text));
    try {
      await until(async () => {
        const arrived = [new Set(siem()).size, new Set(idsInFile()).size];
        const isDone = arrived.every((count) => count >= all.length);
        return isDone && due.every((id) => notified().includes(id)) ? true : undefined;
      }, ARRIVED_MS_MAX);
    } finally {
      last.child.kill('SIGTERM');
      await last.ended;
    }

    expect(all.length).toBeGreaterThanOrEqual(STORIES);
    expect(idsInFile().toSorted()).toEqual(all);
    expect([...new Set(siem())].toSorted()).toEqual(all);
    const webhook = new Webhook(SECRET);
    const people = got['/people'] ?? [];
    for (const { headers, text } of people) webhook.verify(text, headers as Record<string, string>);
    const ids = notified();
    expect(due.length).toBeGreaterThan(0);
    expect(due.filter((id) => !ids.includes(id))).toEqual([]);
    // The one on its way when the process was killed comes again, under its id.
    expect(repeatsOf(ids)).toBeLessThanOrEqual(KILLS);
    expect(repeatsOf(siem())).toBeLessThanOrEqual(KILLS);
    record({
      ...{ test: 'notices-kill', seed: SEED, kills: KILLS, revisions: all.length },
      ...{ notices: ids.length, repeated: repeatsOf(ids) + repeatsOf(siem()) },
    });
  },
  RUN_MS_MAX,
);
