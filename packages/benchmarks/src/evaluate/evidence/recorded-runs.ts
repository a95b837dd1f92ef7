/** Runs of the outside sources in clear, with their labels: what weights are fitted on, and never scored with. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { jsonLines } from '../benchmark-files.ts';

export const OUTSIDE_SOURCES = [
  'agentdyn',
  'injecagent',
  'asb',
  'workbench',
  'apibank',
  'privacylens',
  'chatdev',
] as const;
export const SOURCES = [...OUTSIDE_SOURCES, 'agentdojo', 'tau'] as const;
export type Source = (typeof SOURCES)[number];

export type RunKind = 'hijacked' | 'resisted' | 'benign';

export interface RecordedCall {
  readonly tool: string;
  readonly args: unknown;
  readonly result: unknown;
}

export interface LabelledRun {
  readonly source: Source;
  readonly id: string;
  readonly kind: RunKind;
  /** Runs that repeat one task or attacker's tool are one sample. */
  readonly cluster: string;
  readonly request: string;
  readonly malicious: ReadonlySet<number>;
  readonly calls: readonly RecordedCall[];
  /** As the product reads it, a line an event. */
  readonly lines: readonly unknown[];
}

const outsideEvent = z.looseObject({
  task: z.looseObject({ id: z.string(), request: z.string().optional() }),
  tool: z.looseObject({ name: z.string() }).optional(),
  args: z.looseObject({ value: z.unknown() }).optional(),
  result: z.looseObject({ value: z.unknown() }).optional(),
});
const outsideLabel = z.looseObject({
  run: z.string(),
  kind: z.enum(['hijacked', 'resisted', 'benign']),
  malicious_steps: z.array(z.number()).default([]),
});

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

function clusterOf(label: z.infer<typeof outsideLabel>, request: string): string {
  const tools = label['attacker_tools'];
  if (Array.isArray(tools)) return tools.join();
  return text(label['user_task']) || text(label['attack_tool']) || request;
}

async function outsideRuns(folder: string, source: Source): Promise<LabelledRun[]> {
  const labels = new Map<string, z.infer<typeof outsideLabel>>();
  for await (const { value } of jsonLines(join(folder, 'labels.ndjson.gz'))) {
    const label = outsideLabel.parse(value);
    labels.set(label.run, label);
  }
  const byRun = new Map<string, unknown[]>();
  for await (const { value } of jsonLines(join(folder, 'events.ndjson.gz'))) {
    const { task } = outsideEvent.parse(value);
    byRun.set(task.id, [...(byRun.get(task.id) ?? []), value]);
  }
  return [...byRun].flatMap(([id, lines]) => {
    const label = labels.get(id);
    if (label === undefined) return [];
    const events = lines.map((line) => outsideEvent.parse(line));
    const request = events[0]?.task.request ?? '';
    const calls = events.map(({ tool, args, result }) => ({
      tool: tool?.name ?? '',
      args: args?.value,
      result: result?.value,
    }));
    const malicious = new Set(label.malicious_steps);
    const cluster = clusterOf(label, request);
    return [{ source, id, kind: label.kind, cluster, request, malicious, calls, lines }];
  });
}

const dojoLabel = z.looseObject({
  trace_id: z.string(),
  attack: z.boolean(),
  malicious_steps: z.array(z.number()).nullish(),
  unsure_steps: z.array(z.number()).nullish(),
});
const dojoRun = z.looseObject({
  trace_id: z.string(),
  task: z.string(),
  user_task: z.string(),
  calls: z.array(z.looseObject({ tool: z.string(), args: z.unknown(), result: z.unknown() })),
});

/** Every `every`-th run. */
async function dojoRuns(folder: string, every: number): Promise<LabelledRun[]> {
  const labels = new Map<string, z.infer<typeof dojoLabel>>();
  for await (const { value } of jsonLines(join(folder, 'labels.ndjson.gz'))) {
    const label = dojoLabel.parse(value);
    labels.set(label.trace_id, label);
  }
  const found: LabelledRun[] = [];
  let at = 0;
  for await (const { value } of jsonLines(join(folder, 'trajectories.ndjson.gz'))) {
    const run = dojoRun.parse(value);
    const label = labels.get(run.trace_id);
    if (label === undefined || at++ % every !== 0) continue;
    const steps = label.malicious_steps ?? [];
    const kind = !label.attack ? 'benign' : steps.length > 0 ? 'hijacked' : 'resisted';
    if (kind === 'resisted' && (label.unsure_steps ?? []).length > 0) continue;
    found.push({
      ...{ source: 'agentdojo', id: run.trace_id, kind, cluster: run.task },
      ...{ request: run.user_task, malicious: new Set(steps), calls: run.calls, lines: [value] },
    });
  }
  return found;
}

const tauLine = z.looseObject({
  trace_id: z.string(),
  tool: z.string(),
  args: z.unknown(),
  user_task: z.string().nullish(),
});

async function tauRuns(file: string): Promise<LabelledRun[]> {
  const byRun = new Map<string, unknown[]>();
  for await (const { value } of jsonLines(file)) {
    const { trace_id: id } = tauLine.parse(value);
    byRun.set(id, [...(byRun.get(id) ?? []), value]);
  }
  return [...byRun].map(([id, lines]) => {
    const parsed = lines.map((line) => tauLine.parse(line));
    const request = parsed[0]?.user_task ?? '';
    const calls = parsed.map(({ tool, args }) => ({ tool, args, result: null }));
    const none: ReadonlySet<number> = new Set();
    return {
      ...({ source: 'tau', id, kind: 'benign', cluster: request } as const),
      ...{ request, malicious: none, calls, lines },
    };
  });
}

/** What is there of the sources below `data`; of AgentDojo every fourth run. */
export async function recordedRuns(data: string, dojoEvery = 4): Promise<readonly LabelledRun[]> {
  const found: LabelledRun[] = [];
  for (const source of OUTSIDE_SOURCES) {
    const folder = join(data, 'outside', source);
    if (existsSync(folder)) found.push(...(await outsideRuns(folder, source)));
  }
  const dojo = join(data, 'agentdojo');
  if (existsSync(dojo)) found.push(...(await dojoRuns(dojo, dojoEvery)));
  const tau = join(data, 'benign', 'tau_bench_airline.ndjson.gz');
  if (existsSync(tau)) found.push(...(await tauRuns(tau)));
  return found;
}
