/** `waywarden bench`: how fast everything is beside parsing and storing the same bytes. */
import { planProblem } from '@waywarden/fleet-simulator';
import {
  EXIT,
  Progress,
  report,
  table,
  UsageError,
} from '@waywarden/waywarden/input/command-output';
import { Command } from 'commander';
import { type AgentStateReport, agentState } from '../bench/agent-state.ts';
import { containmentLatency, type LatencyReport } from '../bench/containment-latency.ts';
import type { Spread } from '../bench/cost.ts';
import type { ProfileSummary, Share } from '../bench/cpu-profile.ts';
import { type KnownAgentsReport, knownAgents } from '../bench/known-agents.ts';
import { loadCalls } from '../bench/load-calls.ts';
import {
  type DaysOfChainsReport,
  type OpenChainsReport,
  runDaysOfChains,
  runOpenChains,
} from '../bench/open-chains.ts';
import { type BenchReport, runBench, TARGET_EVERYTHING, VALID_BARE } from '../bench/run-bench.ts';
import { type StageCosts, shippedPolicy, type WorkCost } from '../bench/stage-rounds.ts';
import type { StateSpread } from '../evaluate/state-sizes.ts';

const DATA_DEFAULT = '../shared/data/agentdojo/trajectories.ndjson.gz';
const CALLS_MAX = 1_000_000;
const ROUNDS_MAX = 20;
const RATE_MAX = 50_000;
const SECONDS_MAX = 3_600;
const HOURS_MAX = 24 * 14;
const GOAL_P50_MS = 50;
const GOAL_P99_MS = 250;
const GOAL_OF_BARE = 10;
const AGENTS_MAX = 10_000_000;
const FLEET_AGENTS = '60';
const GOAL_KNOWN_MIB = 4096;
const GOAL_STATE_KIB = 8;

interface BenchLoad {
  readonly calls?: string;
  readonly rounds: string;
  readonly openChains?: string;
  readonly hours?: string;
  readonly knownAgents?: string;
  readonly activeAgents: string;
  readonly days: string;
  readonly scenario: string;
  readonly seconds: string;
}

interface BenchFlags extends BenchLoad {
  readonly data?: string;
  readonly profile?: string;
  readonly agentState?: string;
  readonly containment?: string;
  readonly json?: true;
}

function whole(flag: string, text: string, max: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= max) return value;
  throw new UsageError(`${flag} ${text}: give a whole number from 1 to ${max}.`);
}

const number = (value: number) => Math.round(value).toLocaleString('en-US').replaceAll(',', ' ');

function profileLines({ folders, functions }: ProfileSummary): readonly string[] {
  const rows = (shares: readonly Share[]) =>
    shares.map(({ name, milliseconds, share }) => [
      name,
      milliseconds.toFixed(0),
      (share * 100).toFixed(1),
    ]);
  return [
    '',
    'Where the time goes (self time, wall)',
    ...table(['folder', 'ms', '%'], rows(folders.slice(0, 30))),
    '',
    ...table(['function', 'ms', '%'], rows(functions)),
  ];
}

const spreadText = ({ median, low, high }: Spread) =>
  `${median.toFixed(2)} (${low.toFixed(2)}–${high.toFixed(2)})`;

function stageLines(stages: StageCosts): readonly string[] {
  const row = (name: string, cost: WorkCost, goal: string) => [
    name,
    cost.median_us.toFixed(1),
    cost.median_of_parse.toFixed(2),
    cost.p99_us.toFixed(0),
    cost.p99_of_parse.toFixed(1),
    cost.sum_of_parse.toFixed(2),
    goal,
  ];
  return [
    `Stages under the shipped policy, beside the median JSON.parse of the same events (${stages.parse_us_median.toFixed(1)} µs), with ${stages.observations_per_event.toFixed(1)} observations of values an event and ${number(stages.links)} link records:`,
    ...table(
      ['an event in', 'median µs', '× parse', 'p99 µs', '× parse', 'sum × sum', 'goal'],
      [
        row('profile', stages.profile, 'sum 4'),
        row('flow', stages.flow, ''),
        row('assembly', stages.assembly, '1 and 5'),
        row('flow and assembly', stages.following, ''),
        row('one record of assembly', stages.record, ''),
      ],
    ),
    `Profile over all passes: ${spreadText(stages.profile_median_of_parse)} × parse in the median, ${spreadText(stages.profile_sum_of_parse)} in the sum; the table is of the pass in the middle.`,
  ];
}

function summary(result: BenchReport): readonly string[] {
  const rows = result.rates.map((rate) => [
    rate.name,
    rate.cpu_us_each.toFixed(1),
    number(rate.per_cpu_s.median),
    `${number(rate.per_cpu_s.low)}–${number(rate.per_cpu_s.high)}`,
    number(rate.per_wall_s.median),
    String(rate.rounds),
  ]);
  const generated =
    'GENERATED STREAM: the AgentDojo runs are absent, so these texts are made up and short; do not compare with figures of real runs.';
  return [
    ...(result.origin === 'generated' ? [generated] : []),
    `${number(result.calls)} calls (${number(result.distinct_calls)} distinct), ${number(result.bytes_per_call)} bytes each as sent, ${number(result.derived_bytes_per_call)} as audit event; load average ${result.load_average.toFixed(1)}`,
    ...table(['part', 'µs CPU', '/CPU s', 'low–high', '/wall s', 'rounds'], rows),
    `Bare is ${result.bare_of_raw.toFixed(2)} of raw puts (valid from ${VALID_BARE}).`,
    `Everything is ${result.everything_of_bare.toFixed(3)} of bare by CPU time of this process (target ${TARGET_EVERYTHING}), ${result.everything_of_bare_wall.toFixed(3)} by the clock, ${result.everything_of_bare_with_engine.toFixed(3)} with the engine's process.`,
    `Measured after a warm-up: a round of each part, ${number(result.warm_up_calls)} calls through everything.`,
    `Detector core without a policy: ${result.core_of_parse.toFixed(1)} × JSON.parse of the audit events; ingest: ${result.derive_of_parse.toFixed(1)} × JSON.parse of what is sent.`,
    ...stageLines(result.stages),
    `Everything took ${result.everything_cpu_s.process.toFixed(1)} CPU s, the engine ${result.everything_cpu_s.engine.toFixed(1)}; peak memory ${number(result.rss_mib.process)} MiB, the engine ${number(result.rss_mib.engine)} MiB.`,
    ...(result.valid
      ? []
      : ['INVALID RUN: bare is below half of raw puts; nothing follows from it.']),
    ...(result.profile === undefined ? [] : profileLines(result.profile)),
  ];
}

function openChainsSummary(result: OpenChainsReport): readonly string[] {
  return [
    `${number(result.chains)} chains open at once, ${number(result.steps)} steps: at most ${number(result.own_max_mib)} MiB of its own (goal 1 024 for 200 000), ${number(result.own_tenth_mib)} when a tenth was open, ${number(result.rss_max_mib)} with the state's pages; ${result.cpu_us_each.toFixed(0)} µs of processor time a step, state written.`,
  ];
}

function daysSummary(result: DaysOfChainsReport): readonly string[] {
  const rows = result.hours.map(({ hour, open, evicted, own_mib: own, rss_mib: rss }) => [
    String(hour),
    number(open),
    number(evicted),
    number(own),
    number(rss),
  ]);
  return [
    `${number(result.chains_per_day)} chains begin each day, ${number(result.steps)} steps in all; the most within each hour, ${result.cpu_us_each.toFixed(0)} µs of processor time a step, state written.`,
    ...table(['hour', 'open', 'put out', 'own MiB', 'with pages'], rows),
  ];
}

async function benchOpenChains(flags: BenchFlags, wanted: string): Promise<void> {
  const chains = whole('--open-chains', wanted, CALLS_MAX);
  if (flags.hours === undefined) {
    const result = await runOpenChains(chains, shippedPolicy());
    report(flags.json === true, result, openChainsSummary(result));
    return;
  }
  const hours = whole('--hours', flags.hours, HOURS_MAX);
  const result = await runDaysOfChains(chains, hours, shippedPolicy());
  report(flags.json === true, result, daysSummary(result));
}

function agentStateSummary(result: AgentStateReport): readonly string[] {
  const { agents, events, known, in_hand: hand, kinds } = result;
  const row = (name: string, one: StateSpread) =>
    [name, number(one.median), number(one.p90), number(one.p99), number(one.most)] as const;
  const rowsOf = (isInHand: boolean) =>
    kinds.filter((one) => one.in_hand === isInHand).map((one) => row(one.kind, one));
  return [
    `${number(events)} events of ${number(agents)} agents; bytes of keys and values that the profile stage keeps of an agent`,
    ...table(
      ['for', 'median', 'p90', 'p99', 'most'],
      [row('KNOWN', known), ...rowsOf(false), row('WORK IN HAND', hand), ...rowsOf(true)],
    ),
    `Known of an agent: ${(known.p99 / 1024).toFixed(1)} KiB at the 99th percentile (goal ${GOAL_STATE_KIB}); work in hand beside it: ${(hand.p99 / 1024).toFixed(1)} KiB.`,
  ];
}

function latencySummary(result: LatencyReport): readonly string[] {
  const { event_to_command_ms: order, command_to_receipt_ms: receipt, bare_log_ms: bare } = result;
  const { event_loop_ms: loop } = result;
  const row = (name: string, { n, p50, p99, max }: LatencyReport['bare_log_ms']) =>
    [name, String(n), p50.toFixed(1), p99.toFixed(1), max.toFixed(1)] as const;
  const bound = Math.max(GOAL_P99_MS, GOAL_OF_BARE * bare.p99);
  const verdict = (met: boolean) => (met ? 'met' : 'MISSED');
  return [
    `${number(result.offered_per_s)} calls a second offered for ${result.seconds} s, ${number(result.reached_per_s)} decided; load average ${result.load_average.toFixed(1)}`,
    ...table(
      ['milliseconds', 'n', 'p50', 'p99', 'max'],
      [
        row('call to order', order),
        row('order to receipt', receipt),
        row('bare log, writer to reader', bare),
        ...result.hops.map((hop) => row(`- ${hop.name}`, hop.ms)),
      ],
    ),
    `While calls came this process took ${result.cores.toFixed(2)} cores, the store's ${result.store_cores.toFixed(2)}, and its event loop was late by ${loop.p50.toFixed(1)} ms in the median, ${loop.p99.toFixed(1)} at the 99th percentile, ${loop.max.toFixed(1)} at the most.`,
    `${result.commands} of ${result.stories} stories were ordered about, ${result.receipts} orders have a receipt.`,
    `Call to order: p50 ${verdict(order.p50 <= GOAL_P50_MS)} (goal ${GOAL_P50_MS} ms), p99 ${verdict(order.p99 <= bound)} (goal ${bound.toFixed(0)} ms: ${GOAL_P99_MS}, or ${GOAL_OF_BARE} times the bare log's where that is more).`,
    `Order to receipt: p99 ${verdict(receipt.p99 <= bound)} (the same goal).`,
  ];
}

async function benchContainment(flags: BenchFlags, rate: string): Promise<void> {
  const perSecond = whole('--containment', rate, RATE_MAX);
  const seconds = whole('--seconds', flags.seconds, SECONDS_MAX);
  const result = await containmentLatency({ perSecond, seconds });
  report(flags.json === true, result, latencySummary(result));
  if (result.receipts < result.stories) process.exitCode = EXIT.findings;
}

function knownAgentsSummary(result: KnownAgentsReport): readonly string[] {
  const { known, active, events } = result;
  return [
    `${number(known)} agents known, ${number(active)} of them at work (${number(events)} calls): at most ${number(result.own_max_mib)} MiB of its own (goal ${number(GOAL_KNOWN_MIB)} for 1 000 000 and 100 000), ${number(result.own_known_mib)} when all were known and none worked, ${number(result.rss_max_mib)} with the state's pages; ${result.state_gib.toFixed(1)} GiB of state on disk; ${result.cpu_us_each.toFixed(0)} µs of processor time a call, state read and written.`,
  ];
}

async function benchKnownAgents(flags: BenchFlags, text: string): Promise<void> {
  const known = whole('--known-agents', text, AGENTS_MAX);
  const active = whole('--active-agents', flags.activeAgents, known);
  const { scenario, days } = flags;
  const fleet = { scenario, seed: ['tuning-1'], agents: FLEET_AGENTS, days };
  const progress = new Progress('Measuring');
  const onPart = (name: string) => progress.show(name);
  const result = await knownAgents({ known, active, fleet, policy: shippedPolicy(), onPart });
  progress.done(`${known} agents`);
  report(flags.json === true, result, knownAgentsSummary(result));
}

async function bench(flags: BenchFlags): Promise<void> {
  if (flags.knownAgents !== undefined) {
    await benchKnownAgents(flags, flags.knownAgents);
    return;
  }
  if (flags.agentState !== undefined) {
    const { scenario, days, agentState: agents } = flags;
    const plan = { scenario: 'fleet-benign', seed: 'tuning-1', days: 1 } as const;
    const problem = planProblem({ ...plan, agents: Number(agents) });
    if (problem !== undefined) throw new UsageError(`--agent-state: ${problem}.`);
    const of = { scenario, seed: [plan.seed], agents, days };
    const result = await agentState(of, shippedPolicy());
    report(flags.json === true, result, agentStateSummary(result));
    return;
  }
  if (flags.openChains !== undefined) return benchOpenChains(flags, flags.openChains);
  if (flags.containment !== undefined) return benchContainment(flags, flags.containment);
  const wanted = flags.calls === undefined ? undefined : whole('--calls', flags.calls, CALLS_MAX);
  const wholeRounds = whole('--rounds', flags.rounds, ROUNDS_MAX);
  const calls = await loadCalls(flags.data ?? DATA_DEFAULT, wanted);
  if (calls.origin === 'generated') {
    // A mistyped path must not be measured as something else.
    if (flags.data !== undefined)
      throw new UsageError(`--data ${flags.data}: there is no such file.`);
    process.stderr.write(
      `waywarden: ${DATA_DEFAULT} is absent; measuring a GENERATED stream instead.\n`,
    );
  }
  const progress = new Progress('Measuring');
  const result = await runBench({
    calls,
    wholeRounds,
    ...(flags.profile === undefined ? {} : { profile: flags.profile }),
    onPart: (name) => progress.show(name),
  });
  progress.done(`${calls.lines.length} calls`);
  report(flags.json === true, result, summary(result));
  if (!result.valid) process.exitCode = EXIT.findings;
}

export const benchCommand = new Command('bench')
  .description('measure throughput beside bare parsing and storing, in one run')
  .option('--data <file>', `AgentDojo runs (default: ${DATA_DEFAULT}, or a generated stream)`)
  .option('--calls <n>', 'how many calls; default: all, each once')
  .option('--rounds <n>', 'rounds of everything; the cheap parts take three', '1')
  .option('--profile <file>', 'write a CPU profile of the last round of everything here')
  .option('--open-chains <n>', 'only: the memory of so many chains that are open at once')
  .option('--hours <n>', 'of --open-chains: so many begin each day, over so many simulated hours')
  .option('--agent-state <agents>', 'only: what is kept of each agent of a simulated fleet')
  .option('--known-agents <n>', 'only: the memory of a profile stage that knows so many agents')
  .option('--active-agents <n>', 'of --known-agents: how many of them work', '100000')
  .option('--scenario <name>', 'of the simulated fleet of these two', 'fleet-benign')
  .option('--days <n>', 'of the simulated fleet of these two', '30')
  .option('--containment <rate>', 'only: from call to order to receipt at so many calls a second')
  .option('--seconds <n>', 'of --containment', '20')
  .option('--json', 'print one JSON object as the last line')
  .action(bench);
