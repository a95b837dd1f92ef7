/**
 * Guarantees of docs/benchmarks-adapters: what it prints as an alert is one and is scored, and the
 * detector in one page runs as it says, is scored, and finds what it is made for.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { runCommand } from '../support/run-command.ts';

const PAGE = new URL('../../docs/benchmarks-adapters.md', import.meta.url);
const ADAPTER = fileURLToPath(new URL('../../docs/examples/adapter.mjs', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'waywarden-adapter-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const file = (name: string) => join(folder, name);
const stream = ['--events', file('events.ndjson'), '--labels', file('labels.ndjson')] as const;

beforeAll(async () => {
  await runCommand(
    ...['simulate', '--scenario', 'assembly', '--seed', 'tuning-1', '--agents', '34'],
    ...['--days', '2', '--out', file('events.ndjson'), '--labels', file('labels.ndjson')],
    ...['--registry-out', file('registry.yaml'), '--json'],
  );
}, 120_000);

it('the alerts that the page prints are read, each as one alert', async () => {
  const blocks = [...readFileSync(PAGE, 'utf8').matchAll(/^```json\n([\s\S]*?)^```$/gm)];
  const alerts = blocks.map((match) => JSON.stringify(JSON.parse(match[1] ?? '')));
  expect(alerts.length).toBeGreaterThanOrEqual(2);
  writeFileSync(file('printed.ndjson'), alerts.join('\n'));
  const report = await runCommand(
    ...['evaluate', 'fleet', ...stream, '--alerts', file('printed.ndjson'), '--json'],
  );
  expect(report).toMatchObject({ alerts: { standing: alerts.length } });
}, 300_000);

it('the detector in one page proves incidents, and is told what it gets wrong', async () => {
  await promisify(execFile)(process.execPath, [
    ...[ADAPTER, file('events.ndjson'), file('theirs.ndjson')],
  ]);
  const report = z
    .object({
      claims: z.object({ exact: z.number(), near_miss: z.number(), ordinary: z.number() }),
      found: z.object({
        completed_by: z.object({ k: z.number() }),
        cut_given: z.object({ k: z.number() }),
      }),
    })
    .parse(
      await runCommand(
        'evaluate',
        'assembly',
        ...stream,
        '--alerts',
        file('theirs.ndjson'),
        '--json',
      ),
    );
  expect(report.claims.exact).toBeGreaterThan(5);
  expect(report.claims.near_miss).toBeGreaterThan(0);
  expect(report.claims.ordinary).toBe(0);
  expect(report.found.completed_by.k).toBe(report.claims.exact);
  expect(report.found.cut_given.k).toBe(0);
}, 300_000);
