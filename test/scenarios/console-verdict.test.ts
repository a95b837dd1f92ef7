/**
 * Guarantee: the page's API tells of an alert its revisions and what people said of it, apart from what the policy
 * decided, out of a real store; and the kinds of which it says that something is learnt are the detector's.
 */

import type { EmbeddedClickHouse } from '@waywarden/clickhouse-embedded';
import { consoleRoutes } from '@waywarden/console';
import { HEADERS, KNOWN_ALERT_KINDS, registrySchema, TOPICS } from '@waywarden/schemas';
import { type FastifyInstance, fastify } from 'fastify';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { LEARNS_FROM_VERDICTS } from '../../services/console/src/core/verdict-words.ts';
import { isStatistical } from '../../services/detector/src/core/domain/severities.ts';
import { StoreReader } from '../../services/waywarden/src/api/store-reader.ts';
import {
  alert,
  decisions,
  eventRecord,
  record,
  startStore,
  TENANT,
  timeOf,
  uuidOf,
  World,
} from './archiver-world.ts';

const NOW = '2026-11-24T10:00:00Z';
const ANA = 'ana@acme.example';
const [JUDGED, OTHER] = [1, 2];
const idOf = (n: number) => uuidOf(`alert ${n}`);

let clickhouse: EmbeddedClickHouse;
let world: World;
let reader: StoreReader;
let app: FastifyInstance;
let close: () => void;

interface Word {
  readonly seq: number;
  readonly verdict: string;
  readonly revision?: number;
}

/** A verdict as the responder records it: what was looked at stands in what was signed. */
function said({ seq, verdict, revision }: Word) {
  const act = { act_id: uuidOf(`act ${seq}`), act: 'verdict', reason: `word ${seq}`, verdict };
  const signed = {
    ...act,
    alert_id: idOf(JUDGED),
    ...(revision === undefined ? {} : { revision }),
  };
  const [body] = decisions(1);
  return {
    ...body,
    ...{
      decision_id: uuidOf(`said ${seq}`),
      alert_ids: [idOf(JUDGED)],
      rule_id: 'operator/verdict',
    },
    ...{ would_be_command: null, decided_at: timeOf(20 + seq), seq },
    act: { ...act, by: [ANA], signed: { text: JSON.stringify(signed), signature: 's', key: {} } },
  };
}

beforeAll(async () => {
  clickhouse = await startStore();
  world = await World.open(clickhouse, 'console_verdict');
  const archiver = await world.archiver();
  const [, ofRule] = decisions(2);
  const told = [alert(JUDGED, 1), alert(JUDGED, 2), alert(JUDGED, 3), alert(OTHER)];
  const decided = [
    { ...ofRule, alert_ids: [idOf(JUDGED)], withheld_reason: 'rule_in_shadow', mode: 'shadow' },
    said({ seq: 3, verdict: 'true_positive' }),
    said({ seq: 4, verdict: 'false_positive', revision: 2 }),
  ];
  await world.log.append([
    eventRecord(JUDGED),
    ...told.map((one, offset) => record(TOPICS.alerts.name, one, { src: { offset } })),
    ...decided.map((one, offset) => record(TOPICS.decisions.name, one, { src: { offset } })),
  ]);
  await archiver.flush();
  await archiver.stop();
  reader = new StoreReader({ url: clickhouse.url, database: world.database }, TENANT);
  const registry = registrySchema.parse({
    version: 1,
    operators: [{ uid: ANA, key: { kty: 'OKP', crv: 'Ed25519', x: 'x', kid: 'ana' } }],
  });
  app = fastify();
  const streams = consoleRoutes(app, {
    ...{
      store: reader,
      log: world.log,
      tenant: TENANT,
      tryIt: '',
      connect: [],
      sources: () => [],
      now: () => NOW,
    },
    rules: () => ({ registry }),
    status: () => Promise.resolve({} as never),
  });
  close = () => streams.close();
}, 120_000);

afterAll(async () => {
  close?.();
  await app?.close();
  await reader?.close();
  await world?.close();
  await clickhouse?.stop();
});

const ask = async (url: string) => (await app.inject({ url })).json();

it('tells who said what of which revision, the newest first, and which word counts', async () => {
  const { verdicts, operators } = await ask(`/v1/console/alerts/${idOf(JUDGED)}`);
  expect(verdicts).toMatchObject([
    {
      ...{
        by: [ANA],
        verdict: 'false_positive',
        reason: 'word 4',
        revision: 2,
        reported_since: true,
      },
      standing: 'counts',
    },
    { verdict: 'true_positive', revision: null, reported_since: false, standing: 'replaced' },
  ]);
  expect(operators).toEqual([ANA]);
  const other = await ask(`/v1/console/alerts/${idOf(OTHER)}`);
  expect(other.verdicts).toEqual([]);
});

it('tells every revision, the newest first', async () => {
  const { reported, alert: latest } = await ask(`/v1/console/alerts/${idOf(JUDGED)}`);
  expect(
    reported.map((one: { revision: number; count: number }) => [one.revision, one.count]),
  ).toEqual([
    [3, 3],
    [2, 2],
    [1, 1],
  ]);
  expect(reported[0]).toMatchObject({ severity: 'high', state: 'open', title: latest.title });
  expect(Date.parse(reported[0].at)).toBe(Date.parse(timeOf(JUDGED + 3)));
});

it('keeps a verdict apart from what the policy decided', async () => {
  const page = await ask(`/v1/console/alerts/${idOf(JUDGED)}`);
  expect(page.decisions.map((one: { rule_id: string }) => one.rule_id)).toEqual(['hijack-high']);
  expect(page.done).toContain('Rule hijack-high would have revoked');
});

it('says it in the queue, and on the page of the agent', async () => {
  const line = (items: readonly { readonly alert_id: string; readonly verdict: string | null }[]) =>
    Object.fromEntries(items.map((one) => [one.alert_id, one.verdict]));
  const now = await ask('/v1/console/now');
  expect(line(now.queue)).toEqual({
    [idOf(JUDGED)]: 'judged false positive or benign in revision 2 of 3',
    [idOf(OTHER)]: null,
  });
  const agent = await ask('/v1/console/agent?uid=agent-1');
  expect(line(agent.alerts)[idOf(JUDGED)]).toBe(
    'judged false positive or benign in revision 2 of 3',
  );
});

it('lists calls on the first page however long ago the log had one', async () => {
  const shown = async () =>
    (await ask('/v1/console/now')).events.map((one: { at: string }) => one.at);
  const before = await shown();
  expect(before).toHaveLength(1);
  const { name: topic } = TOPICS.auditEvents;
  const time = { ...record(topic, { time: NOW }), headers: { [HEADERS.type]: 'time' } };
  const partitions = (await world.log.endOffsets(topic)).keys();
  const marks = [...partitions].flatMap((partition) => Array(500).fill({ ...time, partition }));
  await world.log.append(marks);
  expect(await shown()).toEqual(before);
});

it('says that something is learnt of the kinds of which it is', () => {
  expect(KNOWN_ALERT_KINDS.filter(isStatistical)).toEqual(LEARNS_FROM_VERDICTS);
});
