/**
 * `verify` where the log is kept for a time and rows live for a time: what has gone as it should is no
 * finding, and what is lost, doubled or altered inside of what is kept is named as before.
 */
import { type VerifyReport, verifyStore } from '@waywarden/archiver';
import type { EmbeddedClickHouse } from '@waywarden/clickhouse-embedded';
import { endKey } from '@waywarden/event-log/lmdb/layout';
import { TOPICS } from '@waywarden/schemas';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { chainFindings } from '../../services/waywarden/src/runtime/verify-folder.ts';
import {
  ARCHIVED,
  alert,
  command,
  decisions,
  eventRecord,
  record,
  startStore,
  uuidOf,
  World,
} from './archiver-world.ts';

const DAY = 86_400_000;
const BORN = Date.UTC(2026, 10, 24, 12);
const EVENTS = TOPICS.auditEvents.name;
const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, n) => from + n);

let clickhouse: EmbeddedClickHouse;
let world: World;
let worlds = 0;
let clock: number;
let states = 0;
beforeAll(async () => {
  clickhouse = await startStore();
});
afterAll(() => clickhouse.stop());
beforeEach(async () => {
  clock = BORN;
  world = await World.open(clickhouse, `verify_kept_${worlds++}`, () => clock);
});
afterEach(() => world.close());

async function archive(stateDir = 'state'): Promise<void> {
  const archiver = await world.archiver({
    now: () => clock,
    stateDir: `${world.folder}/${stateDir}`,
  });
  await archiver.flush();
  await archiver.stop();
}

const verify = (): Promise<VerifyReport> =>
  verifyStore({
    log: world.log,
    client: world.client,
    nowMs: clock,
    verifyDecisions: chainFindings,
  });

async function run(statement: string): Promise<void> {
  await world.client.command({ query: statement, clickhouse_settings: { mutations_sync: '2' } });
}

function named(report: VerifyReport, code: string): string {
  expect(report.ok).toBe(false);
  return report.problems
    .filter((problem) => problem.code === code)
    .map((problem) => `${problem.where} ${problem.what} ${problem.found}`)
    .join('\n');
}

const all = decisions(6);
const story = (from: number, to: number) => [
  ...numbers(from * 20, to * 20).map((n) => eventRecord(n)),
  ...numbers(from, to).map((n) =>
    record(TOPICS.alerts.name, alert(n * 20), { src: { offset: n } }),
  ),
  ...all
    .slice(from, to)
    .map((d, n) => record(TOPICS.decisions.name, d, { src: { offset: from + n } })),
  ...numbers(from, to).map((n) =>
    record(TOPICS.revocationCommands.name, command(n), { src: { offset: n } }),
  ),
];

/** Three days of old and three of new; all topics are then kept for ten days only. */
async function shortened(): Promise<void> {
  await world.log.append(story(0, 3));
  await archive();
  clock += 20 * DAY;
  await world.log.append(story(3, 6));
  await archive();
  const retention = { ageMs: 10 * DAY, keepsLast: true } as const;
  const topics = [TOPICS.auditEvents, TOPICS.alerts, TOPICS.decisions, TOPICS.revocationCommands];
  await world.log.createTopics(topics.map(({ name }) => ({ name, partitions: 2, retention })));
  await world.log.shorten({ nowMs: clock });
  expect((await world.log.startOffsets(EVENTS)).some((start) => start > 0)).toBe(true);
}

/** An empty store, filled again from what the log keeps. */
async function refill(): Promise<void> {
  const tables = await world.select<{ name: string }>(
    `SELECT name FROM system.tables WHERE database = currentDatabase() AND engine LIKE '%MergeTree'`,
  );
  for (const { name } of tables) {
    if (name !== 'schema_migrations_v1') await run(`TRUNCATE TABLE ${name}`);
  }
  await archive(`state-${states++}`);
}

describe('verify over a log that retention has shortened', () => {
  it('finds nothing, and says from where on it has looked', async () => {
    await shortened();
    const report = await verify();
    expect(report.problems).toEqual([]);
    expect(report.stored_from[EVENTS]).toEqual(await world.log.startOffsets(EVENTS));
  });

  it('names what is deleted, doubled or altered inside the kept range', async () => {
    await shortened();
    const id = uuidOf('event 70');
    await run(`ALTER TABLE audit_events_v1 DELETE WHERE event_id = '${id}'`);
    expect(named(await verify(), 'row_missing')).toContain(id);
    await run(
      `ALTER TABLE alerts_v1 UPDATE severity = 'low' WHERE alert_id = '${uuidOf('alert 80')}'`,
    );
    await run(
      `INSERT INTO decisions_v1 SELECT * REPLACE(stored_at + INTERVAL 1 DAY AS stored_at) FROM decisions_v1 WHERE seq = 5`,
    );
    const report = await verify();
    expect(named(report, 'row_altered')).toContain(uuidOf('alert 80'));
    expect(named(report, 'row_doubled')).toContain(uuidOf('decision 4'));
  });

  it('still names a decision from before that is missing or another one: the chain starts at 1', async () => {
    await shortened();
    await run('ALTER TABLE decisions_v1 DELETE WHERE seq = 2');
    expect(named(await verify(), 'decision_chain_broken')).toContain('2 is due');
    await run(`ALTER TABLE decisions_v1 UPDATE hash = 'other' WHERE seq = 3`);
    expect(named(await verify(), 'decision_chain_broken')).toContain('Decision 3 is another one');
  });

  it('finds nothing in a store that was filled again from what is kept: the chain goes on from the anchor', async () => {
    await shortened();
    await refill();
    const report = await verify();
    expect(report.problems).toEqual([]);
    await run('ALTER TABLE decisions_v1 DELETE WHERE seq = 5');
    expect(named(await verify(), 'decision_chain_broken')).toContain('5 is due');
    await refill();
    await run('ALTER TABLE decisions_v1 DELETE WHERE seq = 4');
    expect(named(await verify(), 'decision_chain_broken')).toContain('4 is due');
    await refill();
    await run(
      `ALTER TABLE revocation_commands_v1 DELETE WHERE command_id = '${uuidOf('command 4')}'`,
    );
    expect(named(await verify(), 'row_missing')).toContain(uuidOf('command 4'));
    await refill();
    await run(`ALTER TABLE audit_events_v1 DELETE WHERE event_id = '${uuidOf('event 80')}'`);
    expect(named(await verify(), 'row_missing')).toContain(uuidOf('event 80'));
  });

  it('names a front that is gone without retention having removed it', async () => {
    await world.log.append(story(0, 3));
    await archive();
    await world.harmLog(EVENTS, async ({ starts, id }) => {
      const removed = { records: 0, bytes: 0, at: clock, why: 'age' as const, lost: [] };
      await starts.put(endKey(id, 0), { offset: 5, ...removed });
    });
    expect(named(await verify(), 'log_damaged')).toContain(`${EVENTS}/0/0-4`);
  });
});

describe('verify where rows have lived as long as they should', () => {
  /** As if the tables had been made when the first record was stored. */
  const born = () =>
    run(`ALTER TABLE schema_migrations_v1 UPDATE applied_at = '2026-11-24 12:00:00' WHERE 1`);

  async function expire(): Promise<void> {
    await world.log.append([
      ...numbers(0, 40).map((n) => eventRecord(n)),
      record(TOPICS.alerts.name, alert(3), { src: { offset: 0 } }),
      record(TOPICS.auditDeadletter.name, 'sealed'),
    ]);
    await archive();
    await born();
    clock += 410 * DAY;
    const late = (n: number) => ({
      event_time: new Date(clock + n * 1000).toISOString(),
      observed_time: new Date(clock).toISOString(),
    });
    await world.log.append([
      ...numbers(40, 60).map((n) => eventRecord(n, late(n))),
      record(TOPICS.auditDeadletter.name, 'sealed later'),
    ]);
    await archive();
    // ClickHouse goes by the system's clock, which this test does not move.
    await run(
      "ALTER TABLE audit_events_v1 DELETE WHERE log_offset >= 0 AND stored_at < toDateTime64('2027-06-01 00:00:00', 9, 'UTC')",
    );
    await run(
      "ALTER TABLE dead_letters_v1 DELETE WHERE stored_at < toDateTime64('2027-06-01 00:00:00', 9, 'UTC')",
    );
  }

  it('does not call them lost, nor the roll-ups and alerts that outlive them', async () => {
    await expire();
    const report = await verify();
    expect(report.problems).toEqual([]);
    expect(report.counts.expired_rows).toBe(41);
    expect(report.counts.outlived_minutes).toBeGreaterThan(0);
  });

  it('names a younger row that is missing, and a cell of a younger roll-up', async () => {
    await expire();
    await run(`ALTER TABLE audit_events_v1 DELETE WHERE event_id = '${uuidOf('event 50')}'`);
    await run(`ALTER TABLE dead_letters_v1 DELETE WHERE 1`);
    const report = await verify();
    expect(named(report, 'row_missing')).toContain(uuidOf('event 50'));
    expect(named(report, 'row_missing')).toContain(TOPICS.auditDeadletter.name);
    expect(named(report, 'roll_up_differs') + named(report, 'roll_up_unfounded')).toContain(
      'agent-1',
    );
  });

  it('calls no row expired in a store that is younger than a row lives, however old its events', async () => {
    const old = { event_time: '2019-01-01T00:00:00Z', observed_time: '2019-01-01T00:00:00Z' };
    await world.log.append(numbers(0, 10).map((n) => eventRecord(n, old)));
    await archive();
    await run(`ALTER TABLE audit_events_v1 DELETE WHERE event_id = '${uuidOf('event 4')}'`);
    const report = await verify();
    expect(named(report, 'row_missing')).toContain(uuidOf('event 4'));
    expect(named(report, 'roll_up_unfounded') + named(report, 'roll_up_differs')).toContain(
      'agent-4',
    );
  });
});

describe('verify of a running installation', () => {
  it('finds nothing while events go on arriving, and names what was tampered with', async () => {
    await world.log.append(story(0, 3));
    const archiver = await world.archiver({ now: () => Date.now() });
    await archiver.flush();
    const running = {
      settle: async () => {
        const ends: Record<string, readonly number[]> = {};
        for (const { name } of ARCHIVED) ends[name] = await world.log.endOffsets(name);
        await archiver.flush(ends);
        return ends;
      },
      hold: <T>(work: () => Promise<T>) => archiver.hold(work),
    };
    const verifyNow = () =>
      verifyStore({
        log: world.log,
        client: world.client,
        nowMs: clock,
        verifyDecisions: chainFindings,
        running,
      });
    let going = true;
    const feeding = (async () => {
      for (let n = 60; going; n++) {
        await world.log.append([eventRecord(n)]);
        if (n % 10 === 0) await world.log.append([record(TOPICS.alerts.name, alert(n))]);
        await new Promise((resolve) => setImmediate(resolve));
      }
    })();
    expect((await verifyNow()).problems).toEqual([]);
    await run(`ALTER TABLE audit_events_v1 DELETE WHERE event_id = '${uuidOf('event 7')}'`);
    expect(named(await verifyNow(), 'row_missing')).toContain(uuidOf('event 7'));
    going = false;
    await feeding;
    await archiver.stop();
  });
});
