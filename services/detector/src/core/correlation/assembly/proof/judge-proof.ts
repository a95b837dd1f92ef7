/**
 * What a proof says about the agents: who contributed, what one grant contained, what it rests on, what forbids
 * acting. An unknown grant contains nothing.
 */
import {
  type AssemblyKind,
  type Assurance,
  assuranceAtLeast,
  matchesGrant,
} from '@waywarden/schemas';
import { exercisedOf } from '../../../domain/carried-out.ts';
import { type ChainStep, compareSteps } from '../model/chain-step.ts';
import type { CompiledCombination } from './compile-combination.ts';
import type { Proof, ProofScope } from './find-proof.ts';
import { independenceOf } from './independence.ts';
import { linkAssurance, stepAssurance, weakest } from './proof-assurance.ts';
import { isDoubtfulClaim } from './step-match.ts';

const CAVEATS = [
  'order_undetermined',
  'possibly_exercised',
  'capability_inferred',
  'grant_unknown',
  'asserted_claims',
  'proof_not_minimal',
  'not_evaluable',
  'independence_not_evaluated',
  'joined_by_principal',
] as const;

interface Contributor {
  readonly agent: string;
  readonly granted: readonly string[] | null;
  readonly exercised: readonly string[];
}

export interface ProofVerdict {
  readonly kind: AssemblyKind;
  readonly contributors: readonly Contributor[];
  readonly holder: string | null;
  readonly assurance: Assurance;
  readonly caveats: readonly string[];
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
      // What it may do now.
      granted: event.wire.grants,
      exercised: [...new Set([...before, ...symbols])],
    });
  }
  return [...byAgent.values()];
}

function contains(granted: readonly string[] | null, proof: Proof): boolean {
  if (granted === null) return false;
  return exercisedOf(proof.steps).every((one) =>
    one.symbols.some((symbol) => granted.some((grant) => matchesGrant(grant, symbol))),
  );
}

function kindOf(
  { source }: CompiledCombination,
  contributors: number,
  isInHand: boolean,
): AssemblyKind {
  const fixed = contributors === 1 ? (source.kind_one_agent ?? source.kind) : source.kind;
  return fixed ?? (isInHand ? 'toxic_combination' : 'privilege_assembly');
}

function isIndependenceUnknown(scope: ProofScope, proof: Proof): boolean {
  if (!scope.combination.asksIndependence) return false;
  const callOf = (step: number) => proof.steps.find((one) => one.step === step)?.event;
  return scope.combination.conditions.some(({ step, other, what }) => {
    const [maker, checker] = [callOf(step), callOf(other)];
    if (!what.endsWith('independent') || maker === undefined || checker === undefined) return false;
    return independenceOf(scope, maker, checker) === 'unknown';
  });
}

export function judgeProof(scope: ProofScope, proof: Proof, evaluable: boolean): ProofVerdict {
  const { combination } = scope;
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
    independence_not_evaluated: isIndependenceUnknown(scope, proof),
    joined_by_principal: proof.byPrincipal,
  };
  return {
    kind: kindOf(combination, contributors.length, holder !== undefined),
    contributors,
    holder: holder?.agent ?? null,
    assurance,
    caveats: CAVEATS.filter((caveat) => present[caveat]),
  };
}
