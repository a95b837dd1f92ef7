/**
 * Crashes a replay at point after point and says what differed after a restart. One point: a fresh
 * folder, a process that dies at the point, sometimes a second one that dies while it recovers, and
 * a last one that ends its work; then everything is compared with a run that never crashed.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Random } from '../../services/waywarden/src/input/seeded-random.ts';
import { crashPlan } from './crash-plan.ts';
import { type CrashPoint, type Finished, type ReplayInput, replay } from './replay-job.ts';

/** One point in so many gets a second crash, early in the run that recovers from the first. */
const SECOND_CRASH_EVERY = 4;
const SECOND_NTH_MAX = 4;

export interface CrashOutcome {
  readonly point: CrashPoint;
  readonly second: CrashPoint | undefined;
  /** False when the run ended before the point's hit came. */
  readonly crashed: boolean;
  readonly crashedTwice: boolean;
  /** What differed from the run that never crashed; empty when nothing did. */
  readonly differences: readonly string[];
  /** Rows that lie in the store beyond one an id, before merges. */
  readonly surplusRows: number;
}

export interface CrashRuns {
  readonly input: ReplayInput;
  readonly folder: string;
  readonly reference: Finished;
  readonly random: Random;
  readonly points: number;
  /** `name:nth` or two of them: crash there and nowhere else. Empty: as the seed says. */
  readonly only: string;
  readonly workers: number;
  readonly onOutcome: (outcome: CrashOutcome, done: number) => void;
}

function firstDifference(name: string, found: string, expected: string): string {
  const expectedLines = expected.split('\n');
  const at = found.split('\n').findIndex((line, index) => line !== expectedLines[index]);
  const line = (text: string) => text.split('\n')[at]?.slice(0, 2000) ?? '(nothing)';
  return `${name}.ndjson, line ${at + 1}:\n  found    ${line(found)}\n  expected ${line(expected)}`;
}

function compare(found: Finished, reference: Finished): string[] {
  const differences: string[] = [];
  for (const name of ['alerts', 'decisions', 'commands'] as const) {
    const [is, must] = [found.outputs[name], reference.outputs[name]];
    if (is !== must) differences.push(firstDifference(name, is, must));
  }
  for (const [table, { ids }] of Object.entries(reference.stored)) {
    const stored = found.stored[table]?.ids ?? [];
    if (stored.join() === ids.join()) continue;
    const missing = ids.filter((id) => !stored.includes(id));
    const extra = stored.filter((id) => !ids.includes(id));
    differences.push(
      `${table}: ${stored.length} rows, not ${ids.length}; missing ${missing.slice(0, 5)}; too many ${extra.slice(0, 5)}`,
    );
  }
  const { accepted, dead_lettered, duplicates, rows } = found.report;
  const must = reference.report;
  if (accepted !== must.accepted || dead_lettered !== must.dead_lettered || rows !== must.rows) {
    differences.push(`report: ${JSON.stringify(found.report)}`);
  }
  if (duplicates < 0 || duplicates > accepted) differences.push(`report: ${duplicates} duplicates`);
  return differences;
}

function surplus({ stored }: Finished): number {
  return Object.values(stored).reduce((sum, { ids, raw }) => sum + raw - ids.length, 0);
}

interface Chosen {
  readonly point: CrashPoint;
  readonly second: CrashPoint | undefined;
}

async function crashAt(runs: CrashRuns, { point, second }: Chosen, folder: string) {
  const whole = await replay(runs.input, folder, point);
  if (whole !== undefined) return { found: whole, crashed: false, crashedTwice: false };
  const again = second === undefined ? undefined : await replay(runs.input, folder, second);
  const crashedTwice = second !== undefined && again === undefined;
  const found = again ?? (await replay(runs.input, folder));
  if (found === undefined) throw new Error('A run without a crash point was killed.');
  return { found, crashed: true, crashedTwice };
}

async function outcomeOf(runs: CrashRuns, chosen: Chosen, folder: string): Promise<CrashOutcome> {
  try {
    const { found, ...crashes } = await crashAt(runs, chosen, folder);
    const differences = compare(found, runs.reference);
    return { ...chosen, ...crashes, differences, surplusRows: surplus(found) };
  } catch (error) {
    // A restart that fails or hangs is what this looks for: it is an outcome like the others.
    const difference = error instanceof Error ? error.message : String(error);
    const crashes = { crashed: true, crashedTwice: false };
    return { ...chosen, ...crashes, differences: [difference], surplusRows: 0 };
  }
}

function parsePoint(text: string): CrashPoint {
  const [name = '', nth = ''] = text.split(':');
  return { name, nth: Number(nth) };
}

function* choices({ reference, random, only }: CrashRuns): Generator<Chosen, never> {
  const [first, then] = only.split(',').map(parsePoint);
  while (only !== '' && first !== undefined) yield { point: first, second: then };
  const plan = crashPlan(reference.hits, random);
  const names = Object.keys(reference.hits).sort();
  for (let n = 1; ; n++) {
    const name = names[Math.floor(random() * names.length)] ?? '';
    const nth = 1 + Math.floor(random() * SECOND_NTH_MAX);
    const second = n % SECOND_CRASH_EVERY === 0 ? { name, nth } : undefined;
    yield { point: plan.next().value, second };
  }
}

/** Until so many points have crashed, or twice as many were tried. Folders of failures are kept. */
export async function crashRuns(runs: CrashRuns): Promise<readonly CrashOutcome[]> {
  const outcomes: CrashOutcome[] = [];
  const chosen = choices(runs);
  let crashed = 0;
  let tried = 0;
  let underWay = 0;
  const work = async () => {
    while (crashed + underWay < runs.points && tried < runs.points * 2) {
      const folder = join(runs.folder, `point-${tried++}`);
      underWay++;
      const outcome = await outcomeOf(runs, chosen.next().value, folder);
      underWay--;
      if (outcome.crashed) crashed++;
      outcomes.push(outcome);
      runs.onOutcome(outcome, crashed);
      if (outcome.differences.length === 0) rmSync(folder, { recursive: true, force: true });
    }
  };
  await Promise.all(Array.from({ length: runs.workers }, work));
  return outcomes;
}
