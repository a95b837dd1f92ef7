/**
 * Maker and checker (reference-combinations, "Independent"). Three answers: dependent, independent,
 * not known. "Otherwise it is not known: the condition then counts as met".
 */
import type { ActorCondition } from '@waywarden/schemas';
import { type Call, isWrite } from './call.ts';
import { mayPrecede } from './order.ts';
import type { Stream } from './stream.ts';

/** "the orchestrator (`delegation.root_agent_uid`, else the parent agent)"; asserted shows nothing. */
function orchestratorOf(call: Call): string | undefined {
  return call.delegationProven ? (call.rootAgent ?? call.parentAgent) : undefined;
}

function provenPrincipal(call: Call): string | undefined {
  return call.principalProven ? call.principal : undefined;
}

const sameKnown = (a: string | undefined, b: string | undefined) => a !== undefined && a === b;

/** "share the root principal, the registry's owner, or the orchestrator; or one orchestrates the other" */
function shareControl(maker: Call, checker: Call): boolean {
  const [makers, checkers] = [orchestratorOf(maker), orchestratorOf(checker)];
  return (
    maker.agent === checker.agent ||
    sameKnown(provenPrincipal(maker), provenPrincipal(checker)) ||
    maker.owners.some((owner) => checker.owners.includes(owner)) ||
    sameKnown(makers, checkers) ||
    makers === checker.agent ||
    checkers === maker.agent
  );
}

/**
 * "the checker, before its call, read something besides the object under approval that the maker
 * wrote (a value that the maker wrote stands in the result of a read of the checker on another
 * object)". Read inside the checker's chain: its input to this very approval.
 */
function readWhatMakerWrote(maker: Call, checker: Call, stream: Stream): boolean {
  const inChain = stream.byChain.get(checker.chain) ?? [];
  const reads = inChain.filter(
    (call) =>
      call.agent === checker.agent &&
      call.effect === 'read' &&
      call.happened !== 'attempted' &&
      call.target.id !== checker.target.id &&
      mayPrecede(call, checker, stream),
  );
  const written = (stream.byAgent.get(maker.agent) ?? []).filter(
    (call) =>
      isWrite(call) &&
      call.happened !== 'attempted' &&
      [checker.chain, maker.chain].includes(call.chain),
  );
  return reads.some((read) =>
    written.some(
      (write) =>
        mayPrecede(write, read, stream) &&
        write.args.some((value) => read.result.some((other) => other.key === value.key)),
    ),
  );
}

export type Independence = 'dependent' | 'independent' | 'not_known';

export function independenceOf(maker: Call, checker: Call, stream: Stream): Independence {
  if (shareControl(maker, checker)) return 'dependent';
  if (readWhatMakerWrote(maker, checker, stream)) return 'dependent';
  const known = [maker, checker].every(
    (call) => provenPrincipal(call) !== undefined && call.owners.length > 0,
  );
  return known ? 'independent' : 'not_known';
}

/** "A condition on every pair of steps: any, same, different, independent, not_independent." */
export function actorsAre(
  condition: ActorCondition,
  maker: Call,
  checker: Call,
  stream: Stream,
): boolean {
  switch (condition) {
    case 'any':
      return true;
    case 'same':
      return maker.agent === checker.agent;
    case 'different':
      return maker.agent !== checker.agent;
    case 'independent':
      return independenceOf(maker, checker, stream) !== 'dependent';
    case 'not_independent':
      return independenceOf(maker, checker, stream) !== 'independent';
  }
}
