/**
 * The whole stream as one list of calls, with the questions that need all of it: in how many chains
 * a value or a resource was seen before a call. Answers are looked up by going through lists, not by
 * keeping state in step with time: slow, and hard to get wrong.
 */
import type { Policy } from '@waywarden/schemas';
import { durationMs } from '@waywarden/schemas';
import { type Call, didHappen } from './call.ts';

export interface Limits {
  readonly chainsMax: number;
  readonly horizonMs: number;
  readonly hopsMax: number;
  readonly skewMs: number;
  readonly bulkRecords: number;
}

export function limitsOf(policy: Policy): Limits {
  return {
    chainsMax: policy.links.chains_max,
    horizonMs: durationMs(policy.links.horizon),
    hopsMax: policy.links.hops_max,
    skewMs: durationMs(policy.limits.clock_skew),
    bulkRecords: policy.limits.bulk_records,
  };
}

export interface Stream {
  readonly calls: readonly Call[];
  readonly limits: Limits;
  readonly byId: ReadonlyMap<string, Call>;
  readonly bySpan: ReadonlyMap<string, Call>;
  readonly byChain: ReadonlyMap<string, readonly Call[]>;
  /** Every call in which a value stood: in arguments, in the result, or as credential. */
  readonly observations: ReadonlyMap<string, readonly Call[]>;
  readonly byResource: ReadonlyMap<string, readonly Call[]>;
  readonly byRootKey: ReadonlyMap<string, readonly Call[]>;
  readonly byTask: ReadonlyMap<string, readonly Call[]>;
  readonly byAgent: ReadonlyMap<string, readonly Call[]>;
  /** By whatever an order can name besides: instance, credential, the resource it came from. */
  readonly byHolder: ReadonlyMap<string, readonly Call[]>;
  /** Hand-overs that happened: a denied one hands nothing over. By their own id, span and parent. */
  readonly handOvers: {
    readonly byId: ReadonlyMap<string, readonly Call[]>;
    readonly bySpan: ReadonlyMap<string, readonly Call[]>;
    readonly byParent: ReadonlyMap<string, readonly Call[]>;
  };
}

function groupBy(
  calls: readonly Call[],
  keysOf: (call: Call) => Iterable<string>,
): ReadonlyMap<string, readonly Call[]> {
  const groups = new Map<string, Call[]>();
  for (const call of calls) {
    for (const key of new Set(keysOf(call))) {
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [call]);
      else group.push(call);
    }
  }
  return groups;
}

/** Every value that a call shows, wherever. */
export function valuesSeen(call: Call): readonly string[] {
  const keys = [...call.args, ...call.result].map((value) => value.key);
  return call.credentialFp === undefined ? keys : [...keys, call.credentialFp];
}

const some = (key: string | undefined): readonly string[] => (key === undefined ? [] : [key]);

/** An agent at one piece of work: what a hand-over is part of. */
export const parentKey = (agent: string, chain: string): string => JSON.stringify([agent, chain]);

export function streamOf(given: readonly Call[], limits: Limits): Stream {
  const calls = [...given].sort((a, b) => a.timeMs - b.timeMs || (a.id < b.id ? -1 : 1));
  const handOvers = calls.filter((call) => call.handsTo !== undefined && didHappen(call));
  return {
    calls,
    limits,
    byId: new Map(calls.map((call) => [call.id, call])),
    bySpan: new Map(calls.flatMap((call) => some(call.spanId).map((span) => [span, call]))),
    byChain: groupBy(calls, (call) => [call.chain]),
    observations: groupBy(calls, valuesSeen),
    byResource: groupBy(calls, (call) => some(call.target.id)),
    byRootKey: groupBy(calls, (call) => call.rootKeys.map((key) => key.key)),
    byTask: groupBy(calls, (call) => some(call.task)),
    byAgent: groupBy(calls, (call) => [call.agent]),
    byHolder: groupBy(calls, (call) => [
      call.instance,
      ...some(call.credentialId),
      ...some(call.target.id),
    ]),
    handOvers: {
      byId: groupBy(handOvers, (call) => [call.id]),
      bySpan: groupBy(handOvers, (call) => some(call.spanId)),
      byParent: groupBy(handOvers, (call) => [parentKey(call.agent, call.chain)]),
    },
  };
}

/** How many of a list in order of time lie before a moment. */
function countBefore(seen: readonly Call[], momentMs: number): number {
  let [low, high] = [0, seen.length];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if ((seen[middle]?.timeMs ?? Number.POSITIVE_INFINITY) < momentMs) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Whether more than `chains_max` distinct chains are among those calls that lie in the horizon before
 * `use`. Goes backwards from it, and no further than the answer needs: what stands in every chain of
 * a large stream is found common after a few steps.
 */
function isCommon(seen: readonly Call[], use: Call, limits: Limits): boolean {
  const chains = new Set<string>();
  for (let at = countBefore(seen, use.timeMs) - 1; at >= 0; at -= 1) {
    const call = seen[at];
    if (call === undefined || call.timeMs < use.timeMs - limits.horizonMs) return false;
    chains.add(call.chain);
    if (chains.size > limits.chainsMax) return true;
  }
  return false;
}

/** "A value links only if selective: … seen in ≤ K chains in the horizon before its use". */
export function isSelective(key: string, use: Call, stream: Stream): boolean {
  const seen = stream.observations.get(key) ?? [];
  return !isCommon(seen, use, stream.limits);
}

/** "hub values and hub resources are counted in `not_visible`, never linked". */
export function isHubResource(resource: string, use: Call, stream: Stream): boolean {
  const seen = stream.byResource.get(resource) ?? [];
  return isCommon(seen, use, stream.limits);
}
