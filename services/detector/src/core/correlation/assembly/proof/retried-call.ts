/** Calls of unknown outcome that their agent repeated with success. */
import { type ChainStep, compareSteps } from '../model/chain-step.ts';
import type { LinkScope } from './chain-link.ts';
import { orderOf } from './step-order.ts';

export function retryOf({ store, policy }: LinkScope, call: ChainStep): ChainStep | undefined {
  const { exercise, args_hash: args, agent_uid: agent, tool } = call.wire;
  if (exercise !== 'possibly' || args === undefined) return undefined;
  return store
    .stepsOf(store.numbersBy(agent))
    .filter(
      ({ wire, ...one }) =>
        wire.exercise === 'exercised' &&
        wire.args_hash === args &&
        wire.tool?.name === tool?.name &&
        wire.tool?.server === tool?.server &&
        orderOf(call, { wire, ...one }, policy.skewMs) === 'before',
    )
    .toSorted(compareSteps)[0];
}

export type BarsCall = (call: ChainStep, path: readonly ChainStep[]) => boolean;

/** With them only where nothing is found without, and never beside their own retry. */
export function withoutRetried<T>(
  scope: LinkScope,
  completing: ChainStep,
  find: (bars: BarsCall) => T | undefined,
): T | undefined {
  let isMet = false;
  const found = find((call) => {
    const retry = retryOf(scope, call);
    if (retry === undefined) return false;
    if (orderOf(completing, retry, scope.policy.skewMs) === 'before') return false;
    isMet = true;
    return true;
  });
  if (found !== undefined || !isMet) return found;
  return find((call, path) => {
    const retry = retryOf(scope, call);
    return retry !== undefined && path.includes(retry);
  });
}
