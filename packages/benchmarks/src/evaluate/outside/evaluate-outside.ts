/**
 * `evaluate outside`: the shipped path over published runs of other people's benchmarks. Nothing in the
 * files is believed but what a source of events may say: derived fields are ours. Each source starts
 * without history and learns in its order.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DETECTOR_VERSION } from '@waywarden/detector';
import type { Policy } from '@waywarden/schemas';
import { Progress, UsageError } from '@waywarden/waywarden/input/command-output';
import { loadPolicy } from '@waywarden/waywarden/runtime/rule-files';
import { fleetReport } from '../evaluate-stream.ts';
import { leaveOut, overStream } from '../run-detector.ts';
import type { Rate, Share } from '../scoring/interval.ts';
import { absentFiles, type OutsideSource, outsideSources } from './outside-sources.ts';
import { rateRuns, type SourceRow } from './rate-runs.ts';
import { readConclusions } from './read-conclusions.ts';
import { readSourceRuns } from './source-runs.ts';

/** Another hand's fleet as one more source: small, with a seed of its own, and nothing was fitted on it. */
export const SECOND_FLEET = 'second-fleet';
const SIZE = { seed: ['outside-1'], agents: '60', days: '12', assurance: 'authenticated' } as const;

export interface FleetRow {
  readonly attacks: Share;
  readonly alerts_per_1000_agent_days: Rate;
}

async function scoreSecondFleet(policy: string | undefined): Promise<FleetRow> {
  const of = { ...SIZE, ...(policy === undefined ? {} : { policy }) };
  const attacked = await fleetReport({ ...of, scenario: 'second-attacks' });
  const benign = await fleetReport({ ...of, scenario: 'second-benign' });
  return { attacks: attacked.recall, alerts_per_1000_agent_days: benign.false_alarms.all };
}

export interface OutsideFlags {
  readonly only?: readonly string[];
  readonly sample?: number;
  readonly policy?: string;
  readonly shipped?: true;
  readonly without?: readonly string[];
  readonly json?: true;
}

interface ScoreOptions {
  readonly policy: Policy;
  /** Runs of the source, evenly chosen; absent: all. */
  readonly sample?: number;
  /** Called before the source is run, so that what was learnt from it can be left out. */
  readonly prepare?: (source: string) => Promise<void>;
}

export interface OutsideReport {
  readonly dataset: 'outside';
  readonly detector: { readonly name: 'waywarden'; readonly version: string };
  readonly policy: string;
  readonly sample: number | null;
  readonly rows: readonly SourceRow[];
  readonly fleet: FleetRow | null;
  readonly skipped: readonly { readonly source: string; readonly absent: readonly string[] }[];
}

/** One source through ingest, log, detector and responder, and its rows. */
async function scoreSource(
  source: OutsideSource,
  options: ScoreOptions,
): Promise<readonly SourceRow[]> {
  await options.prepare?.(source.name);
  const scratch = mkdtempSync(join(tmpdir(), 'waywarden-outside-'));
  const progress = new Progress(source.name);
  try {
    const { runs, events } = await readSourceRuns(source, scratch, options.sample);
    const conclusions = await overStream(
      {
        events,
        registry: undefined,
        policy: options.policy,
        assurance: 'authenticated',
        format: source.format,
        trustFields: false,
      },
      ({ log }) => readConclusions(log),
    );
    progress.done(`${runs.length} runs, ${conclusions.alerts.length} alerts`);
    return rateRuns(source.name, runs, conclusions);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function chosenSources(data: string, only: readonly string[] | undefined) {
  const all = outsideSources(data);
  const names = [...all.map(({ name }) => name), SECOND_FLEET];
  const unknown = only?.filter((one) => !names.includes(one)) ?? [];
  if (unknown.length > 0) {
    throw new UsageError(
      `--only ${unknown.join(' ')}: no source has that name; known: ${names.join(', ')}.`,
    );
  }
  return all.filter(({ name }) => only?.includes(name) ?? true);
}

export async function evaluateOutside(
  data: string,
  flags: OutsideFlags,
  prepare?: ScoreOptions['prepare'],
): Promise<OutsideReport> {
  leaveOut(flags.without ?? []);
  const policy = loadPolicy(flags.policy);
  const rows: SourceRow[] = [];
  const skipped: OutsideReport['skipped'][number][] = [];
  for (const source of chosenSources(data, flags.only)) {
    const absent = absentFiles(source);
    if (absent.length > 0) {
      skipped.push({ source: source.name, absent });
      process.stderr.write(`SKIPPED: ${source.name}: ${absent.join(', ')} is absent\n`);
      continue;
    }
    const { sample } = flags;
    const scored = await scoreSource(source, {
      policy,
      ...(sample === undefined ? {} : { sample }),
      ...(prepare === undefined ? {} : { prepare }),
    });
    rows.push(...scored);
  }
  if (rows.length === 0 && skipped.length > 0) {
    throw new UsageError(
      `${data} holds none of the sources (${skipped.map((one) => one.source).join(', ')}). The runs are not part of this repository; name the folder that holds them: waywarden evaluate outside FOLDER.`,
    );
  }
  const isFleet = flags.only?.includes(SECOND_FLEET) ?? true;
  return {
    dataset: 'outside',
    detector: { name: 'waywarden', version: DETECTOR_VERSION },
    policy: flags.policy ?? 'shipped',
    sample: flags.sample ?? null,
    rows,
    fleet: isFleet ? await scoreSecondFleet(flags.policy) : null,
    skipped,
  };
}
