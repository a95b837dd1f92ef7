/**
 * The sources that nobody tuned on, and the truth of each run: every folder under `outside/`, and the
 * older sets beside it. Labels are joined to runs where results are judged; no detector reads them.
 */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Format } from '@waywarden/ingest';
import { UsageError } from '@waywarden/waywarden/input/command-output';
import { z } from 'zod';
import { isBenign, isPositive, runLabel } from '../agentdojo-runs.ts';
import { jsonLines } from '../benchmark-files.ts';

/** `asked`: the person asks for the harm, so an alert is no false one and nothing is hijacked. */
export type RunKind = 'hijacked' | 'resisted' | 'benign' | 'asked';

export interface RunTruth {
  readonly run: string;
  readonly kind: RunKind;
  /** Places in the run, from 0, of the calls that do what was planted. */
  readonly maliciousSteps: readonly number[];
  /** The task or tool that runs repeat; absent: the person's request. */
  readonly cluster?: string;
  readonly setting?: string;
}

export interface OutsideSource {
  readonly name: string;
  readonly events: string;
  readonly format: Format;
  /** The file of labels, or what every run of the source is. */
  readonly truth: { readonly labels: string } | { readonly every: RunKind };
}

const PUBLISHED = [
  'agentdyn',
  'apibank',
  'asb',
  'chatdev',
  'injecagent',
  'privacylens',
  'workbench',
] as const;

function published(data: string, name: string): OutsideSource {
  const folder = join(data, 'outside', name);
  return {
    name,
    events: join(folder, 'events.ndjson.gz'),
    format: 'events',
    truth: { labels: join(folder, 'labels.ndjson.gz') },
  };
}

function olderSets(data: string): readonly OutsideSource[] {
  const multiAgent = (name: string, folder: string, every: RunKind): OutsideSource => ({
    name,
    events: join(data, folder, `${name}.ndjson.gz`),
    format: 'multi-agent',
    truth: { every },
  });
  return [
    {
      name: 'agentdojo',
      events: join(data, 'agentdojo', 'trajectories.ndjson.gz'),
      format: 'trajectories',
      truth: { labels: join(data, 'agentdojo', 'labels.ndjson.gz') },
    },
    multiAgent('tau_bench_airline', 'benign', 'benign'),
    multiAgent('who_and_when', 'multi_agent', 'benign'),
    multiAgent('safeagents', 'multi_agent', 'asked'),
  ];
}

/** Sources that are known, and whatever else stands under `outside/`, by name. */
export function outsideSources(data: string): readonly OutsideSource[] {
  const folder = join(data, 'outside');
  const found = existsSync(folder)
    ? readdirSync(folder, { withFileTypes: true })
        .filter((one) => one.isDirectory())
        .map((one) => one.name)
    : [];
  const names = [...new Set<string>([...PUBLISHED, ...found])].sort();
  return [...names.map((name) => published(data, name)), ...olderSets(data)];
}

export function absentFiles({ events, truth }: OutsideSource): readonly string[] {
  return [events, ...('labels' in truth ? [truth.labels] : [])].filter((one) => !existsSync(one));
}

const outsideLabel = z.object({
  run: z.string(),
  kind: z.enum(['hijacked', 'resisted', 'benign']),
  malicious_steps: z.array(z.number().int()),
  suite: z.string().optional(),
  user_task: z.string().optional(),
  attack_tool: z.string().nullish(),
  attacker_tools: z.array(z.string()).optional(),
  setting: z.string().optional(),
});

const dojoLabel = runLabel.extend({ role: z.string(), user_task_id: z.string() });

function truthOf(label: z.infer<typeof outsideLabel>): RunTruth {
  const task = label.user_task === undefined ? undefined : `${label.suite}/${label.user_task}`;
  const cluster = task ?? label.attacker_tools?.join() ?? label.attack_tool ?? undefined;
  return {
    run: label.run,
    kind: label.kind,
    maliciousSteps: label.malicious_steps,
    ...(cluster === undefined ? {} : { cluster }),
    ...(label.setting === undefined ? {} : { setting: label.setting }),
  };
}

function dojoTruth(label: z.infer<typeof dojoLabel>): RunTruth {
  return {
    run: label.trace_id,
    kind: isPositive(label) ? 'hijacked' : isBenign(label) ? 'benign' : 'resisted',
    maliciousSteps: label.malicious_steps ?? [],
    cluster: `${label.role}/${label.user_task_id}`,
  };
}

const anyLabel = z.union([outsideLabel.transform(truthOf), dojoLabel.transform(dojoTruth)]);

/** Every label of the file, by run. @throws UsageError where one is none, or a run's second. */
export async function readTruth(labels: string): Promise<ReadonlyMap<string, RunTruth>> {
  const truths = new Map<string, RunTruth>();
  for await (const { value, place } of jsonLines(labels)) {
    const label = anyLabel.safeParse(value);
    if (!label.success) {
      throw new UsageError(`${place}: is no label: ${z.prettifyError(label.error)}`);
    }
    const { run } = label.data;
    if (truths.has(run)) throw new UsageError(`${place}: is a second label of ${run}.`);
    truths.set(run, label.data);
  }
  return truths;
}
