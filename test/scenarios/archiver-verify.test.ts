/** `verify` finds nothing in what the archiver wrote, and names the record of every tamper. */
import { createHash } from 'node:crypto';
import { type VerifyReport, type VerifyStoreOptions, verifyStore } from '@waywarden/archiver';
import type { EmbeddedClickHouse } from '@waywarden/clickhouse-embedded';
import { endKey, recordKey } from '@waywarden/event-log/lmdb/layout';
import { type RecordedDecision, verifyDecisions } from '@waywarden/responder';
import { TOPICS } from '@waywarden/schemas';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  alert,
  command,
  decisions,
  eventRecord,
  record,
  startStore,
  uuidOf,
  World,
} from './archiver-world.ts';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const numbers = (count: number): readonly number[] => Array.from({ length: count }, (_, n) => n);
const EVENTS = 400;

let clickhouse: EmbeddedClickHouse;
let world: World;
let worlds = 0;
beforeAll(async () => {
  clickhouse = await startStore();
});
afterAll(() => clickhouse.stop());

beforeEach(async () => {
  world = await World.open(clickhouse, `verify_${worlds++}`);
  await world.log.append([
    ...numbers(EVENTS).map((n) => eventRecord(n)),
    eventRecord(5, { observed_time: '2026-11-24T11:00:00Z' }),
    ...numbers(3).map((n) => record(TOPICS.alerts.name, alert(n), { src: { offset: n } })),
    record(TOPICS.alerts.name, alert(1, 2), { src: { offset: 9 } }),
    record(TOPICS.alerts.name, alert(1, 2), { src: { offset: 9 } }),
    ...decisions(3).map((d, n) => record(TOPICS.decisions.name, d, { src: { offset: n } })),
    ...numbers(3).map((n) =>
      record(TOPICS.revocationCommands.name, command(n), { src: { offset: n } }),
    ),
    record(TOPICS.auditDeadletter.name, 'what is this'),
    record(TOPICS.auditEvents.name, 'nor is this an event'),
  ]);
  const archiver = await world.archiver();
  await archiver.flush();
  await archiver.stop();
});
afterEach(() => world.close());

function verify(over: Partial<VerifyStoreOptions> = {}): Promise<VerifyReport> {
  return verifyStore({
    log: world.log,
    client: world.client,
    nowMs: Date.UTC(2026, 10, 24, 12),
    ...over,
    verifyDecisions: async (chain, after) => {
      const all: RecordedDecision[] = [];
      for await (const one of chain) all.push(one as RecordedDecision);
      return verifyDecisions(all, sha256, after === undefined ? {} : { after });
    },
  });
}

async function run(statement: string): Promise<void> {
  await world.client.command({ query: statement, clickhouse_settings: { mutations_sync: '2' } });
}

/** Codes of the problems with the text in which the record is named. */
function named(report: VerifyReport, code: string): string {
  expect(report.ok).toBe(false);
  return report.problems
    .filter((problem) => problem.code === code)
    .map((problem) => `${problem.where} ${problem.what} ${problem.found}`)
    .join('\n');
}

const SEVEN = uuidOf('event 7');

describe('verify', () => {
  it('finds nothing in what was archived, repeats and dead letters included', async () => {
    const report = await verify();
    expect(report.problems).toEqual([]);
    expect(report.counts).toMatchObject({
      rows: 400 + 4 + 3 + 3 + 2,
      repeats: 2,
      unmerged_copies: 0,
    });
    expect(report.ok).toBe(true);
  });

  it('names a deleted row', async () => {
    await run(`ALTER TABLE audit_events_v1 DELETE WHERE event_id = '${SEVEN}'`);
    const report = await verify();
    expect(named(report, 'row_missing')).toContain(SEVEN);
    expect(named(report, 'roll_up_unfounded') + named(report, 'roll_up_differs')).toContain(
      'agent-0',
    );
  });

  it('names a doubled row, even an identical one that FINAL would hide', async () => {
    await run(
      `INSERT INTO audit_events_v1 SELECT * FROM audit_events_v1 WHERE event_id = '${SEVEN}'`,
    );
    expect(named(await verify(), 'row_doubled')).toContain(SEVEN);
  });

  it('names a doubled row that claims to have been stored at another time', async () => {
    await run(
      `INSERT INTO audit_events_v1 SELECT * REPLACE(stored_at + INTERVAL 1 HOUR AS stored_at) FROM audit_events_v1 WHERE event_id = '${SEVEN}'`,
    );
    expect(named(await verify(), 'row_doubled')).toContain(SEVEN);
  });

  it('finds nothing after the archiver lost its state and read the log again', async () => {
    const archiver = await world.archiver({
      stateDir: `${world.folder}/other`,
      now: () => Date.UTC(2026, 10, 25),
    });
    await archiver.flush();
    await archiver.stop();
    const report = await verify();
    expect(report.problems).toEqual([]);
    expect(report.counts.unmerged_copies).toBe(0);
  });

  it('names a row under another id, and a row from a place that the log does not have', async () => {
    const columns = 'SELECT * REPLACE';
    await run(
      `INSERT INTO audit_events_v1 ${columns}('${uuidOf('invented')}' AS event_id) FROM audit_events_v1 WHERE native_id = 'call-7'`,
    );
    await run(
      `INSERT INTO alerts_v1 ${columns}(1000000 AS log_offset, '${uuidOf('far')}' AS alert_id) FROM alerts_v1 LIMIT 1`,
    );
    const report = await verify();
    expect(named(report, 'row_altered')).toContain(uuidOf('invented'));
    expect(named(report, 'row_without_record')).toContain(uuidOf('far'));
  });

  it('names an altered row, down to a column that is only derived', async () => {
    await run(
      `ALTER TABLE audit_events_v1 UPDATE outcome = 'success' WHERE event_id = '${uuidOf('event 11')}'`,
    );
    await run(
      `ALTER TABLE audit_events_v1 UPDATE raw = concat(raw, ' ') WHERE event_id = '${SEVEN}'`,
    );
    const text = named(await verify(), 'row_altered');
    expect(text).toContain(uuidOf('event 11'));
    expect(text).toContain('Column outcome');
    expect(text).toContain(SEVEN);
  });

  it('names the cell of an altered roll-up, and a deleted and an invented bucket', async () => {
    await run(
      `ALTER TABLE agent_calls_per_minute_v1 UPDATE denied = denied + 1 WHERE agent_uid = 'agent-3' AND minute = '2026-11-24 09:00:00'`,
    );
    await run(`ALTER TABLE agent_calls_per_hour_v1 DELETE WHERE agent_uid = 'agent-2'`);
    await run(
      `INSERT INTO agent_calls_per_minute_v1 (tenant_id, agent_uid, minute, calls) VALUES ('acme', 'ghost', '2026-11-24 09:00:00', 1)`,
    );
    const report = await verify();
    expect(named(report, 'roll_up_differs')).toMatch(/agent-3 minute=2026-11-24 09:00:00.*denied/);
    expect(named(report, 'roll_up_missing')).toContain('agent-2');
    expect(named(report, 'roll_up_unfounded')).toContain('ghost');
  });

  it('names an alert that lost a revision or its evidence', async () => {
    await run(
      `ALTER TABLE alerts_v1 DELETE WHERE alert_id = '${uuidOf('alert 1')}' AND revision = 1`,
    );
    await run(`ALTER TABLE audit_events_v1 DELETE WHERE event_id = '${uuidOf('event 2')}'`);
    const report = await verify();
    expect(named(report, 'revisions_broken')).toContain(uuidOf('alert 1'));
    expect(named(report, 'evidence_missing')).toContain(uuidOf('alert 2'));
    expect(named(report, 'row_missing')).toContain(uuidOf('alert 1'));
  });

  it('names a decision whose content was altered, and one that was removed', async () => {
    await run(
      `ALTER TABLE decisions_v1 UPDATE raw = replaceOne(raw, '"mode":"enforce"', '"mode":"shadow"') WHERE seq = 2`,
    );
    expect(named(await verify(), 'decision_chain_broken')).toContain(uuidOf('decision 1'));
    await run(`ALTER TABLE decisions_v1 DELETE WHERE seq = 2`);
    const report = await verify();
    expect(named(report, 'decision_chain_broken')).toContain('2 is due');
    expect(named(report, 'command_without_decision')).toContain(uuidOf('command 1'));
  });

  it('names a command that was removed, altered or invented', async () => {
    await run(
      `ALTER TABLE revocation_commands_v1 DELETE WHERE command_id = '${uuidOf('command 1')}'`,
    );
    await run(
      `ALTER TABLE revocation_commands_v1 UPDATE raw = replaceOne(raw, '"task_id":"task-2"', '"tool":"x"') WHERE command_id = '${uuidOf('command 2')}'`,
    );
    const report = await verify();
    expect(named(report, 'command_missing')).toContain(uuidOf('command 1'));
    expect(named(report, 'command_sequence_broken')).toContain('agent-1');
    expect(named(report, 'command_target_incomplete')).toMatch(/task_id is missing/);
    const forged = record(TOPICS.revocationCommands.name, { ...command(7), sequence: 4 });
    await world.log.append([forged]);
    const archiver = await world.archiver();
    await archiver.flush();
    await archiver.stop();
    expect(named(await verify(), 'command_without_decision')).toContain(uuidOf('command 7'));
  });

  it('names where a log was damaged, and where it is shorter than the store', async () => {
    const topic = TOPICS.auditEvents.name;
    const [, end = 0] = await world.log.endOffsets(topic);
    await world.harmLog(topic, async ({ records, ends, id }) => {
      const third = recordKey({ topicId: id, partition: 0, offset: 3 });
      const bytes = Buffer.from(records.get(third) ?? []);
      bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 1, bytes.length - 1);
      await records.put(third, bytes);
      await records.remove(recordKey({ topicId: id, partition: 0, offset: 20 }));
      // An older backup: the tail is gone and nothing says that it ever was.
      await records.remove(recordKey({ topicId: id, partition: 1, offset: end - 1 }));
      await ends.put(endKey(id, 1), end - 1);
    });
    const report = await verify();
    expect(named(report, 'log_damaged')).toContain(`${topic}/0/3 `);
    expect(named(report, 'log_damaged')).toContain(`${topic}/0/20 `);
    expect(named(report, 'row_without_record')).toContain(`${topic}/1/${end - 1}`);
  });
});
