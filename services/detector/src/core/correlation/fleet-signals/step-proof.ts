/**
 * How far a note is believed. A hand-over excuses only if it is as well proven as both agents: whoever may send any
 * name could else excuse itself.
 */
import { assuranceAtLeast, epochMs, type PrivilegeStep } from '@waywarden/schemas';

export function inOrder(a: PrivilegeStep, b: PrivilegeStep): number {
  const byTime = epochMs(a.event_time) - epochMs(b.event_time);
  return byTime !== 0 ? byTime : a.event_id < b.event_id ? -1 : 1;
}

export const isProvenStep = (step: PrivilegeStep) =>
  assuranceAtLeast(step.agent_assurance, 'authenticated');

/** The first proven, else the first. */
export interface Use extends PrivilegeStep {
  readonly claimed?: PrivilegeStep;
}

function isBetterStep(one: PrivilegeStep, than: PrivilegeStep): boolean {
  const isProven = isProvenStep(one);
  return isProven === isProvenStep(than) ? inOrder(one, than) < 0 : isProven;
}

export const firstOf = (use: Use): PrivilegeStep => use.claimed ?? use;

export const byFirst = (a: Use, b: Use) => inOrder(firstOf(a), firstOf(b));

export function mergedUse(a: Use, b: Use): Use {
  const [best, other] = isBetterStep(a, b) ? [a, b] : [b, a];
  const [first, its] = [firstOf(other), firstOf(best)];
  return inOrder(first, its) < 0 ? { ...best, claimed: first } : best;
}

export const isOrderOnlyClaimed = (first: Use, second: Use) => inOrder(first, second) > 0;

/** The proven ones, where their order is the same. */
export function inTheirOrder(first: Use, second: Use): readonly [PrivilegeStep, PrivilegeStep] {
  return isOrderOnlyClaimed(first, second) ? [firstOf(first), firstOf(second)] : [first, second];
}

/** Unproven ones hide none that is proven. */
export function gravest(first: Use, some: readonly Use[]): Use | undefined {
  const isProvenAfter = (one: Use) => inTheirOrder(first, one).every(isProvenStep);
  return some.findLast(isProvenAfter) ?? some.findLast(isProvenStep) ?? some.at(-1);
}

export const isProvenDelegation = (step: PrivilegeStep) =>
  isProvenStep(step) && assuranceAtLeast(step.claims.delegation, 'authenticated');

const names = (one: PrivilegeStep, other: PrivilegeStep) =>
  one.parent_agent_uid === other.agent_uid;

export const isClaimedDelegated = (a: PrivilegeStep, b: PrivilegeStep) =>
  names(a, b) || names(b, a);

export function isDelegated(a: PrivilegeStep, b: PrivilegeStep): boolean {
  if (!(isProvenStep(a) && isProvenStep(b))) return isClaimedDelegated(a, b);
  return (names(a, b) && isProvenDelegation(a)) || (names(b, a) && isProvenDelegation(b));
}
