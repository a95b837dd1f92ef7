/** Guarantees of `evaluate assembly` and `evaluate fleet` on a small seeded fleet, as a person runs them. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { runCommand, runWaywarden } from '../support/run-command.ts';

const BASELINE = fileURLToPath(
  new URL('../../packages/rate-entropy-baseline/dist/main.js', import.meta.url),
);
const folder = mkdtempSync(join(tmpdir(), 'waywarden-evaluate-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const file = (name: string) => join(folder, name);
const [events, labels, registry] = ['events.ndjson', 'labels.ndjson', 'registry.yaml'].map(
  file,
) as [string, string, string];

const quality = z.object({ tp: z.number(), fp: z.number(), recall: z.number().nullable() });
const assemblyReport = z.object({
  incidents: z.number(),
  near_misses: z.number(),
  path: z.object({ exact: quality, overlap: quality }),
  node: z.object({ claims: quality }),
  by_near_miss: z.array(z.object({ variant: z.string() })),
  by_workflow: z.array(
    z.object({ workflow: z.string(), runs_alarmed: z.object({ n: z.number() }) }),
  ),
  found: z.object({ cut_sound: z.object({ k: z.number(), n: z.number() }) }),
  failures: z.object({ missed: z.object({ count: z.number(), named: z.array(z.string()) }) }),
  failures_file: z.string().optional(),
});

let simulated: Record<string, unknown> = {};
let own: Record<string, unknown> = {};

beforeAll(async () => {
  simulated = await runCommand(
    ...[
      'simulate',
      '--scenario',
      'assembly',
      '--seed',
      'tuning-1',
      '--agents',
      '34',
      '--days',
      '2',
    ],
    ...['--out', events, '--labels', labels, '--registry-out', registry, '--json'],
  );
  own = await runCommand(
    ...['evaluate', 'assembly', '--events', events, '--labels', labels, '--registry', registry],
    ...['--alerts-out', file('own.ndjson'), '--json'],
  );
}, 120_000);

it('scores the detector as it is, and its kept alert file in the same way', async () => {
  expect(own['sources']).toMatchObject([{ sha256: simulated['sha256'] }]);
  const report = assemblyReport.parse(own);
  expect(report.incidents).toBeGreaterThan(50);
  expect(report.near_misses).toBeGreaterThan(50);
  expect(report.path.exact.tp).toBeGreaterThan(0);
  expect(report.path.overlap.tp).toBeGreaterThanOrEqual(report.path.exact.tp);
  expect(report.found.cut_sound.n).toBe(report.path.exact.tp);
  expect(report.by_workflow[0]?.workflow).toBe('(all)');

  const stream = ['--events', events, '--labels', labels];
  const given = ['evaluate', 'assembly', ...stream, '--alerts', file('own.ndjson'), '--json'];
  const again = await runCommand(...given);
  expect(assemblyReport.parse(again)).toEqual(report);
  const bytes = createHash('sha256')
    .update(readFileSync(file('own.ndjson')))
    .digest('hex');
  expect(again).toMatchObject({ events_missing: 0, alerts: { sha256: [bytes] } });
}, 60_000);

it('scores two streams as one: what is named alike in both is not the same', async () => {
  const own = file('own.ndjson');
  const twice = assemblyReport.parse(
    await runCommand(
      ...['evaluate', 'assembly', '--events', events, events, '--labels', labels, labels],
      ...['--alerts', own, own, '--json'],
    ),
  );
  const once = assemblyReport.parse(
    await runCommand(
      ...['evaluate', 'assembly', '--events', events, '--labels', labels],
      ...['--alerts', own, '--json'],
    ),
  );
  expect(twice.incidents).toBe(2 * once.incidents);
  expect(twice.path.exact).toMatchObject({
    tp: 2 * once.path.exact.tp,
    fp: 2 * once.path.exact.fp,
  });
  expect(twice.found.cut_sound).toMatchObject({ k: 2 * once.found.cut_sound.k });
  expect(twice.by_workflow[0]?.runs_alarmed.n).toBe(2 * (once.by_workflow[0]?.runs_alarmed.n ?? 0));
}, 60_000);

it('says that alerts of another stream name events which this one does not have', async () => {
  const [first = ''] = readFileSync(events, 'utf8').split('\n');
  writeFileSync(file('short.ndjson'), `${first}\n`);
  const { stdout } = await runWaywarden(
    ...['evaluate', 'assembly', '--events', file('short.ndjson'), '--labels', labels],
    ...['--alerts', file('own.ndjson')],
  );
  expect(stdout).toMatch(/^\d+ event ids that the labels or alerts name are in none of the event/m);
}, 60_000);

it('finds nothing when proofs are exchanged between incidents', async () => {
  const label = z.looseObject({
    verdict: z.string(),
    combination: z.string(),
    proofs: z.array(z.array(z.string())),
  });
  const all = readFileSync(labels, 'utf8')
    .trim()
    .split('\n')
    .map((line) => label.parse(JSON.parse(line)))
    .sort((a, b) => a.combination.localeCompare(b.combination));
  // Half way round, so that the proof is of another combination too.
  const proofs = all.filter((one) => one.verdict === 'fires').map((one) => one.proofs);
  let next = Math.floor(proofs.length / 2);
  const scrambled = all.map((one) =>
    JSON.stringify(
      one.verdict === 'fires' ? { ...one, proofs: proofs[next++ % proofs.length] } : one,
    ),
  );
  writeFileSync(file('scrambled.ndjson'), scrambled.join('\n'));
  const report = assemblyReport.parse(
    await runCommand(
      ...['evaluate', 'assembly', '--events', events, '--labels', file('scrambled.ndjson')],
      ...['--alerts', file('own.ndjson'), '--json', '--failures-out', file('failures.json')],
    ),
  );
  expect(report.path.exact.recall).toBeLessThan(0.05);
  const { missed } = report.failures;
  expect(missed.count).toBeGreaterThan(missed.named.length);
  expect(report.failures_file).toBe(file('failures.json'));
  const written = assemblyReport.shape.failures.parse(
    JSON.parse(readFileSync(file('failures.json'), 'utf8')),
  );
  expect(written.missed.named).toHaveLength(missed.count);
  expect(written.missed.named).toEqual(expect.arrayContaining(missed.named));
}, 60_000);

it('says what benign work costs, with the seed that it was measured on', async () => {
  const report = await runCommand(
    ...['evaluate', 'fleet', '--scenario', 'fleet-benign', '--seed', 'tuning-2'],
    ...['--agents', '34', '--days', '1', '--json'],
  );
  expect(report).toMatchObject({
    dataset: 'fleet',
    sources: [{ scenario: 'fleet-benign', seed: 'tuning-2' }],
    incidents: 0,
    responses: { to_false_alarms: { automatic: {} } },
  });
  expect(report['agent_days']).toBeGreaterThan(0);
}, 60_000);

it('scores a detector that knows nothing of us, from the documented format alone', async () => {
  await promisify(execFile)(process.execPath, [
    ...[BASELINE, '--events', events, '--registry', registry],
    ...['--out', file('theirs.ndjson')],
  ]);
  const stream = ['--events', events, '--labels', labels, '--alerts', file('theirs.ndjson')];
  const fleet = await runCommand('evaluate', 'fleet', ...stream, '--json');
  const lines = readFileSync(file('theirs.ndjson'), 'utf8').trim().split('\n').length;
  expect(lines).toBeGreaterThan(10);
  expect(fleet).toMatchObject({
    detector: { alerts: [file('theirs.ndjson')] },
    alerts: { standing: lines },
    responses: { to_incidents: { withheld: {} } },
  });
  const assembly = assemblyReport.parse(
    await runCommand('evaluate', 'assembly', ...stream, '--json'),
  );
  expect(assembly.path.exact).toMatchObject({ tp: 0, fp: 0, recall: 0 });
}, 60_000);

it('the baseline says which line of a stream it cannot read', async () => {
  const [first = ''] = readFileSync(events, 'utf8').split('\n');
  writeFileSync(file('broken.ndjson'), `${first}\n{"native_id":\n`);
  const run = promisify(execFile)(process.execPath, [
    ...[BASELINE, '--events', file('broken.ndjson'), '--out', file('none.ndjson')],
  ]);
  await expect(run).rejects.toMatchObject({
    code: 2,
    stderr: expect.stringContaining('broken.ndjson, line 2: is no JSON'),
  });
});

it('says what is wrong with the files, and where', async () => {
  const bad = async (...args: readonly string[]) => {
    const { code, stderr } = await runWaywarden('evaluate', ...args);
    expect(code).toBe(2);
    return stderr;
  };
  writeFileSync(file('bad.ndjson'), `${readFileSync(labels, 'utf8').split('\n')[0]}\n{"kind":1}\n`);
  const stream = ['--events', events, '--labels', labels];
  expect(await bad('assembly', ...stream, '--alerts', file('bad.ndjson'))).toContain(
    'bad.ndjson, line 1: is no alert',
  );
  expect(
    await bad('assembly', '--events', events, '--labels', file('bad.ndjson'), '--alerts', labels),
  ).toMatch(/labels.ndjson, line 1: is no alert/);
  expect(await bad('assembly', '--alerts', labels)).toContain('--events and --labels');
  expect(await bad('assembly', '--seed', '')).toContain('--seed is empty: give any text');
  expect(await bad('assembly', '--events', events)).toContain('belong together');
  expect(await bad('assembly', '--events', '-', '--labels', labels)).toContain('standard input');
  expect(await bad('weather')).toContain(
    'agentdojo, assembly, cloudtrail, fleet, outside, real-runs',
  );
  expect(await bad('real-runs', '--data', folder)).toMatch(
    /SKIPPED: who_and_when.*holds none of the files/s,
  );
  expect(await bad('real-runs', '--only', 'weather')).toContain('no set has that in its name');
}, 60_000);
