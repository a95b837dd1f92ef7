/**
 * How far a call's agent, outcome and task are proven. Asked by the search, or a forged twin could displace a
 * proven call.
 */
import { ASSURANCES, type Assurance, assuranceAtLeast } from '@waywarden/schemas';
import type { ChainStep } from '../model/chain-step.ts';
import type { ChainLink } from './chain-link.ts';

export function weakest(assurances: Iterable<Assurance>): Assurance {
  let rank = 0;
  for (const one of assurances) rank = Math.max(rank, ASSURANCES.indexOf(one));
  return ASSURANCES[rank] ?? 'unresolved';
}

function strongest(assurances: readonly Assurance[]): Assurance {
  return ASSURANCES[Math.min(...assurances.map((one) => ASSURANCES.indexOf(one)))] ?? 'unresolved';
}

export function stepAssurance({ wire }: ChainStep): Assurance {
  const { task, workflow, delegation, trace, conversation } = wire.claims;
  const inChain = strongest([task, workflow, delegation, trace, conversation]);
  return weakest([wire.agent_assurance, wire.claims.outcome, inChain]);
}

export function linkAssurance({ via, to, through, assurance }: ChainLink): Assurance {
  if (assurance !== undefined) return assurance;
  if (via !== 'delegation') return 'attested';
  const bySpan =
    through?.wire.span_id !== undefined && through.wire.span_id === to.wire.parent_span_id;
  return bySpan
    ? strongest([to.wire.claims.trace, to.wire.claims.delegation])
    : to.wire.claims.delegation;
}

export function isAsserted(call: ChainStep): boolean {
  return !assuranceAtLeast(stepAssurance(call), 'authenticated');
}

function isAssertedLink(link: ChainLink): boolean {
  return !assuranceAtLeast(linkAssurance(link), 'authenticated');
}

export function doubtsOf(link: ChainLink, events: readonly ChainStep[]): number {
  const asserted = events.filter(isAsserted).length + (isAssertedLink(link) ? 1 : 0);
  return asserted + (link.doubtful ? 1 : 0);
}
