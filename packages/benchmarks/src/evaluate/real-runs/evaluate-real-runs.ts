/**
 * `evaluate real-runs`: Waywarden's detector, as it is shipped, over real runs of agents, alone and
 * together. A set that is absent is skipped and said; none at all is bad use.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DETECTOR_VERSION } from '@waywarden/detector';
import type { Policy, Registry } from '@waywarden/schemas';
import { UsageError } from '@waywarden/waywarden/input/command-output';
import { loadPolicy } from '@waywarden/waywarden/runtime/rule-files';
import { readAlerts } from '../benchmark-files.ts';
import { runDetector } from '../run-detector.ts';
import { divideFile } from './divide-runs.ts';
import {
  absentFiles,
  REAL_RUN_SETS,
  type RealRunSet,
  readRunFacts,
  sha256Of,
} from './real-run-sets.ts';
import { type GroupScore, scoreRealRuns } from './score-real-runs.ts';

export interface RealRunsFlags {
  readonly data: string;
  readonly only?: readonly string[];
  readonly policy?: string;
  readonly json?: true;
}

export interface SetScore {
  readonly set: string;
  readonly sha256: string;
  readonly runs: number;
  readonly calls: number;
  readonly hand_overs: number;
  readonly agents: number;
  readonly groups: readonly GroupScore[];
}

export interface SkippedSet {
  readonly set: string;
  readonly absent: readonly string[];
}

export interface RealRunsReport {
  readonly dataset: 'real-runs';
  readonly detector: { readonly name: 'waywarden'; readonly version: string };
  readonly policy: string;
  readonly sets: readonly SetScore[];
  readonly skipped: readonly SkippedSet[];
}

interface Fed {
  readonly events: string;
  readonly registry: Registry | undefined;
}

async function fedOf(set: RealRunSet, original: string, scratch: string): Promise<Fed> {
  if (set.divided === undefined) return { events: original, registry: undefined };
  const events = join(scratch, 'divided.ndjson');
  const registry = await divideFile(original, events);
  return { events, registry: set.divided === 'registered' ? registry : undefined };
}

async function scoreSet(set: RealRunSet, data: string, policy: Policy): Promise<SetScore> {
  const scratch = mkdtempSync(join(tmpdir(), 'waywarden-real-runs-'));
  try {
    process.stderr.write(`${set.name}\n`);
    const original = join(data, set.file);
    const labels = set.labels === undefined ? undefined : join(data, set.labels);
    const { events, registry } = await fedOf(set, original, scratch);
    const out = join(scratch, 'alerts.ndjson');
    const format = set.divided === undefined ? set.format : 'multi-agent';
    await runDetector({ events, registry, policy, assurance: 'authenticated', format, out });
    const { alerts } = await readAlerts([out]);
    const facts = await readRunFacts(set, { fed: events, original, labels });
    return {
      set: set.name,
      sha256: await sha256Of(original),
      runs: facts.runs.length,
      calls: facts.calls,
      hand_overs: facts.handOvers,
      agents: facts.agents,
      groups: scoreRealRuns(facts.runs, alerts),
    };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function chosenSets(only: readonly string[] | undefined): readonly RealRunSet[] {
  const chosen = REAL_RUN_SETS.filter(
    ({ name }) => only === undefined || only.some((one) => name.includes(one)),
  );
  if (chosen.length > 0) return chosen;
  const names = REAL_RUN_SETS.map(({ name }) => `"${name}"`).join(', ');
  throw new UsageError(`--only ${only?.join(' ')}: no set has that in its name; known: ${names}.`);
}

export async function evaluateRealRuns(flags: RealRunsFlags): Promise<RealRunsReport> {
  const policy = loadPolicy(flags.policy);
  const sets: SetScore[] = [];
  const skipped: SkippedSet[] = [];
  for (const set of chosenSets(flags.only)) {
    const absent = absentFiles(set, flags.data);
    if (absent.length === 0) {
      sets.push(await scoreSet(set, flags.data, policy));
      continue;
    }
    skipped.push({ set: set.name, absent });
    process.stderr.write(`SKIPPED: ${set.name}: ${absent.join(', ')} is absent\n`);
  }
  if (sets.length === 0) {
    throw new UsageError(
      `${flags.data} holds none of the files (${skipped.flatMap((one) => one.absent).join(', ')}). The real runs are not part of this repository; name the folder that holds them with --data.`,
    );
  }
  return {
    dataset: 'real-runs',
    detector: { name: 'waywarden', version: DETECTOR_VERSION },
    policy: flags.policy ?? 'shipped',
    sets,
    skipped,
  };
}
