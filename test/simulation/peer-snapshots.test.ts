/**
 * Guarantee: what young agents are judged by, which is what their peers told, does not depend on partitions, on
 * interleavings that keep each agent's own order, on restarts or on crashes in the way of a snapshot: the same
 * snapshots are sequenced for the same days, and the same alerts stand open.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Alert, type InputEvent, registrySchema, TOPICS } from '@waywarden/schemas';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { seededRandom } from '../../services/waywarden/src/input/seeded-random.ts';
import { dataPaths } from '../../services/waywarden/src/runtime/data-folder.ts';
import { openPipeline, type Pipeline } from '../../services/waywarden/src/runtime/pipeline.ts';
import { lastByKey } from '../../services/waywarden/src/runtime/scan-topic.ts';
import { enforcingPolicy, fleetRecords, interleaved, openAlerts } from '../support/run-fleet.ts';

const DAY_MS = 86_400_000;
const START_MS = Date.UTC(2026, 0, 5);
const PEERS = 8;
const TAUGHT_DAYS = 5;
const timeOf = (day: number, ms: number) => new Date(START_MS + day * DAY_MS + ms).toISOString();

const REGISTRY = registrySchema.parse({
  version: 1,
  agents: [...Array(PEERS).keys(), 'newcomer'].map((n) => ({
    uid: `clerk-${n}`,
    class: 'semi_autonomous',
    role: 'clerk',
    grants: ['*'],
  })),
});

/** Minutes of work of one agent on one day. */
function work(uid: string, day: number, calls: number): readonly InputEvent[] {
  return Array.from({ length: calls }, (_, n) => ({
    native_id: `${uid}-${day}-${n}`,
    event_time: timeOf(day, 9 * 3_600_000 + n * 150),
    activity: 'tool_call',
    phase: 'completed',
    effect: 'read',
    agent: { uid, framework: 'graph', version: '1.0' },
    task: { id: `${uid}-${day}` },
    tool: { name: 'list_orders', server: 'office' },
    outcome: 'success',
  }));
}

/** What happens on each day: peers at work, then a newcomer that does as they do, and on its second day does not. */
const DAYS = Array.from({ length: TAUGHT_DAYS + 2 }, (_, day) => {
  const peers = Array.from({ length: PEERS }, (__, n) =>
    work(`clerk-${n}`, day, 5 + ((n + day) % 3)),
  );
  const spike = day === TAUGHT_DAYS + 1 ? 150 : 6;
  const newcomer = day >= TAUGHT_DAYS ? work('clerk-newcomer', day, spike) : [];
  return fleetRecords([...peers.flat(), ...newcomer]).records;
});

interface Run {
  readonly partitions: number;
  readonly order?: (records: (typeof DAYS)[number]) => (typeof DAYS)[number];
  /** Days after which it is stopped and started again. */
  readonly restartAfter?: readonly number[];
  /** Where it fails once. */
  readonly failAt?: string;
}

const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

async function oneDay(pipeline: Pipeline, day: number, order: Run['order']): Promise<void> {
  const records = DAYS[day] ?? [];
  await pipeline.log.append(order?.(records) ?? records);
  await pipeline.detected();
  await pipeline.sequencer.advance(timeOf(day + 1, 3 * 3_600_000));
  await pipeline.detected();
}

async function conclusions({ log }: Pipeline) {
  const alerts = await lastByKey<Alert>(log, TOPICS.alerts.name, (one) => one.alert_id);
  const told = [];
  for (const { value } of await log.read(TOPICS.auditEvents.name, 0, 0, 10_000)) {
    const control = JSON.parse(new TextDecoder().decode(value ?? undefined));
    if (control.kind === 'baseline') told.push(control);
  }
  const snapshots = [...new Map(told.map((one) => [`${one.peer_group}|${one.version}`, one]))];
  return {
    open: openAlerts(alerts),
    alerts,
    snapshots: snapshots
      .map(([name, one]) => [name, one.effective_from, one.agents, one.volumes])
      .sort(),
  };
}

async function run({ partitions, order, restartAfter = [], failAt }: Run) {
  const folder = mkdtempSync(join(tmpdir(), 'waywarden-peers-'));
  folders.push(folder);
  let failed = failAt === undefined;
  let armed = false;
  const open = async () => {
    const pipeline = await openPipeline({
      paths: dataPaths(folder),
      command: 'replay',
      partitions,
      journal: 'replay',
      archive: false,
      scratch: true,
      failpoint: (name) => {
        if (!armed || failed || name !== failAt) return;
        failed = true;
        throw new Error(`crashed at ${name}`);
      },
    });
    await pipeline.publish('acme', REGISTRY, enforcingPolicy());
    return pipeline;
  };
  let pipeline = await open();
  try {
    for (let day = 0; day < DAYS.length; day += 1) {
      const had = failed;
      armed = day >= 3;
      await oneDay(pipeline, day, order).catch((error: unknown) => {
        if (had || !failed) throw error;
      });
      const crashed = failed && !had;
      if (!crashed && !restartAfter.includes(day)) continue;
      await pipeline.stop();
      pipeline = await open();
      if (crashed) await oneDay(pipeline, day, order);
    }
    expect(failed).toBe(true);
    return await conclusions(pipeline);
  } finally {
    await pipeline.stop();
  }
}

describe('snapshots of peers', () => {
  let reference: Awaited<ReturnType<typeof run>>;

  beforeAll(async () => {
    reference = await run({ partitions: 1 });
  });

  it('are told of every day, and catch the newcomer on its second one', () => {
    expect(reference.snapshots.length).toBeGreaterThanOrEqual(9);
    const caught = reference.alerts.filter(({ rule_id }) => rule_id === 'volume');
    expect(caught).toMatchObject([
      { subject: { agent_uid: 'clerk-newcomer' }, baseline: { level: 'peer group' } },
    ]);
  });

  for (const [partitions, seed] of [
    [1, 1],
    [3, 2],
    [8, 3],
  ] as const) {
    it(`are the same over ${partitions} partitions, interleaving ${seed}`, async () => {
      const random = seededRandom(seed);
      const other = await run({ partitions, order: (records) => interleaved(records, random) });
      expect(other.open).toEqual(reference.open);
      expect(other.snapshots).toEqual(reference.snapshots);
    });
  }

  it('are the same after restarts', async () => {
    const other = await run({ partitions: 3, restartAfter: [2, 5] });
    expect(other.open).toEqual(reference.open);
    expect(other.snapshots).toEqual(reference.snapshots);
  });

  for (const failAt of [
    'detector-aggregate.append.after',
    'detector-aggregate.commit.after',
    'sequencer.append.after',
  ]) {
    it(`are the same after a crash at ${failAt}`, async () => {
      const other = await run({ partitions: 3, failAt });
      expect(other.open).toEqual(reference.open);
      expect(other.snapshots).toEqual(reference.snapshots);
    });
  }
});
