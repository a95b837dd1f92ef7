import type { Detection, Fact } from '@waywarden/agent-telemetry';

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
