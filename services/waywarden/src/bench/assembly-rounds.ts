/**
 * What one step costs the assembly stage, beside a parse of the event that it came from: each is
 * timed by itself, because a mean hides the few steps that search for a proof. Links between chains
 * are among the records, as the flow stage finds them.
 */
import { readFileSync } from 'node:fs';
import { decideAssembly, decideFlow, decideProfile, SHIPPED_POLICY } from '@waywarden/detector';
import { parsePolicyFile } from '@waywarden/responder';
import { type AuditEvent, type Policy, TOPICS } from '@waywarden/schemas';
import { type Decide, MemoryDraft, type Output, type StageRecord } from '@waywarden/stage';

export interface AssemblyCost {
  readonly steps: number;
  /** Sightings of values and links for each event, in the mean: what following values adds. */
  readonly sightings_per_event: number;
  readonly links: number;
  readonly parse_us_median: number;
  readonly step_us_median: number;
  readonly step_us_p99: number;
  /** The same as multiples of the median parse. */
  readonly median_of_parse: number;
  readonly p99_of_parse: number;
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

const sortedOf = (times: readonly number[]) => Float64Array.from(times).sort();

/** Processor time: on a machine that others use, the 99th percentile of wall time is theirs. */
function timed<T>(into: number[], work: () => T): T {
  const from = process.cpuUsage();
  const made = work();
  const { user, system } = process.cpuUsage(from);
  into.push(user + system);
  return made;
}

/** One pass over the events; the first is for the compiler and is thrown away by the caller. */
export function assemblyCost(values: readonly Uint8Array[]): AssemblyCost {
  const policy = shippedPolicy();
  const profile = new BenchStage(TOPICS.auditEvents.name, decideProfile, policy);
  const flow = new BenchStage(TOPICS.valueFlows.name, decideFlow, policy);
  const assembly = new BenchStage(TOPICS.privilegeSteps.name, decideAssembly, policy);
  const [parses, steps]: [number[], number[]] = [[], []];
  let [sightings, links] = [0, 0];
  const link = (outputs: readonly Output[]): void => {
    for (const { topic, value } of outputs) {
      if (topic !== TOPICS.privilegeLinks.name) continue;
      links += 1;
      link(timed(steps, () => assembly.take('event', value)));
    }
  };
  for (const bytes of values) {
    const text = Buffer.from(bytes).toString('utf8');
    const event = timed(parses, () => JSON.parse(text) as AuditEvent);
    for (const { topic, value } of profile.take('event', event)) {
      if (topic === TOPICS.privilegeSteps.name) {
        link(timed(steps, () => assembly.take('event', value)));
      }
      if (topic !== TOPICS.valueFlows.name) continue;
      sightings += 1;
      link(flow.take('event', value));
    }
  }
  const [parse, step] = [sortedOf(parses), sortedOf(steps)];
  const median = quantile(parse, 0.5);
  return {
    steps: steps.length,
    sightings_per_event: sightings / Math.max(1, values.length),
    links,
    parse_us_median: median,
    step_us_median: quantile(step, 0.5),
    step_us_p99: quantile(step, 0.99),
    median_of_parse: quantile(step, 0.5) / median,
    p99_of_parse: quantile(step, 0.99) / median,
  };
}
