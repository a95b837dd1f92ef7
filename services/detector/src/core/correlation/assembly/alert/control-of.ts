import type { ControlFound, SharedControl } from '../../../wording/assembly.ts';
import type { ChainStep } from '../model/chain-step.ts';
import type { CompiledCombination } from '../proof/compile-combination.ts';
import type { Proof } from '../proof/find-proof.ts';
import { byOrchestrator, byPrincipal, orchestrator } from '../proof/independence.ts';
import type { ProofVerdict } from '../proof/judge-proof.ts';

const PROVEN: ReadonlySet<string> = new Set(['attested', 'authenticated']);

function bonds(maker: ChainStep, checker: ChainStep): SharedControl {
  const [first, second] = [orchestrator(maker), orchestrator(checker)];
  const isBelow = byOrchestrator(maker, checker) === 'dependent';
  const above =
    first === checker.wire.agent_uid
      ? ({ orchestrates: 'checker' } as const)
      : second === maker.wire.agent_uid
        ? ({ orchestrates: 'maker' } as const)
        : { orchestrator: first ?? '' };
  const { principal_uid: principal = '', agent_owner: owner } = maker.wire;
  return {
    ...(isBelow ? above : {}),
    principal: byPrincipal(maker, checker) === 'dependent' ? principal : undefined,
    owner: owner === checker.wire.agent_owner ? owner : undefined,
  };
}

function sharedOrchestrator(proof: Proof, agents: readonly string[]): string | undefined {
  const calls = proof.steps.map((one) => one.event);
  const above = new Set(calls.map(orchestrator));
  const [only] = above;
  const isProven = calls.every(({ wire }) => PROVEN.has(wire.claims.delegation));
  if (above.size !== 1 || only === undefined || !isProven || agents.includes(only))
    return undefined;
  return only;
}

export function controlOf(
  proof: Proof,
  verdict: ProofVerdict,
  combination: CompiledCombination,
): ControlFound {
  const callOf = (step: number) => proof.steps.find((one) => one.step === step)?.event;
  const asked = combination.conditions.filter(({ what }) => what === 'not_independent');
  const pair = asked.length === 1 ? asked[0] : undefined;
  const [maker, checker] = [callOf(pair?.step ?? -1), callOf(pair?.other ?? -1)];
  if (maker !== undefined && checker !== undefined) {
    return {
      ...bonds(maker, checker),
      ...{ maker: maker.wire.agent_uid, checker: checker.wire.agent_uid },
      isUnknown: verdict.caveats.includes('independence_not_evaluated'),
    };
  }
  const agents = verdict.contributors.map((one) => one.agent);
  if (agents.length < 2) return undefined;
  const above = sharedOrchestrator(proof, agents);
  return above === undefined ? undefined : { above };
}
