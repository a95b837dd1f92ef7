/**
 * What one event costs each stage of the detector, beside a parse of that event in the same pass. The profile stage has
 * a pass of its own, as in turn the stages pay for each other's garbage; the other two follow by the batch. What an
 * event leads to is counted to that event.
 */
import { readFileSync } from 'node:fs';
import { decideAssembly, decideFlow, decideProfile, SHIPPED_POLICY } from '@waywarden/detector';
import { parsePolicyFile } from '@waywarden/responder';
import { type AuditEvent, type Policy, TOPICS } from '@waywarden/schemas';
import { type Decide, MemoryTransaction, type Output, type StageRecord } from '@waywarden/stage';
import { type Spread, spreadOf } from './cost.ts';

/** Processor time of many pieces of work, and the same as multiples of the parse. */
export interface WorkCost {
  readonly median_us: number;
  readonly p99_us: number;
  readonly median_of_parse: number;
  readonly p99_of_parse: number;
  /** Of the sum of all parses: what it is of throughput. */
  readonly sum_of_parse: number;
}

export interface StageCosts {
  /** Of the profile stage, over all passes that were measured: the rest is of the pass in the middle. */
  readonly profile_median_of_parse: Spread;
  readonly profile_sum_of_parse: Spread;
  /** Sightings of values and links for each event, in the mean: what following values adds. */
  readonly observations_per_event: number;
  readonly links: number;
  readonly parse_us_median: number;
  /** An event with all that follows from it, by stage; `following`: flow and assembly together. */
  readonly profile: WorkCost;
  readonly flow: WorkCost;
  readonly assembly: WorkCost;
  readonly following: WorkCost;
  /** One record of assembly: a step, a note, a link told or taken up. */
  readonly records: number;
  readonly record: WorkCost;
}

class BenchStage {
  readonly transaction = new MemoryTransaction();
  readonly #decide: Decide;
  readonly #topic: string;

  constructor(topic: string, decide: Decide, policy: Policy) {
    this.#topic = topic;
    this.#decide = decide;
    this.take('control', { kind: 'policy', seq: 1, tenant_id: 'default', version: 'p', policy });
  }

  take(type: StageRecord['type'], value: unknown): readonly Output[] {
    // Field by field, as the runner does it: the engine gives each object of a spread and a new field a shape of its own.
    const record: StageRecord = {
      topic: this.#topic,
      partition: 0,
      offset: 0,
      key: null,
      type,
      value,
      source: 'bench',
      body: undefined,
    };
    return this.#decide(this.transaction, record);
  }
}

/** Records that a stage is given at a time, as the log's readers do. */
const BATCH_RECORDS = 2000;
/** Passes until code that runs once an event is compiled as it is in operation, and over how many calls. */
const WARM_UP_PASSES = 2;
const WARM_UP_CALLS = 6000;

export function shippedPolicy(): Policy {
  const parsed = parsePolicyFile(readFileSync(SHIPPED_POLICY, 'utf8'));
  if (!parsed.ok) throw new Error('The shipped policy is not valid.');
  return parsed.value;
}

function quantile(sorted: Float64Array, share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

const sumOf = (times: readonly number[]) => times.reduce((sum, us) => sum + us, 0);

function costsBeside(parses: readonly number[]) {
  const parse = quantile(Float64Array.from(parses).sort(), 0.5);
  return (times: readonly number[]): WorkCost => {
    const sorted = Float64Array.from(times).sort();
    const [median_us, p99_us] = [quantile(sorted, 0.5), quantile(sorted, 0.99)];
    return {
      median_us,
      p99_us,
      median_of_parse: median_us / parse,
      p99_of_parse: p99_us / parse,
      sum_of_parse: sumOf(times) / sumOf(parses),
    };
  };
}

/** Processor time: on a machine that others use, the 99th percentile of wall time is theirs. */
function timed<T>(into: number[], work: () => T): T {
  const from = process.cpuUsage();
  const made = work();
  const { user, system } = process.cpuUsage(from);
  into.push(user + system);
  return made;
}

/** What followed from each event, or each record where several do. */
class Times {
  readonly flow: number[] = [];
  readonly assembly: number[] = [];
  readonly following: number[] = [];
  readonly records: number[] = [];
  /** Of the event at hand, by record. */
  readonly observations: number[] = [];
  readonly steps: number[] = [];

  endEvent(): void {
    const [flow, assembly] = [sumOf(this.observations), sumOf(this.steps)];
    this.flow.push(flow);
    this.assembly.push(assembly);
    this.following.push(flow + assembly);
    this.records.push(...this.steps);
    this.observations.length = 0;
    this.steps.length = 0;
  }
}

/** So many passes over the events, each with state of its own, after some for the compiler. */
export function stageCosts(values: readonly Uint8Array[], passes: number): StageCosts {
  for (let pass = 0; pass < WARM_UP_PASSES; pass++) onePass(values.slice(0, WARM_UP_CALLS));
  const all = Array.from({ length: passes }, () => onePass(values));
  all.sort((a, b) => a.profile.sum_of_parse - b.profile.sum_of_parse);
  const middle = all[all.length >> 1];
  if (middle === undefined) throw new Error('No pass was asked for.');
  return {
    ...middle,
    profile_median_of_parse: spreadOf(all.map(({ profile }) => profile.median_of_parse)),
    profile_sum_of_parse: spreadOf(all.map(({ profile }) => profile.sum_of_parse)),
  };
}

const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8');

type PassCosts = Omit<StageCosts, 'profile_median_of_parse' | 'profile_sum_of_parse'>;

function onePass(values: readonly Uint8Array[]): PassCosts {
  const policy = shippedPolicy();
  const [parse, profile]: [number[], number[]] = [[], []];
  const stage = new BenchStage(TOPICS.auditEvents.name, decideProfile, policy);
  for (const bytes of values) {
    const text = textOf(bytes);
    const event = timed(parse, () => JSON.parse(text) as AuditEvent);
    timed(profile, () => stage.take('event', event));
  }
  const { times, observations, links } = followingTimes(values, policy);
  const cost = costsBeside(parse);
  return {
    observations_per_event: observations / Math.max(1, values.length),
    links,
    parse_us_median: quantile(Float64Array.from(parse).sort(), 0.5),
    profile: cost(profile),
    flow: cost(times.flow),
    assembly: cost(times.assembly),
    following: cost(times.following),
    records: times.records.length,
    record: cost(times.records),
  };
}

interface Following {
  readonly times: Times;
  readonly observations: number;
  readonly links: number;
}

/** What flow and assembly take for what the profile stage puts out. */
function followingTimes(values: readonly Uint8Array[], policy: Policy): Following {
  const profile = new BenchStage(TOPICS.auditEvents.name, decideProfile, policy);
  const flow = new BenchStage(TOPICS.valueFlows.name, decideFlow, policy);
  const assembly = new BenchStage(TOPICS.privilegeSteps.name, decideAssembly, policy);
  const times = new Times();
  let [observations, links] = [0, 0];
  const decideStep = (value: unknown): void => {
    follow(timed(times.steps, () => assembly.take('event', value)));
  };
  const follow = (outputs: readonly Output[]): void => {
    for (const { topic, value } of outputs) {
      if (topic !== TOPICS.privilegeLinks.name) continue;
      links += 1;
      decideStep(value);
    }
  };
  const afterProfile = (outputs: readonly Output[]): void => {
    for (const { topic, value } of outputs) {
      if (topic === TOPICS.privilegeSteps.name) decideStep(value);
      if (topic !== TOPICS.valueFlows.name) continue;
      observations += 1;
      follow(timed(times.observations, () => flow.take('event', value)));
    }
    times.endEvent();
  };
  for (let from = 0; from < values.length; from += BATCH_RECORDS) {
    const batch = values.slice(from, from + BATCH_RECORDS);
    const decided = batch.map((bytes) => profile.take('event', JSON.parse(textOf(bytes))));
    for (const outputs of decided) afterProfile(outputs);
  }
  return { times, observations, links };
}
