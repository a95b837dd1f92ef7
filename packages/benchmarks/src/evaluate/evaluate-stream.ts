/**
 * `evaluate assembly` and `evaluate fleet`: streams, an alert file of each (given, or of Waywarden's
 * own detector), and the score over all. Whose alerts they are makes no difference to how they are scored.
 */
import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DETECTOR_VERSION } from '@waywarden/detector';
import type { Assurance } from '@waywarden/schemas';
import { Progress, UsageError } from '@waywarden/waywarden/input/command-output';
import { loadPolicy, loadRegistry } from '@waywarden/waywarden/runtime/rule-files';
import { readAlerts, readFacts, readLabels } from './benchmark-files.ts';
import {
  type BenchmarkStream,
  type BenchmarkStreams,
  checksums,
  type StreamFlags,
  sha256,
  withStreams,
} from './benchmark-stream.ts';
import { leaveOut, runDetector } from './run-detector.ts';
import { sayAssembly } from './say-assembly.ts';
import { sayFleet } from './say-fleet.ts';
import type { AlertFile } from './scoring/alert-history.ts';
import { shownFailures } from './scoring/assembly-failures.ts';
import { assemblyWanted, scoreAssembly } from './scoring/assembly-score.ts';
import { type FleetReport, fleetWanted, scoreFleet } from './scoring/fleet-score.ts';
import type { Labels } from './scoring/label.ts';
import type { StreamFacts } from './scoring/stream-facts.ts';

export interface EvaluateStreamFlags extends StreamFlags {
  readonly alerts?: readonly string[];
  readonly alertsOut?: string;
  readonly failuresOut?: string;
  readonly policy?: string;
  readonly without?: readonly string[];
  readonly assurance: Assurance;
  readonly json?: true;
}

export interface StreamScore {
  readonly value: Readonly<Record<string, unknown>>;
  readonly lines: readonly string[];
}

interface Scored {
  readonly streams: readonly BenchmarkStream[];
  readonly labels: Labels;
  readonly file: AlertFile;
  /** SHA-256 of each alert file, in the order of the streams. */
  readonly alertsSha256: readonly string[];
}

/** What `--json` says before the scores: of what, by what, under which rules. */
async function about(
  dataset: string,
  flags: EvaluateStreamFlags,
  { streams, file, alertsSha256 }: Scored,
  facts: StreamFacts,
) {
  const own = flags.alerts === undefined;
  const sources: unknown[] = [];
  for (const stream of streams) {
    sources.push({ ...stream.source, sha256: await checksums(stream) });
  }
  return {
    dataset,
    detector: own ? { name: 'waywarden', version: DETECTOR_VERSION } : { alerts: flags.alerts },
    ...(own ? { policy: flags.policy ?? 'shipped', assurance: flags.assurance } : {}),
    ...(flags.without === undefined ? {} : { without: flags.without }),
    sources,
    events_missing: facts.missing,
    alerts: {
      sha256: alertsSha256,
      standing: file.alerts.length,
      withdrawn: file.withdrawn,
      hygiene: file.hygiene,
      repeats: file.repeats,
    },
  };
}

/** Ids that lead nowhere count as misses and false claims, which nobody would look for in the files. */
function strangeIds({ missing }: StreamFacts): readonly string[] {
  if (missing === 0) return [];
  return [
    `${missing} event ids that the labels or alerts name are in none of the event files: check that the files belong together.`,
  ];
}

function heading(dataset: string, flags: EvaluateStreamFlags, { streams, file }: Scored): string {
  const own = `waywarden ${DETECTOR_VERSION}, policy ${flags.policy ?? 'shipped'}`;
  const from = streams.map(({ source }) =>
    Object.entries(source)
      .filter(([, one]) => one !== undefined)
      .map(([name, one]) => `${name} ${String(one)}`)
      .join(', '),
  );
  const who = flags.alerts?.join(', ') ?? own;
  return `${dataset}: ${who} on ${from.join('; ')}; ${file.alerts.length} alerts`;
}

async function alertFilesOf(
  flags: EvaluateStreamFlags,
  { streams, scratch }: BenchmarkStreams,
): Promise<readonly string[]> {
  const { alerts, alertsOut } = flags;
  if (alerts !== undefined) {
    if (alerts.length === streams.length) return alerts;
    throw new UsageError('Each of the --events files needs its --alerts, in the same order.');
  }
  if (alertsOut !== undefined && streams.length > 1) {
    throw new UsageError('--alerts-out keeps the alerts of one stream: evaluate them one by one.');
  }
  const outs: string[] = [];
  for (const [n, stream] of streams.entries()) {
    const out = join(scratch, `alerts-${n + 1}.ndjson`);
    await runDetector({
      events: stream.events,
      registry: loadRegistry(stream.registry),
      policy: loadPolicy(flags.policy),
      assurance: flags.assurance,
      out,
    });
    if (alertsOut !== undefined) copyFileSync(out, alertsOut);
    outs.push(out);
  }
  return outs;
}

async function factsOf({ streams }: Scored, wanted: Parameters<typeof readFacts>[1]) {
  const progress = new Progress('Scoring');
  const files = streams.map((one) => one.events);
  const facts = await readFacts(files, wanted, (n) => progress.show(`${n} events`));
  progress.done(`${facts.events} events`);
  return facts;
}

/** All failures go into the file that was asked for; the report shows the first of each kind. */
function keepFailures(failures: object, { failuresOut: file }: EvaluateStreamFlags) {
  if (file === undefined) {
    return { value: {}, lines: ['all failures by name: --failures-out FILE writes them'] };
  }
  writeFileSync(file, `${JSON.stringify(failures, null, 2)}\n`);
  return { value: { failures_file: file }, lines: [`all failures by name: ${file}`] };
}

async function assemblyScore(flags: EvaluateStreamFlags, scored: Scored): Promise<StreamScore> {
  const { labels, file } = scored;
  if (labels.assembly.length === 0) {
    throw new UsageError(
      `${scored.streams.map((one) => one.labels).join(', ')}: has no label of the stream "assembly".`,
    );
  }
  const facts = await factsOf(scored, assemblyWanted(labels.assembly, file));
  const score = scoreAssembly(labels.assembly, file, facts);
  const retained = keepFailures(score.failures, flags);
  return {
    value: {
      ...(await about('assembly', flags, scored, facts)),
      ...score,
      failures: shownFailures(score.failures),
      ...retained.value,
    },
    lines: [
      heading('assembly', flags, scored),
      ...strangeIds(facts),
      ...sayAssembly(score),
      ...retained.lines,
    ],
  };
}

async function fleetScore(flags: EvaluateStreamFlags, scored: Scored): Promise<StreamScore> {
  const { labels, file } = scored;
  const facts = await factsOf(scored, fleetWanted(labels, file));
  const score = scoreFleet(labels, file, facts);
  const retained = keepFailures(score.failures, flags);
  return {
    value: {
      ...(await about('fleet', flags, scored, facts)),
      ...score,
      failures: shownFailures(score.failures),
      ...retained.value,
    },
    lines: [
      heading('fleet', flags, scored),
      ...strangeIds(facts),
      ...sayFleet(score),
      ...retained.lines,
    ],
  };
}

const SCORES = { assembly: assemblyScore, fleet: fleetScore } as const;

export async function evaluateStream(
  dataset: keyof typeof SCORES,
  flags: EvaluateStreamFlags,
): Promise<StreamScore> {
  if (flags.alerts !== undefined && flags.events === undefined) {
    throw new UsageError(
      '--alerts is scored on the stream that it was made of: give its --events and --labels too.',
    );
  }
  leaveOut(flags.without ?? []);
  return scored(flags, (one) => SCORES[dataset](flags, one));
}

function scored<T>(flags: EvaluateStreamFlags, use: (scored: Scored) => Promise<T>): Promise<T> {
  return withStreams(flags, async (of) => {
    const { streams } = of;
    const alertFiles = await alertFilesOf(flags, of);
    const file = await readAlerts(alertFiles);
    const alertsSha256 = await Promise.all(alertFiles.map(sha256));
    const labels = await readLabels(streams.map((one) => one.labels));
    return use({ streams, labels, file, alertsSha256 });
  });
}

export function fleetReport(flags: EvaluateStreamFlags): Promise<FleetReport> {
  return scored(flags, async (of) => {
    const facts = await factsOf(of, fleetWanted(of.labels, of.file));
    return scoreFleet(of.labels, of.file, facts);
  });
}
