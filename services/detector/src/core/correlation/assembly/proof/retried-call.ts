/** Calls whose outcome nobody knows, and which their agent then repeated with success. */
import { type ChainStep, compareSteps } from '../model/chain-step.ts';
import type { LinkScope } from './chain-link.ts';
import { orderOf } from './step-order.ts';

/** The first success after it of the same agent, tool and arguments; undefined where there is none. */
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

/** Whether a call may not stand on a route over these. */
export type BarsCall = (call: ChainStep, path: readonly ChainStep[]) => boolean;

/**
 * What is found without the calls that a retry replaced before the completing call; only where that is
 * nothing, with them, and never beside their own retry.
 */
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
