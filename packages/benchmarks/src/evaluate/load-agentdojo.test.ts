/** What is guaranteed of files of runs and labels: a part of them is never scored as the whole. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { UsageError } from '@waywarden/waywarden/input/command-output';
import { checkOutputs } from '@waywarden/waywarden/input/named-file';
import { describe, expect, it } from 'vitest';
import { evaluateCloudtrail } from './evaluate-cloudtrail.ts';
import { loadAgentDojo } from './load-agentdojo.ts';

const run = (trace_id: string) =>
  JSON.stringify({ trace_id, task: 't', model: 'm', request: 'Read it.', calls: [] });
const label = (trace_id: string) => JSON.stringify({ trace_id, attack: false });

function folderOf(files: Readonly<Record<string, readonly string[]>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'ww-dojo-'));
  for (const [name, lines] of Object.entries(files)) {
    writeFileSync(join(folder, name), gzipSync(lines.map((line) => `${line}\n`).join('')));
  }
  return folder;
}
const load = (runs: readonly string[], labels: readonly string[]) =>
  loadAgentDojo(
    folderOf({ 'trajectories.ndjson.gz': runs, 'labels.ndjson.gz': labels }),
    () => undefined,
  );

describe('runs and their labels', () => {
  it('are read', async () => {
    const { runs, labels } = await load([run('a'), '', run('b')], [label('a'), label('b')]);
    expect(runs.map(({ traceId }) => traceId)).toEqual(['a', 'b']);
    expect(labels.size).toBe(2);
  });

  it.each([
    ['cut off', [run('a'), '{"trace_id":"b"'], [label('a')], /trajectories.*, line 2: is no JSON/],
    ['no run', [run('a'), '{"trace_id":"b"}'], [label('a')], /line 2: is no run: .*task/s],
    [
      'there twice',
      [run('a'), run('a')],
      [label('a')],
      /line 2: is a second run of a, after line 1/,
    ],
    ['no label', [run('a')], ['{"trace_id":"a"}'], /labels.*, line 1: is no label: .*attack/s],
    ['without a label', [run('a'), run('b')], [label('a')], /1 of 2 runs have no label.* is b/],
    ['missing', [], [label('a')], /trajectories.*: holds no run/],
  ])('are refused with their place where one is %s', async (_, runs, labels, said) => {
    const failed = load(runs, labels);
    await expect(failed).rejects.toThrow(said);
    await expect(failed).rejects.toBeInstanceOf(UsageError);
  });
});

it('an account without a record ranks nothing', async () => {
  const files = { 'invictus.ndjson.gz': [], 'stratus_red_team.ndjson.gz': [] };
  await expect(evaluateCloudtrail(folderOf(files))).rejects.toThrow(/invictus.*: holds no record/);
});

it('a file that can’t be written is refused before the work and not after it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ww-out-'));
  expect(() =>
    checkOutputs({ '--plot': join(folder, 'a.svg'), '--other': undefined }),
  ).not.toThrow();
  expect(() => checkOutputs({ '--plot': join(folder, 'none', 'a.svg') })).toThrow(
    /^--plot .*a\.svg: can't be written: there is no folder .*none\. Name another file\.$/,
  );
  expect(() => checkOutputs({ '--plot': folder })).toThrow(/it is a folder/);
});
