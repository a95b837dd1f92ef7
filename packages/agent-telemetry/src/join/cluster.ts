/** What was observed of one call, precomputed for comparison. */
import type { Observation } from '../model/observation.ts';
import { type SpanTree, spanKey } from './span-tree.ts';
import { areSameTool, argumentKey, comparableToolName, fullest, isSameTool } from './values.ts';

/** Clocks of two observers. */
export const CLOCKS_APART_MS = 2_000;
/** Wrappers, and client to server. */
export const NESTED_WITHIN = 16;

export class Cluster {
  readonly observations: Observation[] = [];
  readonly executed: Observation[] = [];
  readonly spans = new Set<string>();
  readonly tools = new Set<string>();
  readonly threads = new Set<string>();
  readonly observers = new Set<string>();
  readonly tellers = new Set<string>();
  /** `''`: none. */
  tool = '';
  name = comparableToolName('');
  /** `''`: none. */
  args = '';
  id: string | undefined;
  isMessageOnly = true;
  isAsked = false;
  from = Number.POSITIVE_INFINITY;
  to = Number.NEGATIVE_INFINITY;

  add(one: Observation): void {
    const { call, place, threads, channel, convention } = one;
    const span = spanKey(one);
    this.observations.push(one);
    if (this.tool === '' && call !== undefined) {
      this.tool = call.tool;
      this.name = comparableToolName(call.tool);
    }
    this.tools.add(call?.tool ?? '');
    if (this.args === '') this.args = argumentKey(call?.args);
    this.id ??= call?.callId;
    if (place !== undefined) this.threads.add(place.trace);
    for (const thread of threads ?? []) this.threads.add(thread);
    this.observers.add(`${channel}|${convention}`);
    if (channel === 'message') this.tellers.add(span ?? '');
    else this.isMessageOnly = false;
    if (call?.isAsked === true) this.isAsked = true;
    if (call?.stage !== 'executed') return;
    this.executed.push(one);
    if (span !== undefined && channel !== 'message') this.spans.add(span);
    this.from = Math.min(this.from, one.at ?? 0);
    this.to = Math.max(this.to, one.until ?? one.at ?? 0);
  }

  absorb(other: Cluster): void {
    const args = fullest([this, other].map((one) => (one.args === '' ? undefined : one.args)));
    for (const one of other.observations) this.add(one);
    this.args = typeof args === 'string' ? args : '';
  }

  get start(): number {
    return this.observations[0]?.at ?? 0;
  }

  get waits(): boolean {
    const isOpen = ({ call }: Observation) =>
      call?.outcome === 'pending' || call?.outcome === undefined;
    return this.executed.length > 0 && this.executed.every(isOpen);
  }
}

/** Cut or wrapped. */
export function isPart(one: string, other: string): boolean {
  const inner = (text: string) => text.slice(1, -1);
  return (
    one === '[]' ||
    other === '[]' ||
    inner(one).includes(inner(other)) ||
    inner(other).includes(inner(one))
  );
}

export function isSameCall(one: Cluster, other: Cluster): boolean {
  if (!areSameTool(one.name, other.name)) return false;
  return (
    one.args === '' || other.args === '' || one.args === other.args || isPart(one.args, other.args)
  );
}

function exact(value: unknown): string {
  return value === undefined ? '' : JSON.stringify(value);
}

function areOther(one: string, other: string): boolean {
  return one !== '' && other !== '' && one !== other;
}

function overlap(one: Observation, other: Observation): boolean {
  const [from = 0, otherFrom = 0] = [one.at, other.at];
  const to = one.until ?? from;
  const otherTo = other.until ?? otherFrom;
  return from <= otherTo + CLOCKS_APART_MS && otherFrom <= to + CLOCKS_APART_MS;
}

function isBelow(one: Observation, other: Observation, tree: SpanTree): boolean {
  const [key, above] = [spanKey(one), spanKey(other)];
  if (key === undefined || above === undefined) return false;
  return tree.climb(key, NESTED_WITHIN).some((node) => node.key === above);
}

function actorOf(one: Observation, tree: SpanTree): string {
  const key = spanKey(one);
  const run = key === undefined ? undefined : tree.nearestRun(key);
  const agent = run ?? one.agent;
  return agent?.name ?? agent?.id ?? '';
}

/** By arguments, result, agent, session or time. */
function isOtherExecution(one: Observation, other: Observation, tree: SpanTree): boolean {
  if (one.channel !== other.channel || one.convention !== other.convention) return false;
  const [key, otherKey] = [spanKey(one), spanKey(other)];
  if (key !== undefined && key === otherKey) return false;
  if (one.call?.outcome === 'pending' || other.call?.outcome === 'pending') return false;
  if (isBelow(one, other, tree) || isBelow(other, one, tree)) return false;
  if (areOther(exact(one.call?.args), exact(other.call?.args))) return true;
  const [result, otherResult] = [argumentKey(one.call?.result), argumentKey(other.call?.result)];
  if (areOther(result, otherResult) && !isPart(result, otherResult)) return true;
  if (areOther(one.session ?? '', other.session ?? '')) return true;
  if (areOther(actorOf(one, tree), actorOf(other, tree))) return true;
  return one.channel === 'span' && !overlap(one, other);
}

/** With a shared id or span. */
export function fits(cluster: Cluster, one: Observation, tree: SpanTree): boolean {
  const args = argumentKey(one.call?.args);
  const areKnown = args !== '' && cluster.args !== '';
  const isSameArgs = !areKnown || args === cluster.args || isPart(args, cluster.args);
  const isSame = [...cluster.tools].some((tool) => isSameTool(tool, one.call?.tool ?? ''));
  // Names differ by channel.
  const isOtherChannel = cluster.observations.every(({ channel }) => channel !== one.channel);
  if (!isSameArgs || !(isSame || isOtherChannel)) return false;
  if (one.call?.stage !== 'executed') return true;
  return !cluster.executed.some((seen) => isOtherExecution(seen, one, tree));
}

function sharesThread(one: Cluster, other: Cluster): boolean {
  const [few, many] = one.threads.size < other.threads.size ? [one, other] : [other, one];
  return [...few.threads].some((thread) => many.threads.has(thread));
}

/** Without a shared id. */
function isSeenFromBothSides(one: Cluster, other: Cluster): boolean {
  if (one.executed.length === 0 || other.executed.length === 0) return false;
  if ([...other.observers].some((observer) => one.observers.has(observer))) return false;
  const isSame = one.args === other.args || one.args === '' || other.args === '';
  const overlaps = one.from <= other.to + CLOCKS_APART_MS && other.from <= one.to + CLOCKS_APART_MS;
  return isSame && overlaps;
}

/** A vendor's second id: no single history holds both. */
function isRenamed(earlier: Cluster, later: Cluster): boolean {
  if (!later.isMessageOnly || later.args === '' || earlier.args !== later.args) return false;
  const isBoth = [...later.tellers].some((teller) => earlier.tellers.has(teller));
  return earlier.tellers.size > 0 && !isBoth && sharesThread(earlier, later);
}

/** The other side, or a new name. */
export function isOtherView(earlier: Cluster, later: Cluster): boolean {
  if (earlier.id !== undefined && earlier.id === later.id) return false;
  if (!isSameCall(earlier, later)) return false;
  return isSeenFromBothSides(earlier, later) || isRenamed(earlier, later);
}

/** Or what waited for approval. */
export function carriesOut(earlier: Cluster, later: Cluster): boolean {
  if (earlier.id !== undefined && later.id !== undefined) return false;
  if (!isSameCall(earlier, later) || !sharesThread(earlier, later)) return false;
  if (earlier.isMessageOnly !== later.isMessageOnly) return true;
  return earlier.waits && earlier.args === later.args;
}
