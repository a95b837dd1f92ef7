/**
 * Which observations are of one call: by id, span, nesting, then tool and arguments. Two executions by one observer
 * stay two calls.
 */
import type { Observation } from '../model/observation.ts';
import { Cluster, carriesOut, fits, isOtherView, isSameCall, NESTED_WITHIN } from './cluster.ts';
import { type SpanTree, spanKey } from './span-tree.ts';

/** Of its tool, and of any. */
const LOOK_BACK_MAX = 48;
const SAME_ID_MAX = 64;

function byIdentity(calls: readonly Observation[], tree: SpanTree): Cluster[] {
  const known = new Map<string, Cluster[]>();
  const clusters: Cluster[] = [];
  for (const one of calls) {
    const span = one.channel === 'message' ? undefined : spanKey(one);
    const id = one.call?.callId;
    const keys = [
      ...(id === undefined ? [] : [`id:${id}`]),
      ...(span === undefined ? [] : [`span:${span}`]),
    ];
    const candidates = keys.flatMap((key) => known.get(key)?.slice(-SAME_ID_MAX) ?? []);
    let cluster = candidates.find((candidate) => fits(candidate, one, tree));
    if (cluster === undefined) {
      cluster = new Cluster();
      clusters.push(cluster);
    }
    cluster.add(one);
    for (const key of keys) {
      const list = known.get(key);
      if (list === undefined) known.set(key, [cluster]);
      else if (!list.includes(cluster)) list.push(cluster);
    }
  }
  return clusters;
}

class Clusters {
  readonly all: Cluster[] = [];
  readonly #tree: SpanTree;
  readonly #byTool = new Map<string, Cluster[]>();
  readonly #bySpan = new Map<string, Cluster>();
  readonly #above = new Map<string, Cluster>();

  constructor(tree: SpanTree) {
    this.#tree = tree;
  }

  /** One stands below the other. */
  nested(cluster: Cluster): Cluster | undefined {
    for (const key of cluster.spans) {
      const below = this.#above.get(key);
      if (below !== undefined && isSameCall(below, cluster)) return below;
      for (const { key: above, isRun } of this.#tree.climb(key, NESTED_WITHIN)) {
        const found = this.#bySpan.get(above);
        if (found !== undefined && isSameCall(found, cluster)) return found;
        if (isRun) break;
      }
    }
    return undefined;
  }

  recent(cluster: Cluster): readonly Cluster[] {
    const own = this.#byTool.get(cluster.name.key)?.slice(-LOOK_BACK_MAX) ?? [];
    const others = this.all.slice(-LOOK_BACK_MAX);
    return [...own, ...others.filter(({ name }) => name.key !== cluster.name.key)];
  }

  add(cluster: Cluster): void {
    this.all.push(cluster);
    const list = this.#byTool.get(cluster.name.key);
    if (list === undefined) this.#byTool.set(cluster.name.key, [cluster]);
    else list.push(cluster);
    this.index(cluster);
  }

  index(cluster: Cluster): void {
    for (const key of cluster.spans) {
      this.#bySpan.set(key, cluster);
      for (const { key: above, isRun } of this.#tree.climb(key, NESTED_WITHIN)) {
        this.#above.set(above, cluster);
        if (isRun) break;
      }
    }
  }
}

export function clusterCalls(calls: readonly Observation[], tree: SpanTree): readonly Cluster[] {
  const found = byIdentity(calls, tree).sort((one, other) => one.start - other.start);
  const clusters = new Clusters(tree);
  // Two equal calls stay two.
  const met = new Set<Cluster>();
  for (const cluster of found) {
    const recent = clusters.recent(cluster);
    const view = clusters.nested(cluster) ?? recent.find((one) => isOtherView(one, cluster));
    const earlier = view ?? recent.find((one) => !met.has(one) && carriesOut(one, cluster));
    if (earlier === undefined) {
      clusters.add(cluster);
      continue;
    }
    if (view === undefined && !cluster.waits) met.add(earlier);
    earlier.absorb(cluster);
    clusters.index(earlier);
  }
  // And no model asked for it.
  const answering = new Set(
    calls.flatMap(({ call, convention }) => (call?.isAsked === true ? [convention] : [])),
  );
  return clusters.all.filter(
    ({ isMessageOnly, isAsked, observations }) =>
      !isMessageOnly ||
      isAsked ||
      !observations.some(({ convention }) => answering.has(convention)),
  );
}
