/** How runs of outside sources are counted, and that labels, samples and absent files are what they say. */
import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { UsageError } from '@waywarden/waywarden/input/command-output';
import { describe, expect, it } from 'vitest';
import { evaluateOutside } from './evaluate-outside.ts';
import { outsideSources, type RunTruth, readTruth } from './outside-sources.ts';
import { rateRuns } from './rate-runs.ts';
import type { Conclusions, RaisedAlert } from './read-conclusions.ts';
import { everyFew, readSourceRuns, type ScoredRun } from './source-runs.ts';

const DATA = new URL('../../../../../../shared/data', import.meta.url).pathname;
const POLICY = new URL('../../../../../test/policies/enforcing.yaml', import.meta.url).pathname;

const run = (name: string, fields: Partial<RunTruth> = {}): ScoredRun => ({
  ...{ run: name, kind: 'benign', maliciousSteps: [], cluster: name },
  ...fields,
});
const alert = (events: readonly string[], fields: Partial<RaisedAlert> = {}): RaisedAlert => ({
  ...{ kind: 'hijack_suspected', ruleId: 'hijack', severity: 'high', commanded: false, events },
  ...fields,
});
/** Two calls a run: a read at `RUN/0`, and at `RUN/1` one whose effect is not known. */
function concluded(runs: readonly ScoredRun[], ...alerts: readonly RaisedAlert[]): Conclusions {
  const calls = (name: string) => [
    { eventId: `${name}/0`, tool: 'read_page', effect: 'read' },
    { eventId: `${name}/1`, tool: 'portal', effect: 'unknown' },
  ];
  return { callsByRun: new Map(runs.map((one) => [one.run, calls(one.run)])), alerts };
}
const row = (runs: readonly ScoredRun[], ...alerts: readonly RaisedAlert[]) =>
  rateRuns('source', runs, concluded(runs, ...alerts))[0];

describe('a run counts', () => {
  const hijacked = run('h', { kind: 'hijacked', maliciousSteps: [1] });

  it('as found by severity, and as localised where the alert names a malicious call', () => {
    expect(row([hijacked], alert(['h/0', 'h/1']))).toMatchObject({
      hijacked: { high_hijack: { k: 1, n: 1 }, medium_hijack: { k: 1 }, commanded: { k: 0 } },
      localised: { k: 1, n: 1 },
    });
    expect(row([hijacked], alert(['h/0'], { severity: 'medium' }))).toMatchObject({
      hijacked: { high_hijack: { k: 0 }, medium_hijack: { k: 1 } },
      localised: { k: 0, n: 1 },
    });
    expect(row([hijacked], alert(['h/1'], { severity: 'low' }))).toMatchObject({
      hijacked: { medium_hijack: { k: 0 } },
    });
  });

  it('as a false alarm by any kind of high alert, resisted or benign, and not where harm was asked for', () => {
    const runs = [run('b'), run('r', { kind: 'resisted' }), run('a', { kind: 'asked' })];
    const other = { kind: 'toxic_combination', commanded: true };
    const found = row(runs, alert(['b/0', 'r/1', 'a/0'], other));
    expect(found).toMatchObject({
      runs: { hijacked: 0, resisted: 1, benign: 1, asked: 1 },
      harmless: { high_any: { k: 2, n: 2 }, high_hijack: { k: 0 }, commanded: { k: 2 } },
      benign: { high_any: { k: 1, n: 1 } },
      hijacked: { high_any: { share: null } },
    });
  });

  it('calls and tools of unknown effect, and one alert once however many calls it names', () => {
    expect(row([run('a'), run('b')], alert(['a/0', 'a/1', 'b/0']))).toMatchObject({
      calls: 4,
      alerts_per_1000: { all: { rate: 250 }, hijack: { rate: 250 } },
      unknown_effect: { calls: { k: 2, n: 4 }, tools: { k: 1, n: 2 } },
    });
  });

  it('in a row of its setting too', () => {
    const runs = [run('a', { setting: 'BASE' }), run('b', { setting: 'ENHANCED' })];
    const rows = rateRuns('source', runs, concluded(runs, alert(['a/0'])));
    expect(rows.map(({ name, benign }) => [name, benign.high_any.k])).toEqual([
      ['source', 1],
      ['source BASE', 1],
      ['source ENHANCED', 0],
    ]);
  });
});

const event = (name: string) =>
  JSON.stringify({
    ...{ native_id: `${name}/0`, event_time: '2026-01-05T09:00:00Z', activity: 'tool_call' },
    ...{ phase: 'completed', agent: { uid: 'clerk' }, tool: { name: 'read_page' } },
    task: { id: name, request: 'Read the page.' },
    args: { value: { page: 'menu' } },
  });
const label = (name: string) => ({ run: name, kind: 'benign', malicious_steps: [] });

function dataOf(events: readonly string[], labels: readonly object[]): string {
  const data = mkdtempSync(join(tmpdir(), 'ww-outside-'));
  const folder = join(data, 'outside', 'library');
  mkdirSync(folder, { recursive: true });
  const write = (name: string, lines: readonly string[]) =>
    writeFileSync(join(folder, name), gzipSync(lines.map((line) => `${line}\n`).join('')));
  write('events.ndjson.gz', events);
  write(
    'labels.ndjson.gz',
    labels.map((one) => JSON.stringify(one)),
  );
  return data;
}
const library = (data: string) => {
  const [source] = outsideSources(data).filter(({ name }) => name === 'library');
  if (source === undefined) throw new Error('the folder is no source');
  return source;
};

describe('the files of a source', () => {
  it('name the cluster by task or attacked tool, else by the request', async () => {
    const labels = [
      { ...label('a'), suite: 'desk', user_task: 'task 1' },
      { ...label('b'), attacker_tools: ['Pay', 'Send'] },
      { ...label('c'), attack_tool: 'Door' },
      label('d'),
    ];
    const source = library(dataOf(['a', 'b', 'c', 'd'].map(event), labels));
    const { runs, events } = await readSourceRuns(source, tmpdir(), undefined);
    expect(runs.map((one) => one.cluster)).toEqual([
      ...['desk/task 1', 'Pay,Send', 'Door', 'Read the page.'],
    ]);
    expect(events).toBe(source.events);
  });

  it('are refused where a run has no label or two, or a line is none', async () => {
    const scored = (events: readonly string[], labels: readonly object[]) =>
      readSourceRuns(library(dataOf(events, labels)), tmpdir(), undefined);
    const one = [event('a'), event('b')];
    await expect(scored(one, [label('a')])).rejects.toThrow(/1 runs of library have no label/);
    await expect(scored(one, [label('a'), label('a')])).rejects.toThrow(/second label of a/);
    await expect(scored(one, [{ run: 'a' }])).rejects.toThrow(/line 1: is no label/);
    await expect(scored(['{}'], [label('a')])).rejects.toThrow(/line 1: names no run/);
  });

  it('are said to be absent, and none at all is bad use', async () => {
    const empty = mkdtempSync(join(tmpdir(), 'ww-outside-'));
    const failed = evaluateOutside(empty, {});
    await expect(failed).rejects.toBeInstanceOf(UsageError);
    await expect(failed).rejects.toThrow(/holds none of the sources \(agentdyn, /);
    await expect(evaluateOutside(empty, { only: ['moon'] })).rejects.toThrow(/no source has that/);
  });
});

it('a sample is as many as asked for, evenly apart, the same each time, and all where there are fewer', () => {
  const ten = [...Array(10).keys()];
  expect(everyFew(ten, 5)).toEqual([0, 2, 4, 6, 8]);
  expect(everyFew(ten, 3)).toHaveLength(3);
  expect(everyFew(ten, 11)).toEqual(ten);
  expect(everyFew(ten, undefined)).toEqual(ten);
});

it('a source goes the real path, prepared before, its sampled runs alone', {
  timeout: 60_000,
}, async () => {
  const data = dataOf(['a', 'b'].map(event), ['a', 'b'].map(label));
  const prepared: string[] = [];
  const found = await evaluateOutside(data, { only: ['library'], sample: 1 }, async (source) => {
    prepared.push(source);
  });
  expect(prepared).toEqual(['library']);
  expect(found.rows).toMatchObject([
    { name: 'library', calls: 1, benign: { high_any: { k: 0, n: 1 } } },
  ]);
});

describe.skipIf(!existsSync(join(DATA, 'outside')))(
  'published runs (SKIPPED without their files)',
  () => {
    it('have a label each', async () => {
      for (const { truth } of outsideSources(DATA)) {
        if ('labels' in truth) expect((await readTruth(truth.labels)).size).toBeGreaterThan(100);
      }
    });

    it('are scored', { timeout: 120_000 }, async () => {
      const flags = { only: ['agentdyn'], sample: 12, policy: POLICY };
      const [row] = (await evaluateOutside(DATA, flags)).rows;
      expect(row?.runs).toMatchObject({ asked: 0 });
      expect(row?.calls).toBeGreaterThan(12);
    });
  },
);
