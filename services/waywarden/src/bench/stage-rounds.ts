/**
 * What one event costs each stage of the detector, beside a parse of that event in the same pass: each
 * record is timed by itself, because a mean hides the few that search for a proof.
 *
 * Links between chains are decided as the flow stage finds them. What an event leads to is counted to
 * that event, in whichever chain it is decided: the steps, the links that are told on, the chains that
 * are asked again. A record of assembly by itself is printed too, as it was measured before.
 */
import { readFileSync } from 'node:fs';
import { decideAssembly, decideFlow, decideProfile, SHIPPED_POLICY } from '@waywarden/detector';
import { parsePolicyFile } from '@waywarden/responder';
import { type AuditEvent, type Policy, TOPICS } from '@waywarden/schemas';
import { type Decide, MemoryDraft, type Output, type StageRecord } from '@waywarden/stage';

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
  /** Sightings of values and links for each event, in the mean: what following values adds. */
  readonly sightings_per_event: number;
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
  readonly draft = new MemoryDraft();
  readonly #decide: Decide;
  readonly #topic: string;

  constructor(topic: string, decide: Decide, policy: Policy) {
    this.#topic = topic;
    this.#decide = decide;
    this.take('control', { kind: 'policy', seq: 1, tenant_id: 'default', version: 'p', policy });
  }

  take(type: StageRecord['type'], value: unknown): readonly Output[] {
    const place = { topic: this.#topic, partition: 0, offset: 0, key: null, source: 'bench' };
    return this.#decide(this.draft, { ...place, type, value });
  }
}

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

/** What each event took, or each record where several follow from one. */
class Times {
  readonly parse: number[] = [];
  readonly profile: number[] = [];
  readonly flow: number[] = [];
  readonly assembly: number[] = [];
  readonly following: number[] = [];
  readonly records: number[] = [];
  /** Of the event at hand, by record. */
  readonly sightings: number[] = [];
  readonly steps: number[] = [];

  endEvent(): void {
    const [flow, assembly] = [sumOf(this.sightings), sumOf(this.steps)];
    this.flow.push(flow);
    this.assembly.push(assembly);
    this.following.push(flow + assembly);
    this.records.push(...this.steps);
    this.sightings.length = 0;
    this.steps.length = 0;
  }
}

/** One pass over the events; the first is for the compiler and is thrown away by the caller. */
export function stageCosts(values: readonly Uint8Array[]): StageCosts {
  const policy = shippedPolicy();
  const profile = new BenchStage(TOPICS.auditEvents.name, decideProfile, policy);
  const flow = new BenchStage(TOPICS.valueFlows.name, decideFlow, policy);
  const assembly = new BenchStage(TOPICS.privilegeSteps.name, decideAssembly, policy);
  const times = new Times();
  let [sightings, links] = [0, 0];
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
  for (const bytes of values) {
    const text = Buffer.from(bytes).toString('utf8');
    const event = timed(times.parse, () => JSON.parse(text) as AuditEvent);
    for (const { topic, value } of timed(times.profile, () => profile.take('event', event))) {
      if (topic === TOPICS.privilegeSteps.name) decideStep(value);
      if (topic !== TOPICS.valueFlows.name) continue;
      sightings += 1;
      follow(timed(times.sightings, () => flow.take('event', value)));
    }
    times.endEvent();
  }
  const cost = costsBeside(times.parse);
  return {
    sightings_per_event: sightings / Math.max(1, values.length),
    links,
    parse_us_median: quantile(Float64Array.from(times.parse).sort(), 0.5),
    profile: cost(times.profile),
    flow: cost(times.flow),
    assembly: cost(times.assembly),
    following: cost(times.following),
    records: times.records.length,
    record: cost(times.records),
  };
}
