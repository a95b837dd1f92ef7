/** What probes prove: access refutes, a refusal confirms, unless it repeats the receiver's own word. */
import type { ContainmentProof, ProbeFound } from '../model/command-record.ts';

/** Others say what somebody believes. */
const TRIED: ReadonlySet<string> = new Set(['call', 'introspection']);

/** Undefined when none does. */
export function confirmedBy({
  probe,
}: ContainmentProof): (ProbeFound & { readonly by: string }) | undefined {
  if (probe === undefined) return undefined;
  const refused = Object.entries(probe.answers)
    .filter(([, one]) => one.outcome === 'refused' && TRIED.has(one.method))
    .map(([by, one]) => ({ ...one, by }))
    // The last.
    .sort((a, b) => b.atMs - a.atMs || (a.by < b.by ? -1 : 1));
  const independent = refused.find((one) => !one.isOwn);
  if (independent !== undefined) return independent;
  return probe.isOtherAsked === true ? undefined : refused[0];
}
