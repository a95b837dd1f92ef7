/**
 * Guarantee: on a broker that asks who comes and allows only what `waywarden acls` sets, the services
 * do all that they must (an event becomes an order, a receipt and a proof), and none of them can do
 * what is another's: whoever has stolen one login writes no alert, no order and no rule.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startClickHouse } from '@waywarden/clickhouse-embedded';
import { openKafkaLog } from '@waywarden/event-log/kafka';
import { kafkaOptions, readSettings } from '@waywarden/event-log/kafka/settings';
import { TOPICS, type TopicId } from '@waywarden/schemas';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startNativeKafka, whyNotNative } from '../../scripts/kafka-native.mjs';
import { runCommandAs } from '../support/run-command.ts';
import { until } from '../support/until.ts';
import { KillableProcess } from './child-process.ts';
import type { Site } from './containment-site.ts';
import { kafkaSite, type Role } from './kafka-site.ts';
import { Player } from './player.ts';
import { runningReceivers } from './scenario-rules.ts';
import { SCENARIOS, uidOf } from './scenarios.ts';

const ARCHIVER = fileURLToPath(new URL('../../services/archiver/dist/main.js', import.meta.url));
const PREFIX = 'guarded.';
const USERS = [
  'admin',
  'init',
  'ingest',
  'detector',
  'responder',
  'receivers',
  'archiver',
  'canary',
];
const passwordOf = (name: string) => `${name}-password`;
const LONG_MS = 300_000;

const folder = mkdtempSync(join(tmpdir(), 'waywarden-acls-'));
const reason = whyNotNative();
let broker: Awaited<ReturnType<typeof startNativeKafka>> | undefined;
let site: Site | undefined;
let archiver: KillableProcess | undefined;
let store: Awaited<ReturnType<typeof startClickHouse>> | undefined;

const loginOf = (name: string) => ({
  WW_KAFKA_USERNAME: name,
  WW_KAFKA_PASSWORD: passwordOf(name),
});

if (reason !== undefined) {
  if (process.env['REQUIRE_KAFKA'] === '1') throw new Error(`REQUIRE_KAFKA=1, but ${reason}`);
  console.warn(`\nBROKER ACLS ARE NOT TRIED: ${reason}\n`);
}

beforeAll(async () => {
  if (reason !== undefined) return;
  const users = USERS.map((name) => ({ name, password: passwordOf(name) }));
  broker = await startNativeKafka({ log: console.warn, users });
  const receivers = runningReceivers().map(({ id }) => `${id}=User:receivers`);
  const at = ['--brokers', broker.brokers.join(','), '--topic-prefix', PREFIX];
  const done = ['acls', ...at, '--receiver', ...receivers, '--apply', '--json'];
  await runCommandAs(loginOf('admin'), ...done);
}, LONG_MS);

afterAll(async () => {
  await archiver?.end('SIGTERM');
  await store?.stop();
  await site?.stop().catch(() => undefined);
  await site?.close().catch(() => undefined);
  await broker?.stop();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}, 60_000);

/** What the broker says to a principal that writes one record. */
async function writing(
  role: Role,
  topic: TopicId,
  as = role === 'receivers' ? 'receiver-common' : `waywarden-${role}`,
): Promise<string> {
  const kafka = { WW_KAFKA_BROKERS: broker?.brokers.join(','), WW_KAFKA_TOPIC_PREFIX: PREFIX };
  const settings = readSettings({}, { ...kafka, ...loginOf(role) });
  if (!settings.ok) throw new Error(settings.problems.join('\n'));
  const log = await openKafkaLog({
    // The names under which receivers and services look things up: other groups are refused.
    ...kafkaOptions(settings.config, as),
    retriesMax: 1,
  });
  try {
    const value = new TextEncoder().encode('{}');
    await log.append([{ topic: TOPICS[topic].name, partition: 0, key: null, value, headers: {} }]);
    return 'written';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    await log.close();
  }
}

describe.skipIf(reason !== undefined)('on a broker with ACLs', () => {
  it(
    'services that are allowed what the table says revoke, and prove it',
    async () => {
      if (broker === undefined) throw new Error('There is no broker.');
      site = await kafkaSite(folder, broker.brokers, { rounds: 1, prefix: PREFIX, loginOf });
      const scenario = SCENARIOS.find(({ key }) => key === 'denied');
      if (scenario === undefined) throw new Error('The scenario is gone.');
      const player = new Player(site, uidOf(scenario.key, 0));
      for (const step of scenario.steps) await step(player);
      expect((await player.state('confirmed')).action).toBe('revoke_token');
    },
    LONG_MS,
  );

  it(
    'the archiver stores what it may read, orders and answers among it',
    async () => {
      store = await startClickHouse({ path: join(folder, 'store') });
      const env = {
        WW_KAFKA_BROKERS: broker?.brokers.join(',') ?? '',
        WW_KAFKA_TOPIC_PREFIX: PREFIX,
        WW_LOG_LEVEL: 'warn',
        WW_STATE_DIR: join(folder, 'state/archiver'),
        WW_CLICKHOUSE_URL: store.url,
        ...loginOf('archiver'),
      };
      let rows = 0;
      const stored = async () => {
        const body = 'SELECT count() FROM revocation_receipts_v1';
        const asked = await fetch(`${store?.url}/?database=waywarden`, { method: 'POST', body });
        rows = asked.ok ? Number(await asked.text()) : 0;
        return rows > 0 ? true : undefined;
      };
      // Ready when it has stored something: what it says when it ends instead is then in the error.
      archiver = new KillableProcess({ args: [ARCHIVER], env, isReady: () => until(stored) });
      await archiver.start();
      expect(rows).toBeGreaterThan(0);
    },
    LONG_MS,
  );

  it.each<[Role, TopicId]>([
    ['ingest', 'alerts'],
    ['ingest', 'registry'],
    ['detector', 'auditEvents'],
    ['detector', 'revocationCommands'],
    ['detector', 'responseJournal'],
    ['responder', 'registry'],
    ['canary', 'alerts'],
    ['canary', 'auditEvents'],
    ['receivers', 'revocationCommands'],
    ['receivers', 'auditEvents'],
  ])(
    'who has the login of %s writes nothing into %s, and is told so',
    async (role, topic) => {
      const said = await writing(role, topic);
      expect(said).toMatch(/not authorized|may neither read nor write/i);
      expect(said).toContain(TOPICS[topic].name);
    },
    LONG_MS,
  );

  it('a group that the table does not name is refused, and the error names it', async () => {
    const said = await writing('receivers', 'revocationReceipts', 'made-up');
    expect(said).toContain(`reading ${PREFIX}waywarden.topics.v1 in group made-up.read.`);
  });
});
