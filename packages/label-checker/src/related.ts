/**
 * Which pairs of calls are worth asking about: a link wants a chain, a root key, a selective value, a credential or a
 * delegation in common (`link.ts`). Only saves time; a test holds it against all pairs.
 */
import type { Call } from './call.ts';
import { childrenOf, handOversOver } from './hand-over.ts';
import { mayPrecede } from './order.ts';
import { isSelective, parentKey, type Stream, valuesSeen } from './stream.ts';

/** What a hand-over ties: the parent's piece of work, and what the child did under it. */
function byDelegation(call: Call, stream: Stream): readonly Call[] {
  const over = handOversOver(call, stream);
  const by = stream.handOvers.byParent.get(parentKey(call.agent, call.chain)) ?? [];
  return [
    ...over.flatMap((one) => stream.byChain.get(one.chain) ?? []),
    ...by.flatMap((one) => childrenOf(one, stream)),
  ];
}

/** Every call that can have any link to `call`. */
export function related(call: Call, stream: Stream): readonly Call[] {
  const values = valuesSeen(call).filter((key) => isSelective(key, call, stream));
  const observations = values.flatMap((key) => stream.observations.get(key) ?? []);
  const found = new Set([
    ...(stream.byChain.get(call.chain) ?? []),
    ...call.rootKeys.flatMap((key) => stream.byRootKey.get(key.key) ?? []),
    ...observations.filter((one) => mayPrecede(one, call, stream)),
    ...(stream.byResource.get(call.credentialId ?? '') ?? []),
    ...byDelegation(call, stream),
  ]);
  return [...found];
}
