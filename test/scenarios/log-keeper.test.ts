/** The log of a running installation is kept to its retention, and nothing goes that is still needed. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LmdbLog, openLmdbLog } from '@waywarden/event-log/lmdb';
import { TOPICS } from '@waywarden/schemas';
import { makeHealth } from '@waywarden/service-health';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LogKeeper, type LogKeeperParts } from '../../services/waywarden/src/runtime/log-keeper.ts';
import { retentionPlan } from '../../services/waywarden/src/runtime/retention-plan.ts';
import { ensureTopics } from '../../services/waywarden/src/runtime/topic-plan.ts';

const EVENTS = TOPICS.auditEvents.name;
const DAY = 86_400_000;
const BORN = Date.UTC(2026, 0, 1);
const planned = retentionPlan(['events=2d', 'deadletter=1d', 'receipts=64MiB']);
if (!planned.ok) throw new Error(planned.problem);
const plan = planned.value;

let folder: string;
let log: LmdbLog;
let clock: number;
let keepers: LogKeeper[];
const lost: string[] = [];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'waywarden-keeper-'));
  clock = BORN;
  keepers = [];
  lost.length = 0;
  log = await openLmdbLog({ path: folder, durable: false, nowMs: () => clock });
  await ensureTopics(log, 1, plan);
});
afterEach(async () => {
  for (const keeper of keepers) await keeper.stop();
  await log.close();
  rmSync(folder, { recursive: true, force: true });
});

const append = (topic: string, count: number, bytes = 10) =>
  log.append(
    Array.from({ length: count }, () => ({
      topic,
      partition: 0,
      key: null,
      value: Buffer.alloc(bytes),
      headers: {},
    })),
  );

/** `rules` are appended as the sequencer would: one record to the end of the topic. */
function keeper(over: Partial<LogKeeperParts> = {}): LogKeeper {
  const made = new LogKeeper({
    log,
    plan,
    repeatRules: () => append(EVENTS, 1, 77),
    forwarded: async () => undefined,
    history: () => [],
    logger: pino({ level: 'silent' }),
    nowMs: () => clock,
    onLost: (message) => lost.push(message),
    ...over,
  });
  keepers.push(made);
  return made;
}

describe('the keeper of the log', () => {
  it('repeats the rules before their last copy goes, once and not at every cut', async () => {
    const one = keeper();
    await append(EVENTS, 3_000);
    clock += 3 * DAY;
    await append(EVENTS, 2_000);
    await one.sweep();
    expect(await log.startOffsets(EVENTS)).toEqual([3_000]);
    expect(await log.endOffsets(EVENTS)).toEqual([5_001]);
    clock += 3 * DAY;
    await append(EVENTS, 5_000);
    await one.sweep();
    expect(await log.endOffsets(EVENTS)).toEqual([10_001 + 1]);
    const [start = 0] = await log.startOffsets(EVENTS);
    const retained = await log.read(EVENTS, 0, start, 20_000);
    expect(retained.some(({ value }) => value?.length === 77)).toBe(true);
  });

  it('leaves the end of each partition of events, whatever its age, and no dead letter', async () => {
    await append(EVENTS, 1_500);
    await append(TOPICS.auditDeadletter.name, 5);
    const one = keeper();
    clock += 100_000;
    await one.sweep();
    clock += 100 * DAY;
    await one.sweep();
    const [start = 0] = await log.startOffsets(EVENTS);
    const [end = 0] = await log.endOffsets(EVENTS);
    expect(end - start).toBeGreaterThanOrEqual(1_024);
    expect(await log.startOffsets(TOPICS.auditDeadletter.name)).toEqual([5]);
  });

  it('says which records were removed unread, in the status and in the metrics', async () => {
    const receipts = TOPICS.revocationReceipts.name;
    const reader = log.reader({
      group: 'archiver',
      topics: [receipts],
      startAt: () => 0,
      committed: () => 0,
    });
    const running = reader.run(async () => undefined);
    for (let n = 0; n < 140; n++) await append(receipts, 1, 1024 * 1024);
    const one = keeper();
    await one.sweep();
    expect(lost.join()).toMatch(/Records 0 to \d+ of waywarden.revocation.receipts.v1.*archiver/);
    const report = await one.report();
    expect(report.lost).toMatchObject([{ topic: receipts, from: 0, readers: ['archiver'] }]);
    expect(report.sentence).toContain('removed before they were read');
    const { metrics } = makeHealth('up');
    one.observe(metrics);
    expect(await metrics.text()).toMatch(
      /waywarden_log_records_lost_total\{topic="waywarden.revocation.receipts.v1",partition="0"\} [1-9]/,
    );
    await reader.stop();
    await running.catch(() => undefined);
  });

  it('removes no events while the detector is too far behind to pass the rules on', async () => {
    await append(EVENTS, 3_000);
    clock += 3 * DAY;
    await append(EVENTS, 2_000);
    const aborted = new Promise<void>(() => undefined);
    const one = keeper({ forwarded: () => aborted, forwardMsMax: 20 });
    await one.sweep();
    expect(await log.startOffsets(EVENTS)).toEqual([0]);
  });
});

describe('what is kept', () => {
  it('is read from names, ages and sizes; what is not understood is said', () => {
    const asked = retentionPlan([
      'events=30d',
      'events=2GiB',
      'alerts=forever',
      'journal=12h/1TiB',
    ]);
    expect(asked).toMatchObject({
      ok: true,
      value: {
        auditEvents: { ageMs: 30 * DAY, bytes: 2 * 1024 ** 3 },
        alerts: {},
        responseJournal: { ageMs: DAY / 2, bytes: 1024 ** 4 },
        decisions: { keepsLast: true },
      },
    });
    for (const text of [
      'event=3d',
      'events=3',
      'events=5min',
      'deadletter=forever',
      'events=1MiB',
    ]) {
      expect(retentionPlan([text])).toMatchObject({ ok: false });
    }
    expect(retentionPlan().ok).toBe(true);
  });
});
