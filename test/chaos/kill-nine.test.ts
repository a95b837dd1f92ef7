/**
 * Guarantee: `waywarden up`, killed with SIGKILL at any time under a stream of events, keeps every
 * event that it acknowledged as exactly one row, and concludes what it would have concluded anyway:
 * the same open alerts, the same commands, an unbroken chain of decisions.
 */
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLmdbLog } from '@waywarden/event-log/lmdb';
import { issueToken } from '@waywarden/ingest';
import {
  type Alert,
  type AuditEvent,
  type InputEvent,
  type RevocationCommand,
  TOPICS,
} from '@waywarden/schemas';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Random, seededRandom } from '../../services/waywarden/src/input/seeded-random.ts';
import { dataPaths } from '../../services/waywarden/src/runtime/data-folder.ts';
import { lastByKey } from '../../services/waywarden/src/runtime/scan-topic.ts';
import { FLEET_REGISTRY, fleet } from '../support/fleet.ts';
import { openAlerts } from '../support/run-fleet.ts';
import { KILLS, record, SEED, STREAM_SECONDS } from './chaos-settings.ts';
import { type Kill, killedStream, type Streamed } from './killed-stream.ts';
import { TENANT, verifyData } from './up-process.ts';

const BATCH_EVENTS = 5;
const STORIES_MIN = 8;
const SECONDS_A_STORY = 2;
/** Every so-manieth kill hits a process that is still starting, within so long. */
const START_KILL_EVERY = 4;
const START_MS_MAX = 2_000;
/** Events lie so far back, so that both runs see them as equally late and well within lateness. */
const AGE_MS = 600_000;
const RUN_MS_MAX = (STREAM_SECONDS * 6 + KILLS * 60 + 240) * 1000;

/** Uniform over the stream; the pace stands still while there is no process to take events. */
function killPlan(count: number, streamMs: number, random: Random): readonly Kill[] {
  const times = Array.from({ length: count }, () => random() * streamMs).sort((a, b) => a - b);
  return times.map((time, at) =>
    at % START_KILL_EVERY === START_KILL_EVERY - 1
      ? { from: 'start', afterMs: Math.round(random() * START_MS_MAX) }
      : { from: 'ready', afterMs: Math.round(time - (times[at - 1] ?? 0)) },
  );
}

function inBatches(events: readonly InputEvent[]): readonly (readonly InputEvent[])[] {
  return Array.from({ length: Math.ceil(events.length / BATCH_EVENTS) }, (_, at) =>
    events.slice(at * BATCH_EVENTS, (at + 1) * BATCH_EVENTS),
  );
}

async function conclusions(data: string) {
  const log = await openLmdbLog({ path: dataPaths(data).log, readOnly: true });
  try {
    const events = await lastByKey<AuditEvent>(log, TOPICS.auditEvents.name, (e) => e.event_id);
    const alerts = await lastByKey<Alert>(log, TOPICS.alerts.name, (a) => a.alert_id);
    const commands = await lastByKey<RevocationCommand>(
      log,
      TOPICS.revocationCommands.name,
      (c) => c.command_id,
    );
    return {
      eventIds: events.map((event) => event.event_id).sort(),
      kinds: new Set(alerts.map((alert) => alert.kind)),
      open: openAlerts(alerts),
      commandIds: commands.map((command) => command.command_id),
    };
  } finally {
    await log.close();
  }
}

let folder: string;
let registry: string;
let token: string;
let batches: readonly (readonly InputEvent[])[];
let reference: Streamed;

function run(name: string, kills: readonly Kill[], paceMs: number): Promise<Streamed> {
  return killedStream({ data: join(folder, name), registry, token, batches, paceMs, kills });
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'waywarden-kill-nine-'));
  registry = join(folder, 'registry.yaml');
  writeFileSync(registry, JSON.stringify(FLEET_REGISTRY));
  const startMs = Date.now() - AGE_MS;
  const stories = Math.max(STORIES_MIN, Math.floor(STREAM_SECONDS / SECONDS_A_STORY));
  const events = fleet({ stories }).map((event, at) => ({
    ...event,
    event_time: new Date(startMs + at * 100).toISOString(),
  }));
  batches = inBatches(events);
  const { keys, tokens } = dataPaths(join(folder, 'reference'));
  mkdirSync(keys, { recursive: true });
  const source = { kind: 'http', instance: 'chaos' };
  // Trusted, because what rests on claims alone revokes nothing.
  const trust = { assurance: 'authenticated', trust_fields: true } as const;
  token = issueToken(tokens, { id: 'chaos', tenant: TENANT, source, ...trust });
  reference = await run('reference', [], 0);
  // The same keys, so that fingerprints and what is derived from them can be compared.
  cpSync(keys, dataPaths(join(folder, 'killed')).keys, { recursive: true });
}, RUN_MS_MAX);

afterAll(() => {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

describe('kill -9', () => {
  it(
    `loses nothing, doubles nothing and concludes the same over ${KILLS} kills`,
    async () => {
      const paceMs = (STREAM_SECONDS * 1000) / batches.length;
      const kills = killPlan(KILLS, STREAM_SECONDS * 1000, seededRandom(SEED));
      const repeat = `seed ${SEED}, kills ${JSON.stringify(kills)}`;
      process.stderr.write(`chaos kill -9: ${repeat}\n`);
      const startedMs = performance.now();
      const streamed = await run('killed', kills, paceMs);
      const seconds = Math.round((performance.now() - startedMs) / 1000);

      const expected = await conclusions(join(folder, 'reference'));
      const found = await conclusions(join(folder, 'killed'));
      const verified = verifyData(join(folder, 'killed'));
      record({
        test: 'kill-nine',
        seed: SEED,
        seconds,
        kills: streamed.killed,
        resent: streamed.resent,
        acknowledged: streamed.acknowledged.length,
        events: found.eventIds.length,
        open_alerts: found.open.length,
        commands: found.commandIds.length,
        verified: verified.ok,
      });

      expect([reference.exit, streamed.exit], repeat).toEqual([0, 0]);
      expect(expected.open.length).toBeGreaterThanOrEqual(20);
      expect(expected.kinds.size).toBeGreaterThanOrEqual(3);
      expect(expected.commandIds.length).toBeGreaterThanOrEqual(5);
      expect(streamed.killed).toBe(KILLS);
      expect([...streamed.acknowledged].sort(), repeat).toEqual(expected.eventIds);
      expect(found, repeat).toEqual(expected);
      expect(verified.problems, repeat).toEqual([]);
    },
    RUN_MS_MAX,
  );
});
