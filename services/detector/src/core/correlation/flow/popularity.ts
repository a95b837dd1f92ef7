/**
 * In how many chains a value stood. An agent's own showing does not count towards its uses; of a chain the two
 * earliest and latest agents are stored.
 */
import type { ObservationWay } from '@waywarden/schemas';
import type { HubSpan, Times } from '../assembly/model/hub-span.ts';
import { HUB_EXCEPTIONS_MAX } from './flow-limits.ts';

/** Whoever acted for a principal: the count is the same for each agent. */
const WHOEVER = '*';

export function shownBy(by: ObservationWay, agent: string): string {
  return by === 'principal' ? WHOEVER : agent;
}

interface Shown {
  readonly agent: string;
  readonly ms: number;
}

export interface ChainSpan {
  readonly chain: string;
  readonly first: readonly Shown[];
  readonly last: readonly Shown[];
}

const NOT_COUNTED: ReadonlySet<ObservationWay> = new Set([
  'credential',
  'root_key',
  'hand_over',
  'under',
  'granted',
  'grantee',
]);

export function isCounted(by: ObservationWay): boolean {
  return !NOT_COUNTED.has(by);
}

type Before = (a: Shown, b: Shown) => boolean;

function withBest(two: readonly Shown[], shown: Shown, isBefore: Before): readonly Shown[] {
  const [best, second] = two;
  if (best === undefined) return [shown];
  if (shown.agent === best.agent) {
    return isBefore(shown, best) ? [shown, ...two.slice(1)] : two;
  }
  if (isBefore(shown, best)) return [shown, best];
  return second === undefined || isBefore(shown, second) ? [best, shown] : two;
}

const earlier: Before = (a, b) => a.ms < b.ms || (a.ms === b.ms && a.agent < b.agent);
const later: Before = (a, b) => a.ms > b.ms || (a.ms === b.ms && a.agent < b.agent);

function withShown({ chain, first, last }: ChainSpan, shown: Shown): ChainSpan {
  return {
    chain,
    first: withBest(first, shown, earlier),
    last: withBest(last, shown, later),
  };
}

const endOf = (span: ChainSpan) => span.last[0]?.ms ?? Number.NEGATIVE_INFINITY;

export function withChain(
  spans: readonly ChainSpan[],
  chain: string,
  shown: Shown,
  max: number,
): readonly ChainSpan[] {
  const known = spans.find((one) => one.chain === chain);
  const before = known ?? { chain, first: [], last: [] };
  const retained = [...spans.filter((one) => one !== known), withShown(before, shown)];
  if (retained.length <= max) return retained;
  return retained.sort((a, b) => endOf(b) - endOf(a) || (a.chain < b.chain ? -1 : 1)).slice(0, max);
}

interface HubRule {
  readonly chainsMax: number;
  readonly linkHorizonMs: number;
}

const ascending = (a: number, b: number) => a - b;
const NEVER = Number.NEGATIVE_INFINITY;

/**
 * Times in which over `chainsMax` chains count for uses by `agent` (null: one that never showed it). Beginnings and
 * ends are each in order.
 */
function hubTimes(
  spans: readonly ChainSpan[],
  agent: string | null,
  { chainsMax, linkHorizonMs }: HubRule,
): readonly Times[] {
  const begins: number[] = [];
  const ends: number[] = [];
  for (const { first, last } of spans) {
    const from = first.find((one) => one.agent !== agent);
    const until = last.find((one) => one.agent !== agent);
    if (from === undefined || until === undefined) continue;
    begins.push(from.ms);
    ends.push(until.ms + linkHorizonMs);
  }
  if (begins.length <= chainsMax) return [];
  begins.sort(ascending);
  ends.sort(ascending);
  const found: Times[] = [];
  for (const [at, from] of begins.slice(chainsMax).entries()) {
    const until = ends[at] ?? NEVER;
    const last = found.at(-1);
    if (last !== undefined && from < last.until) found.splice(-1, 1, { from: last.from, until });
    else if (from < until) found.push({ from, until });
  }
  return found;
}

function within(span: Times, own: readonly Times[]): Times {
  const inside = own.filter(({ from, until }) => from < span.until && until > span.from);
  const [first, last] = [inside.at(0), inside.at(-1)];
  if (first === undefined || last === undefined) return { from: span.until, until: span.until };
  return { from: Math.max(first.from, span.from), until: Math.min(last.until, span.until) };
}

export function hubSpans(spans: readonly ChainSpan[], rule: HubRule): readonly HubSpan[] {
  if (spans.length <= rule.chainsMax) return [];
  const all = hubTimes(spans, null, rule);
  if (all.length === 0) return [];
  const agents = new Set<string>();
  for (const { first, last } of spans) {
    for (const shown of [first[0], last[0]]) {
      if (shown !== undefined && shown.agent !== WHOEVER) agents.add(shown.agent);
    }
  }
  const own = new Map([...agents].sort().map((agent) => [agent, hubTimes(spans, agent, rule)]));
  return all.map((span) => {
    const others = [...own]
      .map(([agent, times]) => [agent, within(span, times)] as const)
      .filter(([, { from, until }]) => from !== span.from || until !== span.until)
      .sort(([, a], [, b]) => b.from - a.from)
      .slice(0, HUB_EXCEPTIONS_MAX);
    return { ...span, except: Object.fromEntries(others) };
  });
}
