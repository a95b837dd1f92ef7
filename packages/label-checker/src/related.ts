/**
 * Which pairs of calls are worth asking about: a link wants a chain, a root key, a selective value, a
 * credential or a hand-over in common. Only saves time, and says nothing of whether there is a link;
 * a test holds it against all pairs.
 *
 * Why it leaves out no link, kind by kind (`link.ts`): `context`, `grantee`, `same_object` and
 * `derived_credential` ask for one chain; `delegation` for a shared root key or a hand-over between
 * the two; `data_flow`, `resource` and the secret of `secret_use` for a value that is selective at the
 * later call and stands in both; the created credential for a call on that very resource. Whether a
 * value is selective is asked of the whole stream. All but `derived_credential` (one chain) also want
 * the earlier call not to be later: a value that will be in every chain one day is thereby no reason
 * to look at all of them from its first use.
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
