/**
 * A privilege step as the chain stores it. Canonical order (event time, event id) breaks ties and is never
 * causality (`step-order.ts`).
 */
import {
  assuranceAtLeast,
  type Effect,
  type PrivilegeStep,
  parseLogTime,
} from '@waywarden/schemas';

export interface ChainStep {
  readonly n: number;
  readonly ms: number;
  readonly ns: number;
  readonly wire: PrivilegeStep;
}

export function chainStep(n: number, wire: PrivilegeStep): ChainStep {
  const time = parseLogTime(wire.event_time) ?? { ms: 0, ns: 0 };
  return { n, ms: time.ms, ns: time.ns, wire };
}

export const lateMsOf = ({ wire }: Pick<ChainStep, 'wire'>): number => wire.reported_late_ms ?? 0;

export function compareTimes(a: ChainStep, b: ChainStep): number {
  return a.ms - b.ms || a.ns - b.ns;
}

export function compareSteps(a: ChainStep, b: ChainStep): number {
  const byTime = compareTimes(a, b);
  if (byTime !== 0) return byTime;
  if (a.wire.event_id === b.wire.event_id) return 0;
  return a.wire.event_id < b.wire.event_id ? -1 : 1;
}

/** A send or a payment only uses a value. */
const WRITES: ReadonlySet<Effect> = new Set(['create', 'update', 'configure', 'grant']);

export function writes(step: ChainStep): boolean {
  return WRITES.has(step.wire.effect) && step.wire.exercise !== 'attempted';
}

export function tookPlace(step: Pick<ChainStep, 'wire'>): boolean {
  return step.wire.exercise !== 'attempted';
}

/** `agent_invoke`, `delegation`, or any call that names the agent it hands to. */
export function isDelegating(step: ChainStep): boolean {
  const { activity, delegate_uid: delegate, agent_uid: agent } = step.wire;
  if (!tookPlace(step)) return false;
  if (delegate !== undefined) return delegate !== agent;
  return activity === 'delegation' || activity === 'agent_invoke';
}

export const MARK = 'with:';
export const DERIVED_MARK = `${MARK}derived_credential`;

export const GRANTEE_MARK = `${MARK}grantee/`;

export function usesDerived({ wire }: Pick<ChainStep, 'wire'>): boolean {
  return wire.credential_parent_uid !== undefined && wire.scope_grants !== undefined;
}

export function isProvenCall({ agent_assurance: who, claims }: PrivilegeStep): boolean {
  return (
    assuranceAtLeast(who, 'authenticated') && assuranceAtLeast(claims.outcome, 'authenticated')
  );
}
