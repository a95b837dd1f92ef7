/**
 * Who stands above the agents of a proof, in words: an approval by an agent that takes its orders from where the
 * one it checks takes them is no second pair of eyes. Where a combination asks for independence the answer is
 * that of `independence.ts`; elsewhere only a shared orchestrator is named, from proven delegation alone.
 */
import { listOf } from '../../short-text.ts';
import type { ChainStep } from '../chain/chain-step.ts';
import type { CompiledCombination } from '../proof/compile-combination.ts';
import type { Proof } from '../proof/find-proof.ts';
import { byOrchestrator, byPrincipal, orchestrator } from '../proof/independence.ts';
import type { Verdict } from '../proof/judge-proof.ts';
import { nameOf } from './alert-parts.ts';

const PROVEN: ReadonlySet<string> = new Set(['attested', 'authenticated']);

const agentOf = ({ wire }: ChainStep) => wire.agent_uid;

function bonds(maker: ChainStep, checker: ChainStep): readonly string[] {
  const found: string[] = [];
  if (byOrchestrator(maker, checker) === 'dependent') {
    const above = [maker, checker].map(orchestrator);
    if (above[0] === agentOf(checker)) found.push(`${nameOf(agentOf(checker))} orchestrates it`);
    else if (above[1] === agentOf(maker)) found.push(`${nameOf(agentOf(maker))} orchestrates it`);
    else found.push(`both work under ${nameOf(above[0] ?? '')}`);
  }
  if (byPrincipal(maker, checker) === 'dependent') {
    found.push(`both act for ${nameOf(maker.wire.principal_uid ?? '')}`);
  }
  const owner = maker.wire.agent_owner;
  if (owner !== undefined && owner === checker.wire.agent_owner) {
    found.push(`both belong to ${nameOf(owner)}`);
  }
  return found;
}

function pairWords(maker: ChainStep, checker: ChainStep, isUnknown: boolean): string {
  const [first, second] = [nameOf(agentOf(maker)), nameOf(agentOf(checker))];
  if (agentOf(maker) === agentOf(checker)) return `${first} checked its own work`;
  const found = bonds(maker, checker);
  if (found.length > 0) return `${second} is not independent of ${first}: ${listOf(found)}`;
  // It counted as dependent all the same: then by what the checker read (`independence.ts`).
  return isUnknown
    ? `whether ${second} is independent of ${first} is not known`
    : `${second} is not independent of ${first}, whose writing it read`;
}

/** The one agent above all of them that proven delegation names, and that did no step itself. */
function sharedOrchestrator(proof: Proof, agents: readonly string[]): string | undefined {
  const calls = proof.steps.map((one) => one.event);
  const above = new Set(calls.map(orchestrator));
  const [only] = above;
  const isProven = calls.every(({ wire }) => PROVEN.has(wire.claims.delegation));
  if (above.size !== 1 || only === undefined || !isProven || agents.includes(only))
    return undefined;
  return only;
}

export function controlWords(
  proof: Proof,
  verdict: Verdict,
  combination: CompiledCombination,
): string | undefined {
  const callOf = (step: number) => proof.steps.find((one) => one.step === step)?.event;
  const asked = combination.conditions.filter(({ what }) => what === 'not_independent');
  const pair = asked.length === 1 ? asked[0] : undefined;
  const [maker, checker] = [callOf(pair?.step ?? -1), callOf(pair?.other ?? -1)];
  // Of several pairs the verdict does not tell which of them it is about.
  if (maker !== undefined && checker !== undefined) {
    return pairWords(maker, checker, verdict.caveats.includes('independence_not_evaluated'));
  }
  const agents = verdict.contributors.map((one) => one.agent);
  if (agents.length < 2) return undefined;
  const above = sharedOrchestrator(proof, agents);
  return above === undefined ? undefined : `all of them work under ${nameOf(above)}`;
}
