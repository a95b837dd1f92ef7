import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { EventLog } from '@waywarden/event-log';
import { type LmdbLog, type LmdbLogOptions, openLmdbLog } from '@waywarden/event-log/lmdb';
import {
  BINARY,
  ENVIRONMENT,
  RECORDS,
  type RecordKey,
  recordKey,
} from '@waywarden/event-log/lmdb/layout';
import fc from 'fast-check';
import { type Database, open } from 'lmdb';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { decodeRecord, encodeRecord } from '../../packages/event-log/src/lmdb/record-codec.ts';
import {
  describeEventLogContract,
  newTopic,
  numbered,
  record,
  text,
} from './event-log.contract.ts';
import { describeRetentionContract } from './event-log-retention.contract.ts';

const scratch = mkdtempSync(join(tmpdir(), 'event-log-lmdb-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const contractPath = join(scratch, 'contract.v1');
describeEventLogContract('lmdb', () => ({ open: () => openLmdbLog({ path: contractPath }) }));

const HOUR = 3_600_000;
let clock = Date.UTC(2026, 0, 1);
const readClock = () => clock;
const retentionPath = join(scratch, 'retention');
describeRetentionContract('lmdb', () => ({
  open: () => openLmdbLog({ path: retentionPath, nowMs: readClock }),
  apart: () => {
    clock += HOUR;
  },
  cut: async (log, topic) => {
    const ageMs = HOUR;
    await log.createTopics([{ name: topic, partitions: 1, retention: { ageMs } }]);
    await (log as LmdbLog).shorten({ nowMs: clock + ageMs - 1 });
  },
}));

const FULL_DISK = fileURLToPath(new URL('../support/full-disk-appender.mjs', import.meta.url));
const APPENDER = fileURLToPath(new URL('../support/event-log-appender.mjs', import.meta.url));

describe('the embedded log', () => {
  let path: string;
  let log: EventLog | undefined;
  const topic = 'audit.events';

  async function openLog(options: Partial<LmdbLogOptions> = {}): Promise<EventLog> {
    await log?.close();
    log = await openLmdbLog({ path, ...options });
    return log;
  }

  /** Opens the environment behind the log's back. */
  async function tamper(harm: (records: Database<Buffer, Buffer>) => Promise<unknown>) {
    await log?.close();
    const root = open({ path, ...ENVIRONMENT });
    await harm(root.openDB<Buffer, Buffer>({ name: RECORDS, ...BINARY }));
    await root.close();
  }

  async function filled(records: number): Promise<EventLog> {
    const opened = await openLog();
    await opened.createTopics([{ name: topic, partitions: 1 }]);
    await opened.append(numbered(topic, 0, records));
    return opened;
  }

  const place = (offset: number): RecordKey => ({ topicId: 1, partition: 0, offset });

  beforeEach(() => {
    path = mkdtempSync(join(scratch, 'log-'));
  });
  afterEach(async () => {
    await log?.close();
    log = undefined;
  });

  describe('damage', () => {
    it('a record taken out of the middle is named when it is read', async () => {
      await filled(10);
      await tamper((records) => records.remove(recordKey(place(4))));
      const opened = await openLog();
      await expect(opened.read(topic, 0, 0, 100)).rejects.toMatchObject({
        code: 'damaged',
        message: expect.stringContaining('record 4 of audit.events, partition 0'),
      });
      expect((await opened.read(topic, 0, 5, 100)).length).toBe(5);
    });

    it('a tail that was cut off is seen, because the end is stored apart', async () => {
      await filled(10);
      await tamper((records) => records.remove(recordKey(place(9))));
      const opened = await openLog({ readOnly: true });
      expect(await opened.endOffsets(topic)).toEqual([10]);
      await expect(opened.read(topic, 0, 0, 100)).rejects.toMatchObject({ code: 'damaged' });
    });

    it('an altered byte is named, and so is a record moved to another place', async () => {
      await filled(10);
      await tamper(async (records) => {
        const bytes = Buffer.from(records.get(recordKey(place(2))) ?? []);
        bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 1, bytes.length - 1);
        await records.put(recordKey(place(2)), bytes);
        await records.put(recordKey(place(7)), Buffer.from(records.get(recordKey(place(8))) ?? []));
      });
      const opened = await openLog();
      await expect(opened.read(topic, 0, 2, 1)).rejects.toMatchObject({ code: 'damaged' });
      await expect(opened.read(topic, 0, 7, 1)).rejects.toMatchObject({ code: 'damaged' });
      const reader = opened.reader({ group: 'g', topics: [topic], startAt: () => 0 });
      await expect(reader.run(async () => undefined)).rejects.toMatchObject({ code: 'damaged' });
    });

    it('a record beyond the stored end keeps the log from opening, so none is overwritten', async () => {
      await filled(3);
      await tamper((records) => records.put(recordKey(place(3)), Buffer.from('stray')));
      log = undefined;
      await expect(openLmdbLog({ path })).rejects.toMatchObject({ code: 'damaged' });
    });
  });

  describe('ownership', () => {
    it('a second opening is refused with the name of the owner, also for reading only', async () => {
      await openLog();
      for (const readOnly of [false, true]) {
        await expect(openLmdbLog({ path, readOnly })).rejects.toMatchObject({
          code: 'owned',
          message: expect.stringContaining(`process ${process.pid}`),
        });
      }
    });

    it('reading only takes no lock, makes nothing and appends nothing', async () => {
      await filled(3);
      const reading = await openLog({ readOnly: true });
      expect((await reading.read(topic, 0, 0, 10)).length).toBe(3);
      await expect(reading.append([record(topic, 'x')])).rejects.toMatchObject({ code: 'closed' });
      const missing = join(path, 'missing');
      await expect(openLmdbLog({ path: missing, readOnly: true })).rejects.toMatchObject({
        code: 'unavailable',
      });
    });

    it('a second running reader of a group is refused until the first has stopped', async () => {
      const opened = await filled(1);
      const options = { group: 'g', topics: [topic], startAt: () => 0 };
      const first = opened.reader(options);
      const running = first.run(async () => undefined);
      const second = opened.reader(options);
      await expect(second.run(async () => undefined)).rejects.toMatchObject({ code: 'owned' });
      await first.stop();
      await running;
      const third = opened.reader(options);
      await third.run(async () => void third.stop());
    });
  });

  describe('crashes', () => {
    it('every record acknowledged before kill -9 is there afterwards', async () => {
      const name = newTopic();
      const child: ChildProcess = spawn(
        process.execPath,
        ['--import', 'tsx', '--conditions', '@waywarden/source', APPENDER, path, name],
        { stdio: ['ignore', 'pipe', 'inherit'] },
      );
      let acknowledged = -1;
      for await (const line of createInterface({ input: child.stdout ?? process.stdin })) {
        acknowledged = Number(line);
        if (acknowledged === 200) child.kill('SIGKILL');
      }
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
      expect(child.signalCode).toBe('SIGKILL');
      const opened = await openLog();
      const [end = 0] = await opened.endOffsets(name);
      expect(end).toBeGreaterThan(acknowledged);
      const found = await opened.read(name, 0, 0, end);
      expect(found.map(text)).toEqual(Array.from({ length: end }, (_, i) => `${i}`));
    });

    it('an append that the disk refuses is rejected with the reason, later ones too, and the log closes', async () => {
      const name = newTopic();
      const runs = ['--import', 'tsx', '--conditions', '@waywarden/source', FULL_DISK, path, name];
      // A file may grow to some MiB, then writing fails, as on a full disk.
      const limited = `ulimit -f 16000; trap '' XFSZ; exec "$@"`;
      const child = spawn('sh', ['-c', limited, 'sh', process.execPath, ...runs], {
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      const lines: string[] = [];
      for await (const line of createInterface({ input: child.stdout })) lines.push(line);
      const [said = '{}', closed] = lines;
      const { taken, first, second } = JSON.parse(said);
      expect(first).toMatch(/^unavailable: an append failed \((?!Commit failed)/);
      expect(second).toBe(first);
      expect(closed).toBe('closed');
      const opened = await openLog();
      expect(await opened.endOffsets(name)).toEqual([taken]);
      expect(await opened.read(name, 0, 0, taken)).not.toHaveLength(0);
    });

    const points = ['log.append.before', 'log.append.committed', 'log.append.flushed'] as const;
    for (const point of points) {
      it(`a failure at ${point} rejects the append and all later ones; reopening goes on`, async () => {
        let armed = false;
        const failpoint = (name: string) => {
          if (armed && name === point) throw new Error(`injected at ${name}`);
        };
        const opened = await openLog({ failpoint });
        await opened.createTopics([{ name: topic, partitions: 1 }]);
        await opened.append([record(topic, '0')]);
        armed = true;
        const failed = opened.append([record(topic, '1')]);
        const behind = opened.append([record(topic, '2')]);
        await expect(failed).rejects.toThrow(`injected at ${point}`);
        await expect(behind).rejects.toMatchObject({ code: 'unavailable' });
        armed = false;
        await expect(opened.append([record(topic, '3')])).rejects.toThrow('reopened');
        expect(await opened.endOffsets(topic)).toEqual([1]);
        const again = await openLog();
        await again.append([record(topic, 'last')]);
        const [end = 0] = await again.endOffsets(topic);
        const found = (await again.read(topic, 0, 0, end)).map(text);
        expect(found).toEqual(
          point === 'log.append.before' ? ['0', 'last'] : ['0', '1', '2', 'last'],
        );
      });
    }
  });
});

describe('the record codec', () => {
  const anyText = fc.string({ unit: 'binary' });
  const body = fc.record({
    key: fc.option(anyText),
    value: fc.option(fc.uint8Array({ maxLength: 300 })),
    headers: fc.dictionary(anyText, anyText, { maxKeys: 8, noNullPrototype: true }),
  });
  const where = fc.record({
    topicId: fc.nat(),
    partition: fc.nat(4095),
    offset: fc.maxSafeNat(),
  });

  it('gives back any record as it was', () => {
    fc.assert(
      fc.property(body, where, (given, at) => {
        const found = decodeRecord(encodeRecord(given, at), at);
        expect(found?.key).toBe(given.key);
        expect(found?.headers).toEqual(given.headers);
        expect(found?.value === null ? null : Buffer.from(found?.value ?? [])).toEqual(
          given.value === null ? null : Buffer.from(given.value),
        );
      }),
    );
  });

  it('sees any altered byte and any missing end', () => {
    fc.assert(
      fc.property(body, where, fc.nat(), fc.integer({ min: 1, max: 255 }), (given, at, n, flip) => {
        const bytes = encodeRecord(given, at);
        const cut = bytes.subarray(0, n % bytes.length);
        expect(decodeRecord(cut, at)).toBeUndefined();
        bytes.writeUInt8(bytes.readUInt8(n % bytes.length) ^ flip, n % bytes.length);
        expect(decodeRecord(bytes, at)).toBeUndefined();
      }),
    );
  });
});
