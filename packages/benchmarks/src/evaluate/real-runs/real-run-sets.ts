/**
 * The sets of real runs that are scored, and what is known of each run: who labelled it how, and what
 * it repeats. Labels are joined by run where results are judged; no detector sees them.
 */
import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { join } from 'node:path';
import { readLines } from '@waywarden/waywarden/input/read-lines';
import { z } from 'zod';
import { isBenign, isPositive, runLabel } from '../agentdojo-runs.ts';
import type { RealRun } from './score-real-runs.ts';

export interface RealRunSet {
  readonly name: string;
  readonly file: string;
  readonly format: 'multi-agent' | 'trajectories';
  /** Of AgentDojo; else every run is of the one group. */
  readonly labels?: string;
  readonly group?: string;
  /** Each run's agent is made two, and both are registered or not. */
  readonly divided?: 'unregistered' | 'registered';
}

const DOJO = {
  file: 'agentdojo/trajectories.ndjson.gz',
  labels: 'agentdojo/labels.ndjson.gz',
  format: 'trajectories',
} as const;

export const REAL_RUN_SETS: readonly RealRunSet[] = [
  {
    name: 'who_and_when',
    file: 'multi_agent/who_and_when.ndjson.gz',
    format: 'multi-agent',
    group: 'no attack',
  },
  {
    name: 'tau_bench_airline',
    file: 'benign/tau_bench_airline.ndjson.gz',
    format: 'multi-agent',
    group: 'no attack',
  },
  {
    name: 'safeagents',
    file: 'multi_agent/safeagents.ndjson.gz',
    format: 'multi-agent',
    group: 'harmful request',
  },
  { name: 'agentdojo', ...DOJO },
  { name: 'agentdojo, divided', ...DOJO, divided: 'unregistered' },
  { name: 'agentdojo, divided and registered', ...DOJO, divided: 'registered' },
];

/** Files of the set that are not there. */
export function absentFiles({ file, labels }: RealRunSet, data: string): readonly string[] {
  return [file, labels]
    .flatMap((one) => (one === undefined ? [] : join(data, one)))
    .filter((path) => !existsSync(path));
}

export async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk);
  return hash.digest('hex');
}

/** What is read of a line of either format: the run, what it repeats (the request, if no name), who acts. */
const fedLine = z.object({
  trace_id: z.string(),
  task: z.string().optional(),
  user_task: z.string().nullish(),
  agent_id: z.string().optional(),
  agent: z.string().optional(),
  tool: z.string().optional(),
  calls: z.array(z.unknown()).optional(),
});

export interface RunFacts {
  readonly runs: readonly RealRun[];
  readonly calls: number;
  readonly handOvers: number;
  readonly agents: number;
}

interface Gathered {
  readonly tasks: Map<string, string>;
  readonly agents: Set<string>;
  calls: number;
  handOvers: number;
}

async function gather(file: string): Promise<Gathered> {
  const gathered: Gathered = { tasks: new Map(), agents: new Set(), calls: 0, handOvers: 0 };
  for await (const { text } of readLines(file)) {
    if (text.trim() === '') continue;
    const line = fedLine.parse(JSON.parse(text));
    gathered.tasks.set(line.trace_id, line.task ?? line.user_task ?? line.trace_id);
    const uid = line.agent_id ?? line.agent;
    if (uid !== undefined) gathered.agents.add(uid);
    if (line.tool === 'delegate') gathered.handOvers++;
    else gathered.calls += line.calls?.length ?? 1;
  }
  return gathered;
}

async function groupsOf(labels: string): Promise<ReadonlyMap<string, string>> {
  const groups = new Map<string, string>();
  for await (const { text } of readLines(labels)) {
    const label = runLabel.parse(JSON.parse(text));
    const group = isPositive(label) ? 'hijacked' : isBenign(label) ? 'not attacked' : 'resisted';
    groups.set(label.trace_id, group);
  }
  return groups;
}

/** @param fed what the detector is given; @param original where it was derived from. */
export async function readRunFacts(
  set: RealRunSet,
  { fed, original, labels }: { fed: string; original: string; labels: string | undefined },
): Promise<RunFacts> {
  const { agents, calls, handOvers, tasks: own } = await gather(fed);
  const tasks = fed === original ? own : (await gather(original)).tasks;
  const groups = labels === undefined ? undefined : await groupsOf(labels);
  const runs = [...tasks].map(([id, task]): RealRun => {
    return { id, task, group: groups?.get(id) ?? set.group ?? 'not labelled' };
  });
  return { runs, calls, handOvers, agents: agents.size };
}
