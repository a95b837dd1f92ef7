/**
 * Which of the alerts that a rule answers can't come in a trial, so that its silence there is taken for
 * no promise. A `containment_leak` needs an order that somebody has applied, and nobody carries out the
 * orders of a trial; the receipts of a stored history are about the orders that were given then, to
 * agents that went on as they did because of those.
 *
 * Rejected: taking the leaks that were recorded. They are about orders that this policy may never give.
 */
import { CLASS_TRIGGERS, type Policy } from '@waywarden/schemas';

const UNTRIED = ['containment_leak'] as const;

export function untriedKinds(
  { classes }: Pick<Policy, 'classes'>,
  { when }: Policy['rules'][number],
): readonly string[] {
  const byClass = when.kind.includes(CLASS_TRIGGERS)
    ? Object.values(classes ?? {}).flatMap((row) => row?.revocation_triggers ?? [])
    : [];
  const asked = new Set([...when.kind, ...byClass]);
  return UNTRIED.filter((kind) => asked.has(kind));
}
