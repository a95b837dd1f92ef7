/**
 * The task in which something is done: one of the ordinary ones, whose own people have nothing to
 * do with it. Whoever is in the play does not take part in the task's own work, so that no link
 * joins the two.
 */
import { DAY, HOUR } from '../calendar.ts';
import type { Random } from '../random.ts';
import type { Role } from '../roles.ts';
import { WORKFLOWS, type Workflow } from '../work/workflows.ts';

/** Work that completes a combination itself, and is quiet only as long as its claims are proven. */
const BY_CLAIMS_ALONE: ReadonlySet<string> = new Set([
  'customer-support',
  'invoice-approval',
  'code-review',
  'release',
  'prompt-upkeep',
]);

/** Where an owner approved a combination, it is played only on purpose. */
const APPROVED: Readonly<Record<string, readonly string[]>> = {
  'lethal-trifecta': ['customer-support'],
  'recon-to-exfiltration': ['access-review'],
  'payment-release': ['invoice-approval'],
  'retrieval-to-execution': ['customer-support'],
};

/** Work that completes an approved combination itself: others in it would be outside the approval. */
const COMPLETING: ReadonlySet<string> = new Set(['sales-follow-up', 'onboarding']);

export function hostsFor(
  busy: ReadonlySet<Role>,
  combination: string,
  asserted: boolean,
): readonly Workflow[] {
  return WORKFLOWS.filter(
    ({ name, roles }) =>
      roles.every((role) => !busy.has(role)) &&
      !COMPLETING.has(name) &&
      !(asserted && BY_CLAIMS_ALONE.has(name)) &&
      !(APPROVED[combination] ?? []).includes(name),
  );
}

export function workflowOf(name: string): Workflow {
  const found = WORKFLOWS.find((workflow) => workflow.name === name);
  if (found === undefined) throw new Error(`no workflow ${name}`);
  return found;
}

/** A moment of a day at which such work begins. */
export function beginningOf({ hours }: Workflow, day: number, random: Random): number {
  const [from, length] = hours;
  return day * DAY + from * HOUR + Math.floor(random.next() * length * HOUR);
}
