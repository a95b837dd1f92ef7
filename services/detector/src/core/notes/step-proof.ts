/**
 * How far it is believed what a note says of its agent, and of work that was handed over. A hand-over excuses what two
 * agents did with one thing only if it is as well proven as who both are: whoever may send events in any agent's name
 * could else excuse himself. One that is only said excuses those of whom no more is proven, and is told in words
 * otherwise.
 *
 * Proven or not is all that is asked: no alert of these rests on more.
 */
import { assuranceAtLeast, epochMs, type PrivilegeStep } from '@waywarden/schemas';

export const isProvenStep = (step: PrivilegeStep) =>
  assuranceAtLeast(step.agent_assurance, 'authenticated');

export function inOrder(a: PrivilegeStep, b: PrivilegeStep): number {
  const byTime = epochMs(a.event_time) - epochMs(b.event_time);
  return byTime !== 0 ? byTime : a.event_id < b.event_id ? -1 : 1;
}

/** Of two of one agent: the one that is proven, else the earlier one. */
export function isBetterStep(one: PrivilegeStep, than: PrivilegeStep): boolean {
  const isProven = isProvenStep(one);
  return isProven === isProvenStep(than) ? inOrder(one, than) < 0 : isProven;
}

/** Of a note that names who handed work to its agent. */
export const isProvenHandOver = (step: PrivilegeStep) =>
  isProvenStep(step) && assuranceAtLeast(step.claims.delegation, 'authenticated');

const names = (one: PrivilegeStep, other: PrivilegeStep) =>
  one.parent_agent_uid === other.agent_uid;

/** One of them says that the other handed it work. */
export const isSaidHandedOver = (a: PrivilegeStep, b: PrivilegeStep) => names(a, b) || names(b, a);

/** And that is as well proven as who they are. */
export function isHandedOver(a: PrivilegeStep, b: PrivilegeStep): boolean {
  if (!(isProvenStep(a) && isProvenStep(b))) return isSaidHandedOver(a, b);
  return (names(a, b) && isProvenHandOver(a)) || (names(b, a) && isProvenHandOver(b));
}
