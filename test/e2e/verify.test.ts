/** Guarantee: `waywarden verify` ends with 1 and names the record after the store was tampered with. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@clickhouse/client';
import { startClickHouse } from '@waywarden/clickhouse-embedded';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fleet } from '../support/fleet.ts';
import { runCommand, runWaywarden } from '../support/run-command.ts';

const folder = mkdtempSync(join(tmpdir(), 'waywarden-verify-'));
const data = join(folder, 'data');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function tamper(statement: string): Promise<void> {
  const engine = await startClickHouse({ path: join(data, 'clickhouse') });
  const client = createClient({ url: engine.url, database: 'waywarden' });
  try {
    await client.command({ query: statement, clickhouse_settings: { mutations_sync: '2' } });
  } finally {
    await client.close();
    await engine.stop();
  }
}

describe('waywarden verify', () => {
  beforeAll(async () => {
    const file = join(folder, 'fleet.ndjson');
    writeFileSync(
      file,
      fleet({ stories: 2, ordinary: 20 })
        .map((e) => `${JSON.stringify(e)}\n`)
        .join(''),
    );
    await runCommand(
      ...['replay', file, '--format', 'events', '--trust-fields'],
      ...['--data', data, '--out', join(folder, 'out'), '--json'],
    );
  }, 120_000);

  it('ends with 0 on a store that nobody touched', async () => {
    const { code, stdout } = await runWaywarden('verify', '--data', data, '--json');
    expect({ code, ok: JSON.parse(stdout.trim().split('\n').at(-1) ?? '').ok }).toEqual({
      code: 0,
      ok: true,
    });
  }, 120_000);

  it('ends with 1 and names the event whose row was deleted', async () => {
    await tamper("ALTER TABLE audit_events_v1 DELETE WHERE native_id = 'call-3'");
    const { code, stdout } = await runWaywarden('verify', '--data', data, '--json');
    const report = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as {
      ok: boolean;
      problems: { code: string; where: string }[];
    };
    expect(code).toBe(1);
    expect(report.ok).toBe(false);
    const missing = report.problems.find((p) => p.code === 'row_missing');
    const ids = readFileSync(join(folder, 'out', 'events.ndjson'), 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as { event_id: string; native_id: string });
    const deleted = ids.find((one) => one.native_id === 'call-3');
    expect(missing?.where).toContain(deleted?.event_id ?? 'no such event');
  }, 120_000);

  it('ends with 2 and says what to do where there is no data', async () => {
    const { code, stderr } = await runWaywarden('verify', '--data', join(folder, 'nothing'));
    expect(code).toBe(2);
    expect(stderr).toContain('holds no data');
  }, 60_000);
});
