/**
 * Guarantee: a new model that several agents come to is one alert with the same id, subject and count,
 * however many partitions they are spread over and whoever's call comes in first; a second such change
 * days later is another one.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLmdbLog } from '@waywarden/event-log/lmdb';
import type { InputEvent } from '@waywarden/schemas';
import { expect, it } from 'vitest';
import { seededRandom } from '../../services/waywarden/src/input/seeded-random.ts';
import { fleetRecords, interleaved, openAlerts, runFleet } from '../support/run-fleet.ts';

const START_MS = Date.UTC(2026, 0, 5, 9, 0, 0);
const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const AGENTS = ['planner', 'writer', 'coder', 'tester', 'clerk', 'mailer'];
const registry = {
  version: 1,
  agents: AGENTS.map((uid) => ({ uid, class: 'autonomous', role: uid })),
};

let made = 0;
function call(uid: string, ms: number, model: string): InputEvent {
  made += 1;
  return {
    native_id: `change-${made}`,
    event_time: new Date(START_MS + ms).toISOString(),
    activity: 'tool_call',
    agent: { uid, version: '1.0' },
    model: { name: model },
    tool: { name: 'list', server: 'files' },
    effect: 'read',
    outcome: 'success',
  };
}

/** All agents settled on one model; then all come to another within minutes, and days later to a third. */
function work(): readonly InputEvent[] {
  const calls = AGENTS.flatMap((uid, at) => [
    ...Array.from({ length: 30 }, (_, n) => call(uid, n * MINUTE_MS + at * 1000, 'm-1')),
    ...Array.from({ length: 30 }, (_, n) => call(uid, DAY_MS + n * MINUTE_MS + at * 1000, 'm-2')),
    ...Array.from({ length: 30 }, (_, n) =>
      call(uid, 9 * DAY_MS + n * MINUTE_MS + at * 1000, n % 2 === 0 ? 'm-2' : 'm-3'),
    ),
  ]);
  return calls.toSorted((a, b) => (a.event_time < b.event_time ? -1 : 1));
}

const { records } = fleetRecords(work());

async function changes(partitions: number, order: typeof records) {
  const folder = mkdtempSync(join(tmpdir(), 'waywarden-change-'));
  const log = await openLmdbLog({ path: folder, durable: false });
  try {
    const { alerts } = await runFleet({ log, partitions, records: order, registry });
    const found = alerts.filter((one) => one.kind === 'undeclared_change');
    return { ids: openAlerts(found), counts: found.map((one) => one.count).toSorted() };
  } finally {
    await log.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

it('has the same ids over 1, 3 and 4 partitions, in any interleaving', async () => {
  const reference = await changes(1, records);
  expect(reference.counts).toEqual([AGENTS.length, AGENTS.length]);
  for (const [partitions, seed] of [
    [1, 1],
    [3, 2],
    [4, 3],
    [4, 4],
  ] as const) {
    expect(await changes(partitions, interleaved(records, seededRandom(seed)))).toEqual(reference);
  }
}, 180_000);
