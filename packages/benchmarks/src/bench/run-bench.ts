/**
 * All measurements in one run, cheap parts in alternating rounds so that a busy moment of the
 * machine falls on each of them alike; only ratios within one run mean anything.
 */
import { loadavg } from 'node:os';
import { decideAll, deriveAll, parseAll, readItems } from './core-rounds.ts';
import { type Cost, costOf, type Rate, rateOf, spreadOf } from './cost.ts';
import { type ProfileSummary, profiled } from './cpu-profile.ts';
import type { Calls } from './load-calls.ts';
import { putAll } from './raw-store.ts';
import { type StageCosts, stageCosts } from './stage-rounds.ts';
import { runWhole, type WholeRun } from './whole-run.ts';

export const ROUNDS = 3;
/** Of the stages, event by event; odd, so that one lies in the middle. */
const STAGE_PASSES = 5;
/** Everything must reach this share of bare; bare this share of raw puts, or the run is void. */
export const TARGET_EVERYTHING = 0.08;
export const VALID_BARE = 0.5;
/**
 * Calls that go through everything once, in a folder that is thrown away, before it is measured: the
 * cheap parts have a warm-up round too, and without it a third of a short run is compiling.
 */
export const WARM_UP_CALLS = 6000;

export interface BenchReport {
  readonly calls: number;
  readonly distinct_calls: number;
  readonly origin: Calls['origin'];
  readonly bytes_per_call: number;
  readonly derived_bytes_per_call: number;
  readonly rates: readonly Rate[];
  readonly valid: boolean;
  readonly bare_of_raw: number;
  /** By processor time of this process; what the engine's process takes is in the third. */
  readonly everything_of_bare: number;
  readonly everything_of_bare_wall: number;
  readonly everything_of_bare_with_engine: number;
  readonly core_of_parse: number;
  readonly derive_of_parse: number;
  readonly stages: StageCosts;
  readonly everything_cpu_s: { readonly process: number; readonly engine: number };
  readonly rss_mib: { readonly process: number; readonly engine: number };
  readonly load_average: number;
  readonly warm_up_calls: number;
  readonly profile?: ProfileSummary;
}

export interface BenchOptions {
  readonly calls: Calls;
  readonly wholeRounds: number;
  readonly profile?: string;
  readonly onPart: (name: string) => void;
}

const NAMES = ['raw', 'bare', 'parse', 'parse derived', 'derive', 'core'] as const;
type Part = (typeof NAMES)[number];
type Costs = Readonly<Record<Part, Cost[]>>;

const LABELS: Readonly<Record<Part, string>> = {
  raw: 'raw LMDB puts',
  bare: 'bare: JSON.parse + LMDB',
  parse: 'JSON.parse of what is sent',
  'parse derived': 'JSON.parse of audit events',
  derive: 'ingest derive alone',
  core: 'detector core alone',
};

interface CheapRounds {
  readonly costs: Costs;
  readonly derivedBytes: number;
  readonly stages: StageCosts;
}

async function cheapRounds(options: BenchOptions): Promise<CheapRounds> {
  const { lines } = options.calls;
  const sent = lines.map((line) => Buffer.from(line));
  const costs: Costs = { raw: [], bare: [], parse: [], 'parse derived': [], derive: [], core: [] };
  let derivedBytes = 0;
  let derived: readonly Uint8Array[] = [];
  // The first round warms the compiler up and is thrown away.
  for (let round = 0; round <= ROUNDS; round++) {
    const measure = async (part: Part, work: () => void | Promise<void>) => {
      options.onPart(`${part}, round ${round} of ${ROUNDS}`);
      const cost = await costOf(work);
      if (round > 0) costs[part].push(cost);
    };
    await measure('raw', () => putAll(sent, () => undefined));
    await measure('bare', () => putAll(sent, (value) => JSON.parse(value.toString())));
    await measure('parse', () => {
      for (const value of sent) JSON.parse(value.toString());
    });
    const items = readItems(lines);
    await measure('derive', () => {
      derived = deriveAll(items);
    });
    derivedBytes = derived.reduce((sum, value) => sum + value.byteLength, 0);
    let events: ReturnType<typeof parseAll> = [];
    await measure('parse derived', () => {
      events = parseAll(derived);
    });
    await measure('core', () => {
      decideAll(events);
    });
  }
  options.onPart('stages, event by event');
  return { costs, derivedBytes, stages: stageCosts(derived, STAGE_PASSES) };
}

async function wholeRounds(options: BenchOptions) {
  const runs: WholeRun[] = [];
  let summary: ProfileSummary | undefined;
  options.onPart('everything, warm-up');
  await runWhole(options.calls.lines.slice(0, WARM_UP_CALLS));
  for (let round = 1; round <= options.wholeRounds; round++) {
    options.onPart(`everything, round ${round} of ${options.wholeRounds}`);
    if (options.profile !== undefined && round === options.wholeRounds) {
      const done = await profiled(options.profile, () => runWhole(options.calls.lines));
      summary = done.summary;
      // Profiling slows: its round counts only when it is the only one.
      if (runs.length === 0) runs.push(done.value);
    } else {
      runs.push(await runWhole(options.calls.lines));
    }
  }
  return { runs, summary };
}

export async function runBench(options: BenchOptions): Promise<BenchReport> {
  const { lines, origin, distinct } = options.calls;
  const { costs, derivedBytes, stages } = await cheapRounds(options);
  const { runs, summary } = await wholeRounds(options);
  const count = lines.length;
  const rates = Object.fromEntries(
    NAMES.map((part) => [part, rateOf(LABELS[part], count, costs[part])]),
  ) as Readonly<Record<Part, Rate>>;
  const whole = rateOf(
    'everything',
    count,
    runs.map((run) => run.cost),
  );
  const engine = spreadOf(runs.map((run) => run.usage.engineCpuSeconds)).median;
  const cpu = spreadOf(runs.map((run) => run.cost.cpuSeconds)).median;
  const bareOfRaw = rates.bare.per_cpu_s.median / rates.raw.per_cpu_s.median;
  return {
    calls: count,
    distinct_calls: distinct,
    origin,
    bytes_per_call: lines.reduce((sum, line) => sum + Buffer.byteLength(line), 0) / count,
    derived_bytes_per_call: derivedBytes / count,
    rates: [...NAMES.map((part) => rates[part]), whole],
    valid: bareOfRaw >= VALID_BARE,
    bare_of_raw: bareOfRaw,
    everything_of_bare: whole.per_cpu_s.median / rates.bare.per_cpu_s.median,
    everything_of_bare_wall: whole.per_wall_s.median / rates.bare.per_wall_s.median,
    everything_of_bare_with_engine: count / (cpu + engine) / rates.bare.per_cpu_s.median,
    core_of_parse: rates.core.cpu_us_each / rates['parse derived'].cpu_us_each,
    stages,
    derive_of_parse: rates.derive.cpu_us_each / rates.parse.cpu_us_each,
    everything_cpu_s: { process: cpu, engine },
    rss_mib: {
      process: Math.max(...runs.map((run) => run.usage.processRssMib)),
      engine: Math.max(...runs.map((run) => run.usage.engineRssMib)),
    },
    load_average: loadavg()[0] ?? 0,
    warm_up_calls: Math.min(count, WARM_UP_CALLS),
    ...(summary === undefined ? {} : { profile: summary }),
  };
}
