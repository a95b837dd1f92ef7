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

function namesHandOver(child: Call, handOver: Call): boolean {
  if (child.handOverRefs.includes(handOver.id)) return true;
  if (child.parentSpanId !== undefined && child.parentSpanId === handOver.spanId) return true;
  if (child.handOverRefs.length > 0 || child.parentSpanId !== undefined) return false;
  return child.chain === handOver.chain && child.parentAgent === handOver.agent;
}

/** Whether `child` was done by the delegate of `handOver`, under it. */
export function isUnder(child: Call, handOver: Call, stream: Stream): boolean {
  if (child === handOver || child.agent !== handOver.handsTo) return false;
  return namesHandOver(child, handOver) && mayPrecede(handOver, child, stream);
}

/** The parent's own calls in the piece of work that was handed over, or the hand-over itself. */
function isOfParent(call: Call, handOver: Call): boolean {
  return call.agent === handOver.agent && call.chain === handOver.chain;
}

function reachesChild(a: Call, b: Call, handOver: Call, stream: Stream): boolean {
  if (!isUnder(b, handOver, stream)) return false;
  return a === handOver || (isOfParent(a, handOver) && mayPrecede(a, handOver, stream));
}

function returnsToParent(a: Call, b: Call, handOver: Call, stream: Stream): boolean {
  if (b === handOver || !isUnder(a, handOver, stream) || !isOfParent(b, handOver)) return false;
  if (!mayPrecede(handOver, b, stream)) return false;
  return childrenOf(handOver, stream).every((child) => orderOf(child, b, stream) !== 'after');
}

/** The hand-overs under which a call was done: by id, by span, by parent, as `namesHandOver` asks. */
export function handOversOver(child: Call, stream: Stream): readonly Call[] {
  const { byId, bySpan, byParent } = stream.handOvers;
  const named = [
    ...child.handOverRefs.flatMap((ref) => byId.get(ref) ?? []),
    ...(bySpan.get(child.parentSpanId ?? '') ?? []),
    ...(byParent.get(parentKey(child.parentAgent ?? '', child.chain)) ?? []),
  ];
  return [...new Set(named)].filter((one) => isUnder(child, one, stream));
}

/** Found once for each hand-over of a stream: it is asked for by every pair of calls. */
const kept = new WeakMap<Stream, Map<Call, readonly Call[]>>();

/** What the delegate did under a hand-over. */
export function childrenOf(handOver: Call, stream: Stream): readonly Call[] {
  const ofStream = kept.get(stream) ?? new Map<Call, readonly Call[]>();
  kept.set(stream, ofStream);
  const known = ofStream.get(handOver);
  if (known !== undefined) return known;
  const ofDelegate = stream.byAgent.get(handOver.handsTo ?? '') ?? [];
  const children = ofDelegate.filter((child) => isUnder(child, handOver, stream));
  ofStream.set(handOver, children);
  return children;
}

/** The hand-overs by each of which `a` reaches `b`. */
export function handOversBetween(a: Call, b: Call, stream: Stream): readonly Call[] {
  if (a.dryRun || b.dryRun) return [];
  const down = handOversOver(b, stream).filter((one) => reachesChild(a, b, one, stream));
  const up = handOversOver(a, stream).filter((one) => returnsToParent(a, b, one, stream));
  return [...new Set([...down, ...up])];
}
