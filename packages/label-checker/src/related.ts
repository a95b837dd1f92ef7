/**
 * Which pairs of calls are worth asking about: a link wants a chain, a root key, a selective value, a
 * credential or a hand-over in common. Only saves time, and says nothing of whether there is a link;
 * a test holds it against all pairs.
 */
import type { Call } from './call.ts';
import { isUnder } from './hand-over.ts';
import { isSelective, type Stream, valuesSeen } from './stream.ts';

/** What a hand-over ties: the parent's piece of work, and what the child did under it. */
function byHandOver(call: Call, stream: Stream): readonly Call[] {
  return stream.handOvers.flatMap((one) => {
    const before = isUnder(call, one, stream) ? (stream.byChain.get(one.chain) ?? []) : [];
    const isParents = one.agent === call.agent && one.chain === call.chain;
    const children = isParents ? (stream.byAgent.get(one.handsTo ?? '') ?? []) : [];
    return [...before, ...children.filter((child) => isUnder(child, one, stream))];
  });
}

/** Every call that can have any link to `call`. */
export function related(call: Call, stream: Stream): readonly Call[] {
  const values = valuesSeen(call).filter((key) => isSelective(key, call, stream));
  const found = new Set([
    ...(stream.byChain.get(call.chain) ?? []),
    ...call.rootKeys.flatMap((key) => stream.byRootKey.get(key.key) ?? []),
    ...values.flatMap((key) => stream.sightings.get(key) ?? []),
    ...(stream.byResource.get(call.credentialId ?? '') ?? []),
    ...byHandOver(call, stream),
  ]);
  return [...found];
}
