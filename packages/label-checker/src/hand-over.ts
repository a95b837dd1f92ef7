/**
 * Delegation links: "From a parent's calls before a hand-over, and the hand-over, to the child's
 * calls; from the child's calls to the parent's calls after it returned." (reference-combinations)
 *
 * A call belongs to a hand-over when its agent is the delegate and it names the hand-over: "the
 * child's `delegation.chain[].ref` is the hand-over's native_id and its `parent_span_id` the
 * hand-over's span" (contracts). Where it tells neither, its parent agent must be the one that handed
 * over, in the same chain. When a child has returned is told by no event; read here: after its last
 * call under that hand-over.
 */
import type { Call } from './call.ts';
import { mayPrecede, orderOf } from './order.ts';
import { parentKey, type Stream } from './stream.ts';

function namesDelegation(child: Call, delegating: Call): boolean {
  if (child.delegationRefs.includes(delegating.id)) return true;
  if (child.parentSpanId !== undefined && child.parentSpanId === delegating.spanId) return true;
  if (child.delegationRefs.length > 0 || child.parentSpanId !== undefined) return false;
  return child.chain === delegating.chain && child.parentAgent === delegating.agent;
}

/** Whether `child` was done by the delegate of `handOver`, under it. */
export function isUnder(child: Call, delegating: Call, stream: Stream): boolean {
  if (child === delegating || child.agent !== delegating.handsTo) return false;
  return namesDelegation(child, delegating) && mayPrecede(delegating, child, stream);
}

/** The parent's own calls in the piece of work that was handed over, or the hand-over itself. */
function isOfParent(call: Call, delegating: Call): boolean {
  return call.agent === delegating.agent && call.chain === delegating.chain;
}

function reachesChild(a: Call, b: Call, delegating: Call, stream: Stream): boolean {
  if (!isUnder(b, delegating, stream)) return false;
  return a === delegating || (isOfParent(a, delegating) && mayPrecede(a, delegating, stream));
}

function returnsToParent(a: Call, b: Call, delegating: Call, stream: Stream): boolean {
  if (b === delegating || !isUnder(a, delegating, stream) || !isOfParent(b, delegating))
    return false;
  if (!mayPrecede(delegating, b, stream)) return false;
  return childrenOf(delegating, stream).every((child) => orderOf(child, b, stream) !== 'after');
}

/** The hand-overs under which a call was done: by id, by span, by parent, as `namesHandOver` asks. */
export function handOversOver(child: Call, stream: Stream): readonly Call[] {
  const { byId, bySpan, byParent } = stream.handOvers;
  const named = [
    ...child.delegationRefs.flatMap((ref) => byId.get(ref) ?? []),
    ...(bySpan.get(child.parentSpanId ?? '') ?? []),
    ...(byParent.get(parentKey(child.parentAgent ?? '', child.chain)) ?? []),
  ];
  return [...new Set(named)].filter((one) => isUnder(child, one, stream));
}

/** Found once for each hand-over of a stream: it is asked for by every pair of calls. */
const retained = new WeakMap<Stream, Map<Call, readonly Call[]>>();

/** What the delegate did under a hand-over. */
export function childrenOf(delegating: Call, stream: Stream): readonly Call[] {
  const ofStream = retained.get(stream) ?? new Map<Call, readonly Call[]>();
  retained.set(stream, ofStream);
  const known = ofStream.get(delegating);
  if (known !== undefined) return known;
  const ofDelegate = stream.byAgent.get(delegating.handsTo ?? '') ?? [];
  const children = ofDelegate.filter((child) => isUnder(child, delegating, stream));
  ofStream.set(delegating, children);
  return children;
}

/** The hand-overs by each of which `a` reaches `b`. */
export function handOversBetween(a: Call, b: Call, stream: Stream): readonly Call[] {
  if (a.dryRun || b.dryRun) return [];
  const down = handOversOver(b, stream).filter((one) => reachesChild(a, b, one, stream));
  const up = handOversOver(a, stream).filter((one) => returnsToParent(a, b, one, stream));
  return [...new Set([...down, ...up])];
}
