/**
 * How far it is believed what a note says of its agent, and of work that was handed over. A hand-over excuses what two
 * agents did with one thing only if it is as well proven as who both are: whoever may send events in any agent's name
 * could else excuse himself. One that is only said excuses those of whom no more is proven, and is told in words
 * otherwise.
 */
import { assuranceAtLeast, type PrivilegeStep } from '@waywarden/schemas';
import { inOrder } from './step-order.ts';

export const isProvenStep = (step: PrivilegeStep) =>
  assuranceAtLeast(step.agent_assurance, 'authenticated');

/** What an agent did with one thing: the first that is proven, else the first. */
export interface Use extends PrivilegeStep {
  /** The first of all, where that is only said to be the agent's and another one is proven. */
  readonly claimed?: PrivilegeStep;
}

/** Of two of one agent: the one that is proven, else the earlier one. */
export function isBetterStep(one: PrivilegeStep, than: PrivilegeStep): boolean {
  const isProven = isProvenStep(one);
  return isProven === isProvenStep(than) ? inOrder(one, than) < 0 : isProven;
}

/** The first of all, proven or not. */
export const firstOf = (use: Use): PrivilegeStep => use.claimed ?? use;

export const byFirst = (a: Use, b: Use) => inOrder(firstOf(a), firstOf(b));

/** Two of one agent as one. */
export function mergedUse(a: Use, b: Use): Use {
  const [best, other] = isBetterStep(a, b) ? [a, b] : [b, a];
  const [first, its] = [firstOf(other), firstOf(best)];
  return inOrder(first, its) < 0 ? { ...best, claimed: first } : best;
}

/** That one came before the other, and what is proven of them has another order. */
export const isOrderOnlyClaimed = (first: Use, second: Use) => inOrder(first, second) > 0;

/** The calls by which one came before the other: those that are proven, where their order is the same. */
export function inTheirOrder(first: Use, second: Use): readonly [PrivilegeStep, PrivilegeStep] {
  return isOrderOnlyClaimed(first, second) ? [firstOf(first), firstOf(second)] : [first, second];
}

/** Of those that came after the first the newest of the gravest: whom nobody proves hides none that is proven. */
export function gravest(first: Use, some: readonly Use[]): Use | undefined {
  const isProvenAfter = (one: Use) => inTheirOrder(first, one).every(isProvenStep);
  return some.findLast(isProvenAfter) ?? some.findLast(isProvenStep) ?? some.at(-1);
}

/** Of a note that names who handed work to its agent. */
export const isProvenDelegation = (step: PrivilegeStep) =>
  isProvenStep(step) && assuranceAtLeast(step.claims.delegation, 'authenticated');

const names = (one: PrivilegeStep, other: PrivilegeStep) =>
  one.parent_agent_uid === other.agent_uid;

/** One of them says that the other handed it work. */
export const isClaimedDelegated = (a: PrivilegeStep, b: PrivilegeStep) =>
  names(a, b) || names(b, a);

/** And that is as well proven as who they are. */
export function isDelegated(a: PrivilegeStep, b: PrivilegeStep): boolean {
  if (!(isProvenStep(a) && isProvenStep(b))) return isClaimedDelegated(a, b);
  return (names(a, b) && isProvenDelegation(a)) || (names(b, a) && isProvenDelegation(b));
}
