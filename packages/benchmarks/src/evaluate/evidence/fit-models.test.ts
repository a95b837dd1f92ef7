/**
 * Guarantee: the shipped models are what fitting gives. The data is no part of the repository: where it is
 * absent the test is skipped, loudly, and counted.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { evidenceModel, TERM_NAMES } from '@waywarden/detector';
import { markModel, markOf, readText, type Sentence } from '@waywarden/ingest';
import { beforeAll, describe, expect, it } from 'vitest';
import { everyFew } from '../outside/source-runs.ts';
import { ModelFitter, type Models } from './fit-models.ts';
import { type LabelledRun, recordedRuns, SOURCES } from './recorded-runs.ts';
import { FIT_FOLDERS } from './write-models.ts';

const DATA = new URL('../../../../../../shared/data', import.meta.url).pathname;
const present = existsSync(join(DATA, 'outside')) && existsSync(join(DATA, 'agentdojo'));
if (!present) {
  console.warn(
    `\n${'='.repeat(78)}\nREAL-DATA TESTS ARE SKIPPED: ${DATA} is absent.\n${'='.repeat(78)}\n`,
  );
}

const WEIGHT_OFF_MAX = 0.25;
const MARK_OFF_MAX = 0.1;
/** A run of each so many gives its sentences. */
const RUNS_SAMPLED = 100;

const sentencesOf = (runs: readonly LabelledRun[]): readonly Sentence[] =>
  runs.flatMap(({ calls }) => calls.flatMap(({ result }) => readText(result ?? '')));

describe.skipIf(!present)('models that are fitted anew (SKIPPED without their data)', () => {
  let runs: readonly LabelledRun[] = [];
  let models: Models | undefined;

  beforeAll(async () => {
    if (!present) return;
    runs = await recordedRuns(DATA);
    models = new ModelFitter(runs, FIT_FOLDERS).fit();
  }, 600_000);

  it('are fitted on every source', () => {
    expect([...new Set(runs.map(({ source }) => source))].sort()).toEqual([...SOURCES].sort());
  });

  it('weigh each term of the evidence as the shipped ones', () => {
    const shipped = evidenceModel();
    for (const term of TERM_NAMES) {
      const off = Math.abs((models?.evidence.weights[term] ?? Number.NaN) - shipped.weights[term]);
      expect(off, term).toBeLessThanOrEqual(WEIGHT_OFF_MAX);
    }
    expect(Math.abs((models?.evidence.bias ?? Number.NaN) - shipped.bias)).toBeLessThanOrEqual(
      WEIGHT_OFF_MAX,
    );
  });

  it('mark sentences as the shipped ones', () => {
    const sentences = sentencesOf(everyFew(runs, RUNS_SAMPLED));
    expect(sentences.length).toBeGreaterThan(1_000);
    const shipped = markModel();
    const sum = sentences.reduce((total, sentence) => {
      const anew = models === undefined ? Number.NaN : markOf(models.marks, sentence);
      return total + Math.abs(anew - markOf(shipped, sentence));
    }, 0);
    expect(sum / sentences.length).toBeLessThanOrEqual(MARK_OFF_MAX);
  });
});
