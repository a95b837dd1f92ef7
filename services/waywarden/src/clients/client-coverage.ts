/** How many recorded calls of a client show each fact. */
import type { Client, Detection, Fact } from '@waywarden/agent-telemetry';
import { COUNTED_FACTS, type SourceSeen } from '@waywarden/ingest';
import { z } from 'zod';

export const SHOWN_FACTS = ['agent', ...COUNTED_FACTS] as const satisfies readonly Fact[];
type Shown = (typeof SHOWN_FACTS)[number];

const count = z.number().int().min(0);
const COVERAGE = z.strictObject({
  recordings: count,
  calls: count,
  /** By fact. */
  with: z.record(z.enum(SHOWN_FACTS), count),
  definitions: count,
});

/** Absent: no recordings. */
export const COVERAGES = z.record(z.string(), COVERAGE);
export type ClientCoverage = z.infer<typeof COVERAGE>;
export type Coverages = z.infer<typeof COVERAGES>;

/** Service names stand in. */
export function namedAgents({ agent_from: from }: Pick<SourceSeen, 'agent_from'>): number {
  return from.run + from.label + from.thread;
}

function sumOf(seen: readonly SourceSeen[]): ClientCoverage {
  const sum = (of: (one: SourceSeen) => number) => seen.reduce((all, one) => all + of(one), 0);
  const reported = (fact: Shown) =>
    sum((one) => (fact === 'agent' ? namedAgents(one) : one.with[fact]));
  return {
    recordings: seen.length,
    calls: sum(({ calls }) => calls),
    with: {
      agent: reported('agent'),
      arguments: reported('arguments'),
      results: reported('results'),
      task: reported('task'),
      session: reported('session'),
      delegation: reported('delegation'),
      outcome: reported('outcome'),
      principal: reported('principal'),
    },
    definitions: sum(({ definitions }) => definitions),
  };
}

/** `captures/<folder>/<scenario>` each. */
export function coveragesOf(clients: readonly Client[], seen: readonly SourceSeen[]): Coverages {
  const ofClient = ({ recordings }: Client) =>
    seen.filter(({ source }) => recordings.includes(source.split('/')[1] ?? ''));
  const counted = clients.map((client) => [client.id, sumOf(ofClient(client))] as const);
  return Object.fromEntries(counted.filter(([, { recordings }]) => recordings > 0));
}

/** `some`: weaker. */
export type FactState = 'given' | 'some' | 'never';
export type FactStates = Readonly<Record<Fact, FactState>>;

/** A fact that so many of the calls tell is told: not every tool has arguments, not every call ends. */
const REPORTED_SHARE = 0.5;

export function factState(reportedCount: number, calls: number): FactState {
  if (reportedCount === 0 || calls === 0) return 'never';
  return reportedCount / calls >= REPORTED_SHARE ? 'given' : 'some';
}

export interface Evaluable {
  readonly detection: Detection;
  readonly is: 'yes' | 'weaker' | 'no';
  readonly lacks: readonly Fact[];
}

export function evaluableOf(detection: Detection, states: FactStates): Evaluable {
  const never = detection.needs.filter((fact) => states[fact] === 'never');
  if (never.length > 0) return { detection, is: 'no', lacks: never };
  const some = detection.needs.filter((fact) => states[fact] === 'some');
  const weak = detection.weaker_without.filter((fact) => states[fact] === 'never');
  const lacks = [...some, ...weak];
  return { detection, is: lacks.length === 0 ? 'yes' : 'weaker', lacks };
}
