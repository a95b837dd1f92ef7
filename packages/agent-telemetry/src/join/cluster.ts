/**
 * Which observations are of one call: by its id, then by its span, then by what it is (tool and
 * arguments). Observations with one id but other tools or other arguments stay apart: an id is what a
 * client says, and one that repeats ids must not hide a call.
 */
import type { Observation } from '../observation.ts';
import { type SpanTree, spanKey } from './span-tree.ts';
import { argumentKey, fullest, isSameTool } from './values.ts';

/** Milliseconds by which the clocks of two observers of one call may differ. */
const CLOCKS_APART_MS = 2_000;

export interface Cluster {
  readonly observations: Observation[];
  /** The first that was said; `''`: none was. */
  tool: string;
  readonly tools: Set<string>;
  /** `''`: no arguments were seen. */
  args: string;
}

function start({ observations }: Cluster): number {
  return observations[0]?.at ?? 0;
}

function executed(cluster: Cluster): readonly Observation[] {
  return cluster.observations.filter(({ call }) => call?.stage === 'executed');
}

function add(cluster: Cluster, one: Observation): void {
  cluster.observations.push(one);
  if (cluster.tool === '') cluster.tool = one.call?.tool ?? '';
  cluster.tools.add(one.call?.tool ?? '');
  if (cluster.args === '') cluster.args = argumentKey(one.call?.args);
}

function made(one: Observation): Cluster {
  const cluster: Cluster = { observations: [], tool: '', tools: new Set(), args: '' };
  add(cluster, one);
  return cluster;
}

/** Of an observation with the id or the span of a cluster: whether it is of the same call. */
function fits(cluster: Cluster, one: Observation): boolean {
  const args = argumentKey(one.call?.args);
  const areKnown = args !== '' && cluster.args !== '';
  const isSameArgs = args === cluster.args || (areKnown && isPart(args, cluster.args));
  const isSame = [...cluster.tools].some((tool) => isSameTool(tool, one.call?.tool ?? ''));
  if (isSame) return !areKnown || isSameArgs;
  // Some clients name one tool differently to each of their channels.
  const isOtherChannel = cluster.observations.every(({ channel }) => channel !== one.channel);
  return isOtherChannel && (!areKnown || isSameArgs);
}

/** Arguments that were cut or wrapped by one of the observers. */
function isPart(one: string, other: string): boolean {
  const inner = (text: string) => text.slice(1, -1);
  return (
    one === '[]' ||
    other === '[]' ||
    inner(one).includes(inner(other)) ||
    inner(other).includes(inner(one))
  );
}

/** By the id of the call, else by its span. */
function byIdentity(calls: readonly Observation[]): Cluster[] {
  const known = new Map<string, Cluster[]>();
  const clusters: Cluster[] = [];
  for (const one of calls) {
    const span = one.channel === 'message' ? undefined : spanKey(one);
    const id = one.call?.callId;
    const keys = [
      ...(id === undefined ? [] : [`id:${id}`]),
      ...(span === undefined ? [] : [`span:${span}`]),
    ];
    const candidates = keys.flatMap((key) => known.get(key) ?? []);
    let cluster = candidates.find((candidate) => fits(candidate, one));
    if (cluster === undefined) {
      cluster = made(one);
      clusters.push(cluster);
    } else {
      add(cluster, one);
    }
    for (const key of keys) {
      const list = known.get(key);
      if (list === undefined) known.set(key, [cluster]);
      else if (!list.includes(cluster)) list.push(cluster);
    }
  }
  return clusters;
}

function idOf(cluster: Cluster): string | undefined {
  return cluster.observations.find(({ call }) => call?.callId !== undefined)?.call?.callId;
}

function isMessageOnly({ observations }: Cluster): boolean {
  return observations.every(({ channel }) => channel === 'message');
}

function waits(cluster: Cluster): boolean {
  const made = executed(cluster);
  return made.length > 0 && made.every(({ call }) => call?.outcome === 'pending');
}

function isSameCall(one: Cluster, other: Cluster): boolean {
  if (!isSameTool(one.tool, other.tool)) return false;
  return (
    one.args === '' || other.args === '' || one.args === other.args || isPart(one.args, other.args)
  );
}

function sharesThread(one: Cluster, other: Cluster): boolean {
  const keys = (cluster: Cluster) =>
    cluster.observations.flatMap(({ place, threads }) => [
      ...(place === undefined ? [] : [place.trace]),
      ...(threads ?? []),
    ]);
  const mine = new Set(keys(one));
  return keys(other).some((key) => mine.has(key));
}

/** A client's and a server's span of one call, a wrapper around it: one stands below the other. */
function isNested(one: Cluster, other: Cluster, tree: SpanTree): boolean {
  const mine = new Set(executed(one).flatMap((seen) => spanKey(seen) ?? []));
  if (mine.size === 0) return false;
  return executed(other).some((seen) => {
    const key = spanKey(seen);
    if (key === undefined) return false;
    const path = tree.path(key);
    const hit = path.findIndex((node, index) => index > 0 && mine.has(node.key));
    return hit > 0 && path.slice(1, hit).every(({ isRun }) => !isRun);
  });
}

function overlaps(one: Cluster, other: Cluster): boolean {
  const span = (cluster: Cluster) => {
    const seen = executed(cluster);
    const from = Math.min(...seen.map(({ at = 0 }) => at));
    const to = Math.max(...seen.map(({ at = 0, until }) => until ?? at));
    return [from, to] as const;
  };
  const [from, to] = span(one);
  const [otherFrom, otherTo] = span(other);
  return from <= otherTo + CLOCKS_APART_MS && otherFrom <= to + CLOCKS_APART_MS;
}

function conventions({ observations }: Cluster): ReadonlySet<string> {
  return new Set(observations.map(({ channel, convention }) => `${channel}|${convention}`));
}

/** Two observers, such as an agent's SDK and the server that it called, without an id in common. */
function isSeenFromBothSides(one: Cluster, other: Cluster): boolean {
  if (executed(one).length === 0 || executed(other).length === 0) return false;
  const mine = conventions(one);
  if ([...conventions(other)].some((convention) => mine.has(convention))) return false;
  const isSame = one.args === other.args || one.args === '' || other.args === '';
  return isSame && overlaps(one, other);
}

function tellers(cluster: Cluster): readonly string[] {
  return cluster.observations.flatMap((one) =>
    one.channel === 'message' ? [spanKey(one) ?? ''] : [],
  );
}

/**
 * One call that a vendor's history names by a second id: no single history holds both, while two
 * equal calls stand beside each other in what follows them.
 */
function isRenamed(earlier: Cluster, later: Cluster): boolean {
  if (!isMessageOnly(later) || later.args === '' || earlier.args !== later.args) return false;
  const mine = new Set(tellers(earlier));
  const others = tellers(later);
  return mine.size > 0 && !others.some((key) => mine.has(key)) && sharesThread(earlier, later);
}

/** The later of two, in time, is another view of the earlier: a wrapper, the other side, a new name. */
function isOtherView(earlier: Cluster, later: Cluster, tree: SpanTree): boolean {
  if (!isSameCall(earlier, later)) return false;
  const [id, otherId] = [idOf(earlier), idOf(later)];
  if (id !== undefined && id === otherId) return false;
  return (
    isNested(earlier, later, tree) ||
    isNested(later, earlier, tree) ||
    isSeenFromBothSides(earlier, later) ||
    isRenamed(earlier, later)
  );
}

/** The later carries out what the earlier asked for, or what waited for an approval. */
function carriesOut(earlier: Cluster, later: Cluster): boolean {
  if (!isSameCall(earlier, later) || !sharesThread(earlier, later)) return false;
  if (idOf(earlier) !== undefined && idOf(later) !== undefined) return false;
  if (isMessageOnly(earlier) !== isMessageOnly(later)) return true;
  return waits(earlier) && earlier.args === later.args;
}

function absorb(into: Cluster, other: Cluster): void {
  into.observations.push(...other.observations);
  for (const tool of other.tools) into.tools.add(tool);
  into.tool = into.tool === '' ? other.tool : into.tool;
  const args = fullest([into, other].map(({ args: text }) => (text === '' ? undefined : text)));
  into.args = typeof args === 'string' ? args : '';
}

/** Nobody carried it out, and where the answers of models are seen, none asked for it. */
function isUnasked(cluster: Cluster, calls: readonly Observation[]): boolean {
  const isAsked = ({ call }: Observation) => call?.isAsked === true;
  if (!isMessageOnly(cluster) || cluster.observations.some(isAsked)) return false;
  const tellers = new Set(cluster.observations.map(({ convention }) => convention));
  return calls.some((one) => isAsked(one) && tellers.has(one.convention));
}

/** Calls that are looked back at for another view of one. */
const LOOK_BACK_MAX = 200;

/** `calls`: observations with a call, in canonical order. */
export function clusterCalls(calls: readonly Observation[], tree: SpanTree): readonly Cluster[] {
  const found = byIdentity(calls).sort((one, other) => start(one) - start(other));
  const kept: Cluster[] = [];
  // A request is met by one execution only, so that two equal calls stay two.
  const met = new Set<Cluster>();
  for (const cluster of found) {
    const recent = kept.slice(-LOOK_BACK_MAX);
    const view = recent.find((one) => isOtherView(one, cluster, tree));
    const earlier = view ?? recent.find((one) => !met.has(one) && carriesOut(one, cluster));
    if (earlier === undefined) {
      kept.push(cluster);
      continue;
    }
    if (view === undefined && !waits(cluster)) met.add(earlier);
    absorb(earlier, cluster);
  }
  return kept.filter((cluster) => !isUnasked(cluster, calls));
}
