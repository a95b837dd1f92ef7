/**
 * How long containment takes while calls arrive at a steady rate: from the call to the order in the
 * log, and from the order to the receipt of a receiver that enforces it; and beside both, in the same
 * run, what a bare log takes at that rate to hand a record from its writer to its reader.
 *
 * Everything runs in this process, as in `up`: what ingest, detector, responder, archiver and receiver
 * take from each other is in the figures. The clock is the monotonic one of this process.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import type { AppendRecord } from '@waywarden/event-log';
import {
  activeSigningKey,
  loadOrCreateKeyFile,
  publicJwks,
  registrySchema,
} from '@waywarden/schemas';
import { CommandReceiver } from '@waywarden/waywarden/demo/gateway/command-receiver';
import { gatewayDenyList } from '@waywarden/waywarden/demo/gateway/tool-gateway';
import { dataPaths } from '@waywarden/waywarden/runtime/data-folder';
import { openPipeline, type Pipeline } from '@waywarden/waywarden/runtime/pipeline';
import { loadPolicy } from '@waywarden/waywarden/runtime/rule-files';
import { bareLatencies } from './bare-latency.ts';
import { sampleUsage } from './child-usage.ts';
import { benchAcceptor } from './core-rounds.ts';
import { type Hop, HopWatch, type Percentiles, percentilesOf } from './hop-watch.ts';
import { LATENCY_RULES, ordinaryCall, storyAgent, storyCall, storyTask } from './latency-load.ts';
import { OpenLoop } from './open-loop.ts';

const TICK_MS = 20;
const STORIES_PER_S = 10;
/** The mail is read so long before it is obeyed. */
const OBEYS_AFTER_TICKS = 5;
const PARTITIONS = 4;
const ANSWER_MS_MAX = 120_000;
const LOG_TIME_EVERY_MS = 1_000;
const RECEIVER = 'bench-gateway';
const WARM_UP_CALLS = 3_000;
const WARM_UP_BATCH = 500;
/** Numbers that the measured calls don't reach. */
const WARM_UP_FIRST = 1_000_000_000;

export interface LatencyReport {
  readonly offered_per_s: number;
  /** Calls over the time until all of them were decided. */
  readonly reached_per_s: number;
  readonly seconds: number;
  readonly calls: number;
  readonly stories: number;
  readonly commands: number;
  readonly receipts: number;
  readonly event_to_command_ms: Percentiles;
  readonly command_to_receipt_ms: Percentiles;
  /** The same way, piece by piece. */
  readonly hops: readonly Hop[];
  /** How late the event loop was: what one turn of it had waited for others. */
  readonly event_loop_ms: Omit<Percentiles, 'n'>;
  /** Of this process and its threads, over the time in which calls came; 1 is a whole core. */
  readonly cores: number;
  /** Of the store's process, likewise. */
  readonly store_cores: number;
  readonly bare_log_ms: Percentiles;
  readonly load_average: number;
}

export interface LatencyOptions {
  readonly perSecond: number;
  readonly seconds: number;
}

const now = () => new Date().toISOString();
/** Sends at the given rate by the clock; what is late is sent at once, so the rate is what is offered. */
async function offer(pipeline: Pipeline, watch: HopWatch, options: LatencyOptions) {
  const acceptor = benchAcceptor();
  const senders = new OpenLoop();
  const perTick = (options.perSecond * TICK_MS) / 1000;
  const ticks = Math.round((options.seconds * 1000) / TICK_MS);
  const storyEvery = Math.round(1000 / STORIES_PER_S / TICK_MS);
  const began = performance.now();
  let calls = 0;
  let stories = 0;
  let timeMovedAt = 0;
  let injected = 0;
  for (let tick = 0; tick < ticks; tick++) {
    const late = performance.now() - began - tick * TICK_MS;
    if (late < 0) await wait(-late);
    // Timed from when they were due: a queue before the pipeline is waiting like any other.
    const dueAt = began + tick * TICK_MS;
    const items = [];
    for (const end = Math.round((tick + 1) * perTick); calls < end; calls++) {
      items.push(ordinaryCall(calls, now()));
    }
    if (tick % storyEvery === 0) items.push(storyCall(stories++, 'reads', now()));
    const obeying = (tick - OBEYS_AFTER_TICKS) / storyEvery;
    if (Number.isInteger(obeying) && obeying >= 0) {
      watch.due(storyTask(obeying), dueAt);
      items.push(storyCall(obeying, 'obeys', now()));
      injected += 1;
    }
    const { records } = acceptor.accept(items);
    await senders.send(async () => {
      await pipeline.log.append(records);
      if (Number.isInteger(obeying) && obeying >= 0) watch.note(storyTask(obeying), 'taken');
    });
    if (performance.now() - timeMovedAt >= LOG_TIME_EVERY_MS) {
      timeMovedAt = performance.now();
      await pipeline.sequencer.advance(now());
    }
    // A tick that was late leaves the others no turn otherwise, which no HTTP server would do.
    await new Promise((resolve) => setImmediate(resolve));
  }
  await senders.drain();
  return { total: calls + stories + injected, stories: injected, began };
}

/** So that what is timed is compiled: the first calls of a process take many times as long. */
async function warmUp(pipeline: Pipeline): Promise<void> {
  const acceptor = benchAcceptor();
  for (let from = 0; from < WARM_UP_CALLS; from += WARM_UP_BATCH) {
    const items = Array.from({ length: WARM_UP_BATCH }, (_, at) =>
      ordinaryCall(WARM_UP_FIRST + from + at, now()),
    );
    await pipeline.log.append(acceptor.accept(items).records);
  }
  await pipeline.sequencer.advance(now());
  await pipeline.settle();
}

async function answered(watch: HopWatch, wanted: number): Promise<void> {
  const deadline = performance.now() + ANSWER_MS_MAX;
  while (watch.count('receipt') < wanted && performance.now() < deadline) await wait(TICK_MS);
}

function rulesOf(folder: string, stories: number) {
  const policyFile = join(folder, 'policy.yaml');
  writeFileSync(policyFile, LATENCY_RULES);
  const file = loadOrCreateKeyFile(join(folder, 'receiver.json'), {
    service: RECEIVER,
    uses: ['sign'],
    createdAt: now(),
  });
  const key = activeSigningKey(file);
  const registry = registrySchema.parse({
    version: 1,
    agents: Array.from({ length: stories }, (_, at) => ({
      uid: storyAgent(at),
      class: 'assistive',
      grants: ['ingest:untrusted', 'read:internal'],
    })),
    receivers: [{ id: RECEIVER, kind: 'kafka', key: publicJwks(file)[key.kid] }],
  });
  return { policy: loadPolicy(policyFile), registry, key };
}

async function measure(pipeline: Pipeline, folder: string, options: LatencyOptions) {
  const rules = rulesOf(folder, Math.ceil(options.seconds * STORIES_PER_S) + 1);
  await pipeline.publish('default', rules.registry, rules.policy);
  await warmUp(pipeline);
  const { log, keys } = pipeline;
  const receiver = await CommandReceiver.start({
    ...{ log, id: RECEIVER, tenantId: 'default', denyList: gatewayDenyList() },
    ...{ commandKeys: keys.commandRing, signingKey: rules.key, nowMs: Date.now },
  });
  const watch = new HopWatch(log);
  const delays = monitorEventLoopDelay({ resolution: 1 });
  try {
    delays.enable();
    const stopUsage = sampleUsage();
    const cpu = process.cpuUsage();
    const { total, stories, began } = await offer(pipeline, watch, options);
    const { user, system } = process.cpuUsage(cpu);
    const offeredS = (performance.now() - began) / 1000;
    const cores = (user + system) / 1e6 / offeredS;
    const storeCores = stopUsage().engineCpuSeconds / offeredS;
    await pipeline.detected();
    const decidedMs = performance.now() - began;
    await answered(watch, stories);
    return { watch, total, stories, decidedMs, cores, storeCores, delays };
  } finally {
    delays.disable();
    await receiver.stop();
    await watch.stop();
  }
}

const hundredths = (value: number) => Math.round(value * 100) / 100;

function lateness(delays: IntervalHistogram): LatencyReport['event_loop_ms'] {
  const ms = (ns: number) => Math.round(ns / 1e5) / 10;
  return { p50: ms(delays.percentile(50)), p99: ms(delays.percentile(99)), max: ms(delays.max) };
}

/** As many records as the pipeline gets, of the size that they have in its log. */
function recordsLikeOurs(perTick: number): readonly AppendRecord[] {
  const acceptor = benchAcceptor();
  const items = Array.from({ length: Math.max(1, perTick) }, (_, n) => ordinaryCall(n, now()));
  return acceptor.accept(items).records;
}

export async function containmentLatency(options: LatencyOptions): Promise<LatencyReport> {
  const folder = mkdtempSync(join(tmpdir(), 'waywarden-latency-'));
  const perTick = Math.round((options.perSecond * TICK_MS) / 1000);
  const bare = await bareLatencies(join(folder, 'bare'), {
    records: recordsLikeOurs(perTick),
    ...{ everyMs: TICK_MS, seconds: options.seconds, partitions: PARTITIONS },
  });
  const pipeline = await openPipeline({
    paths: dataPaths(join(folder, 'data')),
    ...{ command: 'bench', partitions: PARTITIONS, journal: 'live' },
  });
  try {
    const measured = await measure(pipeline, folder, options);
    const { watch, total, stories, decidedMs, delays } = measured;
    return {
      offered_per_s: options.perSecond,
      reached_per_s: Math.round(total / (decidedMs / 1000)),
      seconds: options.seconds,
      calls: total,
      stories,
      commands: watch.count('order'),
      receipts: watch.count('receipt'),
      event_to_command_ms: watch.between('due', 'order'),
      command_to_receipt_ms: watch.between('order', 'receipt'),
      hops: watch.hops(),
      event_loop_ms: lateness(delays),
      cores: hundredths(measured.cores),
      store_cores: hundredths(measured.storeCores),
      bare_log_ms: percentilesOf(bare),
      load_average: loadavg()[0] ?? 0,
    };
  } finally {
    await pipeline.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
