/**
 * What a proof says about the agents: who contributed, whether one grant contained it all, what it
 * rests on, and what forbids acting on it.
 *
 * `privilege_assembly`: no contributor's grant contains the combination. `toxic_combination`: one
 * does. An unknown grant contains nothing, and then nothing automatic follows. Contributors are
 * those who exercised part of it; a wildcard elsewhere in the chain excuses nothing.
 */
import { ASSURANCES, type Assurance, assuranceAtLeast, matchesGrant } from '@waywarden/schemas';
import type { ChainLink } from './chain-links.ts';
import { type ChainStep, compareSteps } from './chain-step.ts';
import type { CompiledCombination } from './compile-combination.ts';
import { isDoubtfulClaim, type Proof } from './find-proof.ts';

export const CAVEATS = [
  'order_undetermined',
  'possibly_exercised',
  'capability_inferred',
  'grant_unknown',
  'asserted_claims',
  'proof_not_minimal',
  'not_evaluable',
  'independence_not_evaluated',
] as const;

export interface Contributor {
  readonly agent: string;
  readonly granted: readonly string[] | null;
  readonly exercised: readonly string[];
}

export interface Verdict {
  readonly kind: 'privilege_assembly' | 'toxic_combination';
  readonly contributors: readonly Contributor[];
  /** The contributor whose grant contains the combination. */
  readonly holder: string | null;
  readonly assurance: Assurance;
  readonly caveats: readonly string[];
}

export function weakest(assurances: Iterable<Assurance>): Assurance {
  let rank = 0;
  for (const one of assurances) rank = Math.max(rank, ASSURANCES.indexOf(one));
  return ASSURANCES[rank] ?? 'unresolved';
}

function strongest(assurances: readonly Assurance[]): Assurance {
  return ASSURANCES[Math.min(...assurances.map((one) => ASSURANCES.indexOf(one)))] ?? 'unresolved';
}

/** That the call was this agent's and had this outcome, and that it belongs to this chain. */
export function stepAssurance({ wire }: ChainStep): Assurance {
  const { task, workflow, delegation, trace, conversation } = wire.claims;
  const inChain = strongest([task, workflow, delegation, trace, conversation]);
  return weakest([wire.agent_assurance, wire.claims.outcome, inChain]);
}

function linkAssurance({ via, to, through }: ChainLink): Assurance {
  if (via !== 'delegation') return 'attested';
  const bySpan =
    through?.wire.span_id !== undefined && through.wire.span_id === to.wire.parent_span_id;
  return bySpan
    ? strongest([to.wire.claims.trace, to.wire.claims.delegation])
    : to.wire.claims.delegation;
}

export function proofEvents(proof: Proof): readonly ChainStep[] {
  return [...proof.steps.map((one) => one.event), ...proof.connecting].sort(compareSteps);
}

function contributorsOf(proof: Proof): readonly Contributor[] {
  const ordered = [...proof.steps].sort((a, b) => compareSteps(a.event, b.event));
  const byAgent = new Map<string, Contributor>();
  for (const { event, symbols } of ordered) {
    const agent = event.wire.agent_uid;
    const before = byAgent.get(agent)?.exercised ?? [];
    byAgent.set(agent, {
      agent,
      // The last one that it acted under: what it may do now, and not less than what it did.
      granted: event.wire.grants,
      exercised: [...new Set([...before, ...symbols])],
    });
  }
  return [...byAgent.values()];
}

/** For every step, at least one of its exercised alternatives is in the grant. */
function contains(granted: readonly string[] | null, proof: Proof): boolean {
  if (granted === null) return false;
  return proof.steps.every((one) =>
    one.symbols.some((symbol) => granted.some((grant) => matchesGrant(grant, symbol))),
  );
}

export function judgeProof(
  proof: Proof,
  combination: CompiledCombination,
  evaluable: boolean,
): Verdict {
  const contributors = contributorsOf(proof);
  const holder = contributors.find((one) => contains(one.granted, proof));
  const assurance = weakest([
    ...proofEvents(proof).map(stepAssurance),
    ...proof.links.map(linkAssurance),
  ]);
  const steps = proof.steps;
  const present: Readonly<Record<(typeof CAVEATS)[number], boolean>> = {
    order_undetermined: proof.links.some((link) => link.doubtful),
    possibly_exercised: steps.some((one) => one.event.wire.exercise === 'possibly'),
    capability_inferred: steps.some(
      ({ event, symbols }) => event.wire.exercise !== 'possibly' && isDoubtfulClaim(event, symbols),
    ),
    grant_unknown: contributors.some((one) => one.granted === null),
    asserted_claims: !assuranceAtLeast(assurance, 'authenticated'),
    proof_not_minimal: !proof.minimal,
    not_evaluable: !evaluable,
    independence_not_evaluated: combination.notEvaluated.includes('independence_not_evaluated'),
  };
  return {
    kind: holder === undefined ? 'privilege_assembly' : 'toxic_combination',
    contributors,
    holder: holder?.agent ?? null,
    assurance,
    caveats: CAVEATS.filter((caveat) => present[caveat]),
  };
}
