/**
 * `npm run fleets:realism -- DATA`: marginals of a simulated fleet's
 * daily work beside those of real runs (AgentDojo's benign ones, τ-bench airline, Who&When), as a
 * table. DATA is the folder of recorded runs.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { extractValues } from '@waywarden/schemas';
import { simulate } from '../src/index.ts';

interface Call {
  readonly agent: string;
  readonly tool: string;
  readonly args: unknown;
  /** Characters of the result; undefined where the data does not say. */
  readonly result: number | undefined;
  readonly failed: boolean | undefined;
  readonly delegating: boolean;
}
type Runs = ReadonlyMap<string, readonly Call[]>;

function grouped(calls: Iterable<readonly [run: string, call: Call]>): Runs {
  const runs = new Map<string, Call[]>();
  for (const [run, call] of calls) {
    const inHand = runs.get(run);
    if (inHand === undefined) runs.set(run, [call]);
    else inHand.push(call);
  }
  return runs;
}

const lines = (file: string): readonly string[] =>
  gunzipSync(readFileSync(file))
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '');

function agentDojo(data: string): Runs {
  const attacked = new Set(
    lines(join(data, 'agentdojo/labels.ndjson.gz'))
      .map((line) => JSON.parse(line))
      .flatMap((label) => (label.attack ? [label.trace_id] : [])),
  );
  return grouped(
    lines(join(data, 'agentdojo/trajectories.ndjson.gz'))
      .map((line) => JSON.parse(line))
      .filter((run) => !attacked.has(run.trace_id))
      .flatMap((run) =>
        run.calls.map((c: Record<string, unknown>) => [
          run.trace_id,
          {
            agent: run.agent,
            tool: c['tool'],
            args: c['args'],
            result: c['result_len'],
            failed: c['error'] !== null,
            delegating: false,
          },
        ]),
      ),
  );
}

function multiAgent(file: string): Runs {
  return grouped(
    lines(file)
      .map((line) => JSON.parse(line))
      .map((c) => [
        c.trace_id,
        {
          agent: c.agent_id,
          tool: c.tool,
          args: c.args,
          result: c.result_len ?? undefined,
          failed: c.result_error ?? undefined,
          delegating: c.tool === 'delegate',
        },
      ]),
  );
}

function* simulatedCalls(): Generator<readonly [string, Call]> {
  const seen = new Set<string>();
  const plan = { scenario: 'fleet-benign', seed: 'tuning-1', agents: 204, days: 30 } as const;
  for (const line of simulate(plan).lines()) {
    if (line.kind !== 'event' || line.value.task === undefined) continue;
    const { native_id, task, agent, tool, args, result, outcome, activity } = line.value;
    if (seen.has(native_id)) continue;
    seen.add(native_id);
    const call = {
      agent: agent.uid,
      tool: tool?.name ?? activity,
      args: args?.value ?? {},
      result: result === undefined ? undefined : JSON.stringify(result.value).length,
      failed: outcome !== 'success',
      delegating: activity === 'delegation',
    };
    yield [task.id, call];
  }
}

const mean = (all: readonly number[]): string =>
  all.length === 0 ? '–' : (all.reduce((sum, n) => sum + n, 0) / all.length).toFixed(2);
function quantiles(all: readonly number[]): string {
  if (all.length === 0) return '–';
  const sorted = [...all].sort((a, b) => a - b);
  return [0.1, 0.5, 0.9, 0.99].map((q) => sorted[Math.floor(sorted.length * q)] ?? 0).join(' / ');
}
const share = (of: readonly (boolean | undefined)[]): string => {
  const known = of.filter((b) => b !== undefined);
  return known.length === 0
    ? '–'
    : `${((100 * known.filter(Boolean).length) / known.length).toFixed(1)} %`;
};

/** At most so many calls are looked into for their values. */
const SAMPLE = 20_000;

function marginals(runs: Runs): readonly string[] {
  const all = [...runs.values()];
  const calls = all.flat();
  const sample = calls.slice(0, SAMPLE);
  const tools = new Map<string, Set<string>>();
  for (const { agent, tool } of calls) tools.set(agent, (tools.get(agent) ?? new Set()).add(tool));
  const args = calls.map((c) =>
    typeof c.args === 'object' && c.args !== null ? Object.keys(c.args).length : 0,
  );
  const values = sample.map((c) => extractValues(c.args).values.length);
  const results = calls.flatMap((c) => (c.result === undefined ? [] : [c.result]));
  const repeats = all.flatMap((run) => run.slice(1).map((c, n) => c.tool === run[n]?.tool));
  return [
    `${runs.size}`,
    `${mean(all.map((r) => r.length))} (${quantiles(all.map((r) => r.length))})`,
    `${mean(all.map((r) => new Set(r.map((c) => c.tool)).size))}`,
    mean([...tools.values()].map((t) => t.size)),
    mean(all.map((r) => new Set(r.map((c) => c.agent)).size)),
    mean(args),
    `${mean(values)} (${quantiles(values)})`,
    quantiles(results),
    share(repeats),
    share(calls.map((c) => c.failed)),
    share(calls.map((c) => c.delegating)),
  ];
}

const ROWS = [
  'runs',
  'calls a run: mean (10 / 50 / 90 / 99 %)',
  'different tools a run',
  'tools an agent',
  'agents a run',
  'arguments a call',
  'linking values in the arguments of a call',
  'characters of a result (10 / 50 / 90 / 99 %)',
  'same tool as the call before',
  'calls that fail',
  'hand-overs among calls',
] as const;

const [data] = process.argv.slice(2);
if (data === undefined || !existsSync(data)) {
  process.stderr.write(`${data ?? 'no folder'}: give the folder with the real runs.\n`);
  process.exit(2);
}
const columns = [
  ['simulated', grouped(simulatedCalls())],
  ['AgentDojo', agentDojo(data)],
  ['τ-bench airline', multiAgent(join(data, 'benign/tau_bench_airline.ndjson.gz'))],
  ['Who&When', multiAgent(join(data, 'multi_agent/who_and_when.ndjson.gz'))],
] as const;
const told = columns.map(([, runs]) => marginals(runs));
process.stdout.write(`|  | ${columns.map(([name]) => name).join(' | ')} |\n`);
process.stdout.write(`| --- |${columns.map(() => ' --- |').join('')}\n`);
for (const [n, row] of ROWS.entries())
  process.stdout.write(`| ${row} | ${told.map((column) => column[n]).join(' | ')} |\n`);
