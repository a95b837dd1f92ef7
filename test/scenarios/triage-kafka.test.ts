/** Work on alerts over a real broker: the same as over the embedded log, also after a restart. */
import { randomUUID } from 'node:crypto';
import { openKafkaLog } from '@waywarden/event-log/kafka';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { buildAlert, uuidOf } from '../../services/console/src/testing/triage-builders.ts';
import { WorkWorld } from '../../services/console/src/testing/work-world.ts';
import { startKafka } from '../support/kafka-broker.ts';

const PATIENCE_MS = 120_000;
const broker = await startKafka();
const brokers = 'skip' in broker ? [] : broker.brokers;
const soon = { timeout: 30_000, interval: 100 };

afterAll(async () => {
  if (!('skip' in broker)) await broker.stop();
});

describe.skipIf('skip' in broker)('triage with a broker', () => {
  it(
    'an alert is listed, closed by a signed act, exported, and stands so after a restart',
    async () => {
      const topicPrefix = `test-${randomUUID()}.`;
      const log = await openKafkaLog({ brokers, clientId: 'console', topicPrefix });
      const world = await WorkWorld.open({}, log);
      await world.addRoles(['analyst']);
      let analyst = await world.signIn('analyst');
      const total = async (query: string) =>
        (await world.ask('GET', `/v1/console/alerts?${query}`, analyst)).body.total;
      for (let n = 1; n <= 3; n++) await world.alert(buildAlert({ alert_id: uuidOf(n) }));
      await vi.waitFor(async () => expect(await total('state=open')).toBe(3), soon);
      const closed = await world.ask('POST', '/v1/triage', analyst, {
        alerts: [{ alert_id: uuidOf(1) }, { alert_id: uuidOf(2) }],
        change: { state: 'closed', classification: 'true_positive' },
        reason: 'it was',
      });
      expect(closed.status).toBe(200);
      expect(await total('state=closed')).toBe(2);
      const { alerts, more } = (await world.ask('GET', '/v1/export/alerts', analyst)).body;
      expect([alerts.length, more]).toEqual([3, false]);
      await world.stopServing();
      await world.serve();
      analyst = await world.signIn('analyst');
      await vi.waitFor(async () => expect(await total('state=closed')).toBe(2), soon);
      expect(await total('state=open')).toBe(1);
      await world.close();
    },
    PATIENCE_MS,
  );
});
