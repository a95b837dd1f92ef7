/**
 * Guarantee: other partition counts, and interleavings that keep each agent's own order, give the
 * same set of open alerts (id, kind, subject, proof, severity) once the input has settled.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openKafkaLog } from '@waywarden/event-log/kafka';
import { openLmdbLog } from '@waywarden/event-log/lmdb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seededRandom } from '../../services/waywarden/src/input/seeded-random.ts';
import { FLEET_REGISTRY, fleet } from '../support/fleet.ts';
import { startKafka } from '../support/kafka-broker.ts';
import { fleetRecords, interleaved, openAlerts, runFleet } from '../support/run-fleet.ts';

const SEEDS = [1, 2, 3];
const PARTITIONS = [1, 3, 8];
const { records, events } = fleetRecords(fleet({ stories: 8 }));
const chains = new Map(events.map((event) => [event.event_id, event.chain_id]));

async function onLmdb(partitions: number, order: typeof records, registry?: object) {
  const folder = mkdtempSync(join(tmpdir(), 'waywarden-permutation-'));
  const log = await openLmdbLog({ path: folder, durable: false });
  try {
    return await runFleet({
      log,
      partitions,
      records: order,
      ...(registry === undefined ? {} : { registry }),
    });
  } finally {
    await log.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

describe('permutation', () => {
  let reference: Awaited<ReturnType<typeof onLmdb>>;

  beforeAll(async () => {
    reference = await onLmdb(1, records);
  });

  it('holds enough to mean something: 20 alerts of 3 kinds, 5 commands', () => {
    const open = reference.alerts.filter((a) => a.state === 'open');
    expect(open.length).toBeGreaterThanOrEqual(20);
    expect(new Set(open.map((a) => a.kind)).size).toBeGreaterThanOrEqual(3);
    expect(reference.commands.length).toBeGreaterThanOrEqual(5);
  });

  it('holds alerts whose proof stands in more than one chain', () => {
    const across = reference.alerts.filter(
      ({ state, assembly }) =>
        state === 'open' && new Set(assembly?.proof.map((id) => chains.get(id))).size > 1,
    );
    expect(across.map((alert) => alert.kind)).toEqual(Array(8).fill('privilege_assembly'));
  });

  for (const partitions of PARTITIONS) {
    for (const seed of SEEDS) {
      it(`gives the same open alerts over ${partitions} partitions, interleaving ${seed}`, async () => {
        const run = await onLmdb(partitions, interleaved(records, seededRandom(seed)));
        expect(openAlerts(run.alerts)).toEqual(openAlerts(reference.alerts));
        expect(run.commands.length).toBeGreaterThanOrEqual(5);
        expect(run.commands.map((c) => c.command_id)).toEqual(
          reference.commands.map((c) => c.command_id),
        );
      });
    }
  }

  it('counts agents that nobody registered as one alert a workload, wherever they come in', async () => {
    const known = new Set(['intake', 'steady']);
    const registry = {
      ...FLEET_REGISTRY,
      agents: FLEET_REGISTRY.agents.filter((one) => known.has(one.uid)),
    };
    const runs = [
      await onLmdb(1, records, registry),
      await onLmdb(3, interleaved(records, seededRandom(4)), registry),
      await onLmdb(8, interleaved(records, seededRandom(5)), registry),
    ];
    const [first, ...others] = runs.map((run) => openAlerts(run.alerts));
    const unregistered = runs[0]?.alerts.filter((one) => one.kind === 'unregistered_agent');
    expect(unregistered).toHaveLength(1);
    for (const other of others) expect(other).toEqual(first);
  });

  describe('on Kafka', () => {
    let broker: Awaited<ReturnType<typeof startKafka>>;
    beforeAll(async () => {
      broker = await startKafka();
    }, 180_000);
    afterAll(async () => {
      if ('brokers' in broker) await broker.stop();
    });

    it('gives the same open alerts over 3 partitions', async (context) => {
      if (!('brokers' in broker)) return context.skip();
      const log = await openKafkaLog({
        brokers: broker.brokers,
        clientId: 'permutation',
        topicPrefix: 'permutation.',
      });
      try {
        const run = await runFleet({
          log,
          partitions: 3,
          records: interleaved(records, seededRandom(9)),
        });
        expect(openAlerts(run.alerts)).toEqual(openAlerts(reference.alerts));
        expect(run.commands.length).toBeGreaterThanOrEqual(5);
      } finally {
        await log.close();
      }
    }, 240_000);
  });
});
