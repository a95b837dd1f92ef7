/**
 * Exported alerts at real receivers: a syslog daemon, a Kafka broker, an HTTP server, a file that outlives kills.
 * Guarantee: every revision arrives as one valid document, in order, and none is lost while a receiver is away.
 */
import { randomUUID } from 'node:crypto';
import { appendFileSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { openKafkaLog } from '@waywarden/event-log/kafka';
import { loadOrCreateKeyFile, macKeyRing } from '@waywarden/schemas';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Notifier } from '../../services/console/src/notify/notifier.ts';
import { notifySettings } from '../../services/console/src/notify/notify-settings.ts';
import { NotifyState } from '../../services/console/src/notify/notify-state.ts';
import { buildAlert, uuidOf } from '../../services/console/src/testing/triage-builders.ts';
import { TENANT, WorkWorld } from '../../services/console/src/testing/work-world.ts';
import { startKafka } from '../support/kafka-broker.ts';
import { hasSyslogDaemon, syslogDaemon } from '../support/syslog-daemon.ts';

const soon = { timeout: 20_000, interval: 25 };
const schema = new URL(
  '../../services/console/fixtures/ocsf-1.8.0-detection-finding.schema.json',
  import.meta.url,
);
const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(
  JSON.parse(readFileSync(schema, 'utf8')),
);
const broker = await startKafka();

let world: WorkWorld;
let notifier: Notifier | undefined;

beforeEach(async () => {
  world = await WorkWorld.open();
});
afterEach(async () => {
  await notifier?.stop();
  await world.close();
});
afterAll(async () => {
  if (!('skip' in broker)) await broker.stop();
});

const stateFile = () => join(world.folder, 'notify.json');

async function exportTo(receiver: object): Promise<void> {
  const file = { service: 'detector', uses: ['mac'] as const, createdAt: '2026-11-24T09:00:00Z' };
  notifier = new Notifier({
    ...{ log: world.log, tenant: TENANT, stateFile: stateFile() },
    ring: macKeyRing(loadOrCreateKeyFile(join(world.folder, 'detector.json'), file)),
    settings: notifySettings.parse({ receivers: [{ name: 'siem', ...receiver }] }),
    publicUrl: 'https://waywarden.acme.example',
    ownerOf: () => undefined,
    workOf: (id) => world.work.follower.board.entry(id),
    isPlaced: (id) => world.work.follower.board.isPlaced(id),
    alertOf: async (id) => {
      const entry = world.work.follower.board.entry(id);
      return entry && (await world.work.lists.records([entry]))[0];
    },
    nowMs: () => world.nowMs,
    pauseMs: () => 20,
  });
  notifier.start();
  // It gets what comes once it has noted where the log ends.
  await vi.waitFor(() => expect(new NotifyState(stateFile()).of('siem')).toBeDefined(), soon);
}

/** Three revisions of one alert, and a hygiene finding of low severity. */
async function alerts(): Promise<void> {
  for (const revision of [1, 2, 3]) await world.alert(buildAlert({ revision, count: revision }));
  const hygiene = { severity: 'low', hygiene: true } as const;
  await world.alert(
    buildAlert({ alert_id: uuidOf(9), title: 'Line 1\nline 2 <107>1 ü', ...hygiene }),
  );
}
const IDS = [`${uuidOf(1)}.1`, `${uuidOf(1)}.2`, `${uuidOf(1)}.3`, `${uuidOf(9)}.1`];

interface Finding {
  readonly metadata: { readonly uid: string };
}
const idsOf = (texts: readonly string[]) =>
  texts.map((text) => (JSON.parse(text) as Finding).metadata.uid).toSorted();

describe.skipIf(!hasSyslogDaemon())('to rsyslog', () => {
  it('every revision comes as one line, whatever it says, also after the daemon was away', async () => {
    const daemon = await syslogDaemon();
    await exportTo({ kind: 'syslog', host: '127.0.0.1', port: daemon.port, tls: false });
    await alerts();
    await vi.waitFor(() => expect(notifier?.report()[0]?.failing).not.toBeNull(), soon);
    daemon.start();
    try {
      await vi.waitFor(() => expect(daemon.lines()).toHaveLength(4), soon);
      const parts = daemon
        .lines()
        .map((line) => /^(\d+) (\S+) waywarden \s*\uFEFF?(.*)$/.exec(line));
      expect(parts.map((one) => one?.[1]).toSorted()).toEqual(['107', '107', '107', '109']);
      expect(idsOf(parts.map((one) => one?.[3] ?? ''))).toEqual(IDS);
    } finally {
      await daemon.stop();
    }
  });
});

describe.skipIf('skip' in broker)('to a topic of Kafka', () => {
  it('every revision is a record under the alert’s key', async () => {
    const brokers = 'skip' in broker ? [] : [...broker.brokers];
    const topic = `siem-${randomUUID()}`;
    const log = await openKafkaLog({ brokers, clientId: 'siem' });
    await log.createTopics([{ name: topic, partitions: 1 }]);
    await exportTo({ kind: 'kafka', brokers, topic, tls: false });
    await alerts();
    await vi.waitFor(async () => expect(await log.endOffsets(topic)).toEqual([4]), soon);
    const records = await log.read(topic, 0, 0, 10);
    expect(new Set(records.map(({ key }) => key))).toEqual(new Set([uuidOf(1), uuidOf(9)]));
    expect(idsOf(records.map(({ value }) => new TextDecoder().decode(value ?? undefined)))).toEqual(
      IDS,
    );
    await log.close();
  });
});

describe('over HTTP', () => {
  it('every revision is a document with the header that the receiver asks for', async () => {
    const got: { readonly authorization: string | undefined; readonly text: string }[] = [];
    let status = 503;
    const server = createServer((request, response) => {
      let text = '';
      request.on('data', (data: Buffer) => {
        text += data.toString();
      });
      request.on('end', () => {
        if (status === 200) got.push({ authorization: request.headers.authorization, text });
        response.writeHead(status).end();
        status = 200;
      });
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/services/collector`;
    await exportTo({ kind: 'http', url, authorization: 'Splunk abc' });
    await alerts();
    await vi.waitFor(() => expect(got).toHaveLength(4), soon);
    expect(idsOf(got.map(({ text }) => text))).toEqual(IDS);
    expect(new Set(got.map((one) => one.authorization))).toEqual(new Set(['Splunk abc']));
    for (const { text } of got) expect(validate(JSON.parse(text)), text).toBe(true);
    server.close();
  });
});

describe('into a file', () => {
  it('a revision stands there once, though a kill came between writing and noting it', async () => {
    const path = join(world.folder, 'alerts.ndjson');
    await exportTo({ kind: 'file', path });
    await alerts();
    const lines = () => readFileSync(path, 'utf8').trim().split('\n');
    await vi.waitFor(() => expect(lines()).toHaveLength(4), soon);
    await notifier?.stop();
    // As a kill leaves it: the last document written and not noted, half a line of the next.
    const state = new NotifyState(stateFile());
    const noted = state.of('siem');
    const last = (JSON.parse(lines().at(-1) ?? '{}') as Finding).metadata.uid;
    const partition = last.startsWith(uuidOf(9)) ? 1 : 0;
    expect(noted?.sent).toContain(last);
    if (noted !== undefined) {
      const ends = await world.log.endOffsets('waywarden.alerts.v1');
      const held = noted.at.findIndex((at, which) => at === ends[which] && at > 0);
      const at = noted.at.with(held < 0 ? partition : held, (noted.at[held] ?? 1) - 1);
      state.put('siem', { ...noted, at, sent: [] });
    }
    appendFileSync(path, '{"metadata":{"uid":"ha');
    await exportTo({ kind: 'file', path });
    await world.alert(buildAlert({ alert_id: uuidOf(12) }));
    await vi.waitFor(() => expect(lines().join('\n')).toContain(uuidOf(12)), soon);
    expect(idsOf(lines()).filter((id) => id === last)).toHaveLength(1);
  });

  it('tells that people closed an alert, as a document of its own', async () => {
    const path = join(world.folder, 'closed.ndjson');
    await exportTo({ kind: 'file', path });
    await world.alert(buildAlert());
    const findings = () =>
      readFileSync(path, 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
    await vi.waitFor(() => expect(findings()).toHaveLength(1), soon);
    await world.addRoles(['analyst']);
    const change = { state: 'closed', classification: 'true_positive' };
    const closing = { alerts: [{ alert_id: uuidOf(1) }], change, reason: 'it was so' };
    const analyst = await world.signIn('analyst');
    expect((await world.ask('POST', '/v1/triage', analyst, closing)).status).toBe(200);
    await vi.waitFor(() => expect(findings()).toHaveLength(2), soon);
    expect(findings()[1]).toMatchObject({
      ...{ status: 'Resolved', activity_name: 'Close' },
      metadata: { uid: `${uuidOf(1)}.closed.1` },
    });
  });

  it('stands as ECS where that is asked for', async () => {
    const path = join(world.folder, 'ecs.ndjson');
    await exportTo({ kind: 'file', path, format: 'ecs', match: { severity_min: 'high' } });
    await alerts();
    await vi.waitFor(
      () => expect(readFileSync(path, 'utf8').trim().split('\n')).toHaveLength(3),
      soon,
    );
    const [first] = readFileSync(path, 'utf8').split('\n');
    expect(JSON.parse(first ?? '')).toMatchObject({
      ecs: { version: '9.4.0' },
      event: { id: IDS[0] },
    });
  });
});
