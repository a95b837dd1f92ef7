/**
 * What answers to probes prove. Who could still act refutes; who was refused confirms, unless it
 * repeats its own word while others may be asked.
 */
import type { ContainmentProof, ProbeFound } from '../model/command-record.ts';

/** They tried; other methods say what somebody believes. */
const TRIED: ReadonlySet<string> = new Set(['call', 'introspection']);

/** The answer by which the order counts as confirmed; undefined when none does. */
export function confirmedBy({
  probe,
}: ContainmentProof): (ProbeFound & { readonly by: string }) | undefined {
  if (probe === undefined) return undefined;
  const refused = Object.entries(probe.answers)
    .filter(([, one]) => one.outcome === 'refused' && TRIED.has(one.method))
    .map(([by, one]) => ({ ...one, by }))
    // The last: what was seen of its subject in between may be newer than the first.
    .sort((a, b) => b.atMs - a.atMs || (a.by < b.by ? -1 : 1));
  const independent = refused.find((one) => !one.isOwn);
  if (independent !== undefined) return independent;
  return probe.isOtherAsked === true ? undefined : refused[0];
}
