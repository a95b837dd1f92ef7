/**
 * `evaluate assembly` and `evaluate fleet`: a stream, an alert file (given, or of Waywarden's own
 * detector), and the score. Whose alerts they are makes no difference to how they are scored.
 */
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { DETECTOR_VERSION } from '@waywarden/detector';
import type { Assurance } from '@waywarden/schemas';
import { Progress, UsageError } from '../commands/command-output.ts';
import { loadPolicy, loadRegistry } from '../embedded/rule-files.ts';
import { readAlerts, readFacts, readLabels } from './benchmark-files.ts';
import {
  type BenchmarkStream,
  checksums,
  type StreamFlags,
  withStream,
} from './benchmark-stream.ts';
import { runDetector } from './run-detector.ts';
import { sayAssembly } from './say-assembly.ts';
import { sayFleet } from './say-fleet.ts';
import type { AlertFile } from './scoring/alert-history.ts';
import { assemblyWanted, scoreAssembly } from './scoring/assembly-score.ts';
import { fleetWanted, scoreFleet } from './scoring/fleet-score.ts';
import type { Labels } from './scoring/label.ts';

export interface EvaluateStreamFlags extends StreamFlags {
  readonly alerts?: string;
  readonly alertsOut?: string;
  readonly policy?: string;
  readonly assurance: Assurance;
  readonly json?: true;
}

export interface StreamScore {
  readonly value: Readonly<Record<string, unknown>>;
  readonly lines: readonly string[];
}

interface Scored {
  readonly stream: BenchmarkStream;
  readonly labels: Labels;
  readonly file: AlertFile;
}

/** What `--json` says before the scores: of what, by what, under which rules. */
async function about(dataset: string, flags: EvaluateStreamFlags, { stream, file }: Scored) {
  const own = flags.alerts === undefined;
  return {
    dataset,
    detector: own ? { name: 'waywarden', version: DETECTOR_VERSION } : { alerts: flags.alerts },
    ...(own ? { policy: flags.policy ?? 'shipped', assurance: flags.assurance } : {}),
    source: { ...stream.source, sha256: await checksums(stream) },
    alerts: {
      standing: file.alerts.length,
      withdrawn: file.withdrawn,
      posture: file.posture,
      repeats: file.repeats,
    },
  };
}

function heading(dataset: string, flags: EvaluateStreamFlags, { stream, file }: Scored): string {
  const who = flags.alerts ?? `waywarden ${DETECTOR_VERSION}, policy ${flags.policy ?? 'shipped'}`;
  const from = Object.entries(stream.source)
    .filter(([, one]) => one !== undefined)
    .map(([name, one]) => `${name} ${String(one)}`);
  return `${dataset}: ${who} on ${from.join(', ')}; ${file.alerts.length} alerts`;
}

async function alertFileOf(flags: EvaluateStreamFlags, stream: BenchmarkStream): Promise<string> {
  if (flags.alerts !== undefined) return flags.alerts;
  const out = join(stream.scratch, 'alerts.ndjson');
  await runDetector({
    events: stream.events,
    registry: loadRegistry(stream.registry),
    policy: loadPolicy(flags.policy),
    assurance: flags.assurance,
    out,
  });
  if (flags.alertsOut !== undefined) copyFileSync(out, flags.alertsOut);
  return out;
}

async function factsOf({ stream }: Scored, wanted: Parameters<typeof readFacts>[1]) {
  const progress = new Progress('Scoring');
  const facts = await readFacts(stream.events, wanted, (n) => progress.show(`${n} events`));
  progress.done(`${facts.events} events`);
  return facts;
}

async function assemblyScore(flags: EvaluateStreamFlags, scored: Scored): Promise<StreamScore> {
  const { labels, file } = scored;
  if (labels.assembly.length === 0) {
    throw new UsageError(`${scored.stream.labels}: has no label of the stream "assembly".`);
  }
  const facts = await factsOf(scored, assemblyWanted(labels.assembly, file));
  const score = scoreAssembly(labels.assembly, file, facts);
  return {
    value: { ...(await about('assembly', flags, scored)), ...score },
    lines: [heading('assembly', flags, scored), ...sayAssembly(score)],
  };
}

async function fleetScore(flags: EvaluateStreamFlags, scored: Scored): Promise<StreamScore> {
  const { labels, file } = scored;
  const facts = await factsOf(scored, fleetWanted(labels, file));
  const score = scoreFleet(labels, file, facts);
  return {
    value: { ...(await about('fleet', flags, scored)), ...score },
    lines: [heading('fleet', flags, scored), ...sayFleet(score)],
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
  return withStream(flags, async (stream) => {
    const alerts = await alertFileOf(flags, stream);
    const file = await readAlerts(alerts);
    const labels = await readLabels(stream.labels);
    return SCORES[dataset](flags, { stream, labels, file });
  });
}
