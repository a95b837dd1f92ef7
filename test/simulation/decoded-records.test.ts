/**
 * Guarantee: what a service hands over beside the bytes of a record is exactly what the bytes hold,
 * so a stage decides the same whether it parses or not. Asked of every record that the real services
 * append for a fleet; a field that is `undefined`, a date or a number that JSON can't say would show.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AppendRecord, EventLog } from '@waywarden/event-log';
import { openLmdbLog } from '@waywarden/event-log/lmdb';
import { TOPICS } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { fleet } from '../support/fleet.ts';
import { fleetRecords, openAlerts, runFleet } from '../support/run-fleet.ts';

/** The log with another `append`; `change` sees and may replace every record. */
function through(log: EventLog, change: (record: AppendRecord) => AppendRecord): EventLog {
  return {
    createTopics: (specs) => log.createTopics(specs),
    describe: (topic) => log.describe(topic),
    append: (records) => log.append(records.map(change)),
    endOffsets: (topic) => log.endOffsets(topic),
    startOffsets: (topic) => log.startOffsets(topic),
    read: (...asked) => log.read(...asked),
    reader: (options) => log.reader(options),
    close: () => log.close(),
  };
}

describe('decoded values', () => {
  it('are what the bytes hold, and leaving them out changes no conclusion', async () => {
    const { records } = fleetRecords(fleet({ stories: 4 }));
    const compared = new Map<string, number>();
    const run = async (change: (record: AppendRecord) => AppendRecord) => {
      const folder = mkdtempSync(join(tmpdir(), 'waywarden-decoded-'));
      const log = await openLmdbLog({ path: folder, durable: false });
      try {
        return await runFleet({ log: through(log, change), partitions: 2, records });
      } finally {
        await log.close();
        rmSync(folder, { recursive: true, force: true });
      }
    };
    const shared = await run((record) => {
      if (record.decoded !== undefined && record.value !== null) {
        expect(record.decoded).toStrictEqual(JSON.parse(Buffer.from(record.value).toString()));
        compared.set(record.topic, (compared.get(record.topic) ?? 0) + 1);
      }
      return record;
    });
    const parsed = await run(({ decoded: _, ...record }) => record);
    expect(openAlerts(shared.alerts)).toEqual(openAlerts(parsed.alerts));
    expect(shared.commands.map((c) => c.command_id)).toEqual(
      parsed.commands.map((c) => c.command_id),
    );
    for (const topic of [
      TOPICS.auditEvents,
      TOPICS.privilegeSteps,
      TOPICS.alerts,
      TOPICS.responseJournal,
      TOPICS.decisions,
      TOPICS.revocationCommands,
    ]) {
      expect(compared.get(topic.name) ?? 0, topic.name).toBeGreaterThan(3);
    }
  });
});
