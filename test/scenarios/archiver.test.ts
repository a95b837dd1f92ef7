/** One row an event, whatever is repeated and wherever the archiver or ClickHouse dies. */
import { FAILPOINTS, readMigrations } from '@waywarden/archiver';
import type { EmbeddedClickHouse } from '@waywarden/clickhouse-embedded';
import { HEADERS, TOPICS } from '@waywarden/schemas';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  alert,
  command,
  decisions,
  event,
  eventRecord,
  record,
  startStore,
  World,
} from './archiver-world.ts';
import { startFront } from './clickhouse-front.ts';

let clickhouse: EmbeddedClickHouse;
let worlds = 0;
beforeAll(async () => {
  clickhouse = await startStore();
});
afterAll(() => clickhouse.stop());

async function withWorld(run: (world: World) => Promise<void>): Promise<void> {
  const world = await World.open(clickhouse, `scenario_${worlds++}`);
  try {
    await run(world);
  } finally {
    await world.close();
  }
}

/** Rows go, the tokens under which they were inserted stay. */
async function loseSome(client: World['client']): Promise<void> {
  await client.command({
    query: 'ALTER TABLE audit_events_v1 DELETE WHERE log_offset % 3 = 0',
    clickhouse_settings: { mutations_sync: '2' },
  });
}

const numbers = (count: number): readonly number[] => Array.from({ length: count }, (_, n) => n);

describe('one row an event', () => {
  it('keeps every topic, nanoseconds and odd characters included, byte for byte', () =>
    withWorld(async (world) => {
      const odd = 'quote " back\\slash \u0000 \ud83d\ude00 \ud800 \r\n\n\t<tab>';
      const events = numbers(50).map((n) => eventRecord(n, { labels: { odd }, call_uid: odd }));
      await world.log.append(events);
      await world.log.append([
        record(TOPICS.alerts.name, alert(1), { src: { offset: 1 } }),
        ...decisions(2).map((d, n) => record(TOPICS.decisions.name, d, { src: { offset: n } })),
        record(TOPICS.revocationCommands.name, command(0), { src: { offset: 0 } }),
        record(TOPICS.auditDeadletter.name, 'not json at all'),
        record(TOPICS.auditEvents.name, 'no event either'),
      ]);
      const archiver = await world.archiver();
      await archiver.flush();
      const rows = await world.select<{ event_time: string; raw: string; native_id: string }>(
        'SELECT event_time, raw, native_id FROM audit_events_v1 FINAL ORDER BY event_time',
      );
      expect(rows.map((row) => row.raw)).toEqual(
        events.map((r) => new TextDecoder().decode(r.value ?? undefined)),
      );
      expect(rows[3]?.event_time).toBe('2026-11-24 09:00:18.000000003');
      const tables = ['alerts_v1', 'decisions_v1', 'revocation_commands_v1', 'dead_letters_v1'];
      expect(await Promise.all(tables.map((table) => world.count(table)))).toEqual([1, 2, 1, 2]);
      expect(archiver.stats()).toMatchObject({ rows: 56, repeats: 0, unreadable: 1 });
      await archiver.stop();
      await archiver.done;
    }));

  it('keeps a batch that begins with an empty cell and holds text with empty lines', () =>
    withWorld(async (world) => {
      const laidOut = '{\n\n\t"note": "a\\n\\nb"\r\n}';
      await world.log.append([record(TOPICS.auditEvents.name, laidOut), eventRecord(1)]);
      const archiver = await world.archiver();
      await archiver.flush();
      const rows = await world.select<{ tenant_id: string; raw: string }>(
        'SELECT tenant_id, raw FROM audit_events_v1 ORDER BY tenant_id',
      );
      expect(rows).toHaveLength(2);
      expect(rows[0]).toEqual({ tenant_id: '', raw: laidOut });
      await archiver.stop();
      await archiver.done;
    }));

  it('drops repeats by mark and by id, and tells a repeat from a conflict', () =>
    withWorld(async (world) => {
      const archiver = await world.archiver();
      await world.log.append(numbers(20).map((n) => eventRecord(n)));
      await archiver.flush();
      await world.log.append([
        eventRecord(3, { observed_time: '2026-11-24T11:00:00Z' }),
        eventRecord(4, { outcome: 'tool_error' }),
        eventRecord(20),
        eventRecord(20),
        record(TOPICS.alerts.name, alert(1), { src: { offset: 7, index: 1 } }),
        record(TOPICS.alerts.name, alert(1), { src: { offset: 7, index: 1 } }),
        record(TOPICS.alerts.name, alert(1, 2), { src: { offset: 7, index: 2 } }),
      ]);
      await archiver.flush();
      expect(await world.count('audit_events_v1', false)).toBe(21);
      expect(await world.count('alerts_v1', false)).toBe(2);
      expect(archiver.stats()).toMatchObject({ rows: 23, repeats: 4, idConflicts: 1 });
      const [four] = await world.select<{ outcome: string }>(
        `SELECT outcome FROM audit_events_v1 FINAL WHERE native_id = 'call-4'`,
      );
      expect(four?.outcome).toBe(event(4)['outcome']);
      await archiver.stop();
    }));

  it('lets the bodies of dead letters go when their time is over, by when they came', () =>
    withWorld(async (world) => {
      const day = 86_400_000;
      const letter = (daysAgo: number) => {
        const made = record(TOPICS.auditDeadletter.name, 'sealed');
        const at = new Date(Date.now() - daysAgo * day).toISOString();
        return { ...made, headers: { ...made.headers, [HEADERS.producedAt]: at } };
      };
      await world.log.append([letter(3), letter(9), letter(20)]);
      const days = async (deadLettersMs: number, state: string) => {
        const stateDir = `${world.folder}/${state}`;
        const archiver = await world.archiver({ now: Date.now, stateDir, deadLettersMs });
        await archiver.flush();
        await archiver.stop();
        await world.client.command({ query: 'OPTIMIZE TABLE dead_letters_v1 FINAL' });
        return world.count('dead_letters_v1', false);
      };
      expect(await days(10 * day, 'first')).toBe(2);
      // Stored anew, it is as old as before; and a shorter time counts for what is there.
      await world.client.command({ query: 'TRUNCATE TABLE dead_letters_v1' });
      expect(await days(5 * day, 'second')).toBe(1);
    }));

  it('leaves one physical row of each record when the local state is lost', () =>
    withWorld(async (world) => {
      await world.log.append(numbers(30).map((n) => eventRecord(n)));
      const first = await world.archiver();
      await first.flush();
      await first.stop();
      await world.log.append([...numbers(10).map((n) => eventRecord(30 + n)), eventRecord(3)]);
      await world.log.append([record(TOPICS.auditEvents.name, 'no event')]);
      for (const name of ['other', 'third']) {
        const next = await world.archiver({
          stateDir: `${world.folder}/${name}`,
          now: () => Date.UTC(2026, 10, 25),
        });
        await next.flush();
        await next.stop();
        expect(await world.count('audit_events_v1', false)).toBe(40);
        expect(await world.count('dead_letters_v1', false)).toBe(1);
      }
    }));
});

describe('migrations', () => {
  it('are applied once, and refused when a file was altered after it', () =>
    withWorld(async (world) => {
      await (await world.archiver()).stop();
      await (await world.archiver()).stop();
      const applied = await world.count('schema_migrations_v1', false);
      expect(applied).toBe((await readMigrations()).length);
      await world.client.command({
        query: `ALTER TABLE schema_migrations_v1 DELETE WHERE name = '001_audit_events_v1.sql'`,
        clickhouse_settings: { mutations_sync: '2' },
      });
      await world.client.command({
        query: `INSERT INTO schema_migrations_v1 (name, checksum) VALUES ('001_audit_events_v1.sql', 'other')`,
      });
      await expect(world.archiver()).rejects.toThrow(/001_audit_events_v1.sql was applied with/);
    }));

  it('keep on what a confidence rests, also of what was stored before there was a column for it', () =>
    withWorld(async (world) => {
      const without = { confidence: null, confidence_basis: 'rule' };
      await world.log.append([
        record(TOPICS.alerts.name, { ...alert(1), ...without }, { src: { offset: 1 } }),
        record(
          TOPICS.revocationCommands.name,
          { ...command(0), ...without },
          { src: { offset: 0 } },
        ),
      ]);
      const first = await world.archiver();
      await first.flush();
      await first.stop();
      const bases = () =>
        world.select<{ confidence_basis: string }>(
          `SELECT confidence_basis FROM alerts_latest_v1
           UNION ALL SELECT confidence_basis FROM revocation_commands_v1`,
        );
      const both = [{ confidence_basis: 'rule' }, { confidence_basis: 'rule' }];
      expect(await bases()).toEqual(both);
      for (const query of [
        'ALTER TABLE alerts_v1 DROP COLUMN confidence_basis',
        'ALTER TABLE revocation_commands_v1 DROP COLUMN confidence_basis',
        `ALTER TABLE schema_migrations_v1 DELETE WHERE name LIKE '010%'`,
      ]) {
        await world.client.command({ query, clickhouse_settings: { mutations_sync: '2' } });
      }
      await (await world.archiver()).stop();
      expect(await bases()).toEqual(both);
    }));
});

describe('crashes', () => {
  for (const point of FAILPOINTS) {
    it(`comes to the same rows after dying at ${point}`, () =>
      withWorld(async (world) => {
        await world.log.append(numbers(500).map((n) => eventRecord(n)));
        await world.log.append(numbers(5).map((n) => eventRecord(n)));
        const doomed = await world.archiver({
          failpoint: (name) => {
            if (name === point) throw new Error(`died at ${name}`);
          },
        });
        await expect(doomed.flush()).rejects.toThrow(`died at ${point}`);
        await expect(doomed.done).rejects.toThrow(`died at ${point}`);
        await doomed.stop();
        const next = await world.archiver();
        await next.flush();
        expect(await world.count('audit_events_v1', false)).toBe(500);
        expect(await world.count('agent_calls_per_minute_v1')).toBe(350);
        await next.stop();
      }));
  }

  // A crash of the engine between noting a token and storing its rows leaves just that.
  it('stores what ClickHouse takes for stored and has not, after dying itself', () =>
    withWorld(async (world) => {
      await world.log.append(numbers(500).map((n) => eventRecord(n)));
      const doomed = await world.archiver({
        failpoint: (name) => {
          if (name === 'archiver.insert.done') throw new Error('died');
        },
      });
      await expect(doomed.flush()).rejects.toThrow('died');
      await expect(doomed.done).rejects.toThrow('died');
      await doomed.stop();
      await loseSome(world.client);
      expect(await world.count('audit_events_v1', false)).toBeLessThan(500);
      const next = await world.archiver();
      await next.flush();
      expect(await world.count('audit_events_v1', false)).toBe(500);
      await next.stop();
    }));

  it('stores what ClickHouse takes for stored and has not, after an answer that was lost', () =>
    withWorld(async (world) => {
      await world.log.append(numbers(500).map((n) => eventRecord(n)));
      let inserts = 0;
      const front = await startFront(world.clickhouse.url, async (query) => {
        if (!query.startsWith('INSERT INTO audit_events_v1') || inserts++ > 0) return 'answer';
        await loseSome(world.client);
        return 'break';
      });
      const archiver = await world.archiver({
        clickhouse: { url: front.url, database: world.database },
      });
      await archiver.flush();
      expect(inserts).toBeGreaterThan(1);
      expect(await world.count('audit_events_v1', false)).toBe(500);
      await archiver.stop();
      await front.close();
    }));

  it('inserts nothing twice when ClickHouse is killed under it, and needs no restart', () =>
    withWorld(async (world) => {
      let kills = 2;
      const archiver = await world.archiver({
        failpoint: (name) => {
          if (name !== 'archiver.insert.before' || kills === 0) return;
          kills -= 1;
          // In the same turn: the request is on its way when the child dies.
          setImmediate(() => clickhouse.kill());
        },
      });
      for (const part of [0, 1, 2]) {
        const some = numbers(3_000).map((n) => eventRecord(n + part * 3_000));
        await world.log.append(some);
        await archiver.flush();
      }
      expect(await world.count('audit_events_v1', false)).toBe(9_000);
      expect(archiver.stats().rows).toBe(9_000);
      await archiver.stop();
    }));
});
