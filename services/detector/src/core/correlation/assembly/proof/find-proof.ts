/**
 * The minimal proof that a call completed a combination: fewest doubtful links, then fewest events. Least-cost
 * search back from that call.
 */
import { EXACT_AGENTS_MAX } from '../model/assembly-limits.ts';
import { type ChainStep, compareSteps } from '../model/chain-step.ts';
import { type BarsCall, conditionHolds, withoutRetried } from './call-conditions.ts';
import { CARRYING, isCarriedOut, viaOf } from './carried-values.ts';
import type { ChainLink, LinkScope } from './chain-link.ts';
import { type LinkLook, linksInto } from './chain-links.ts';
import type { CompiledCombination, CompiledVariant, LineStep } from './compile-combination.ts';
import { EVIDENCE } from './compile-combination.ts';
import { mayRelay } from './foreign-links.ts';
import { doubtsOf, isAsserted } from './proof-assurance.ts';
import { ExploredRoutes, type ProofStep, type Route, RouteQueue, spanLook } from './proof-route.ts';
import { carriesOn, provenPrincipal } from './slow-lineage.ts';
import { isDoubtfulClaim, matchedSymbols } from './step-match.ts';
import { tiesInto } from './step-ties.ts';

export interface Proof {
  readonly completing: ChainStep;
  readonly steps: readonly ProofStep[];
  readonly connecting: readonly ChainStep[];
  readonly links: readonly ChainLink[];
  readonly minimal: boolean;
  readonly byPrincipal: boolean;
}

export class WorkCounter {
  done = 0;
  readonly max: number;

  constructor(max: number) {
    this.max = max;
  }

  get exceeded(): boolean {
    return this.done > this.max;
  }
}

export interface ProofScope extends LinkScope {
  readonly combination: CompiledCombination;
  readonly work: WorkCounter;
  readonly byPrincipal?: boolean;
  readonly bars?: BarsCall;
}

/** A link always costs something. */
const FULL_STRENGTH = 101;
const BANS_MAX = 16;

interface LineSearch {
  readonly scope: ProofScope;
  readonly line: readonly LineStep[];
  readonly completing: ChainStep;
  readonly pinned: ReadonlyMap<number, ChainStep>;
  readonly banned: ReadonlySet<string>;
}

function inTime({ scope, completing }: LineSearch, event: ChainStep): boolean {
  const { withinMs } = scope.combination;
  return withinMs === null || Math.abs(completing.ms - event.ms) <= withinMs;
}

function hasPast({ scope, completing }: Pick<LineSearch, 'scope' | 'completing'>): boolean {
  const { withinMs } = scope.combination;
  if (withinMs === null) return false;
  const { store } = scope;
  const firstMs = Math.min(store.meta()?.firstMs ?? completing.ms, store.foreign().firstMs);
  return completing.ms - firstMs > withinMs;
}

function fitsOthers(search: LineSearch, route: Route, at: number, call: ChainStep): boolean {
  const { scope, pinned } = search;
  const callOf = (step: number) =>
    route.matched.find((one) => one.step === step)?.event ?? pinned.get(step);
  return scope.combination.conditions.every((condition) => {
    const { step, other } = condition;
    if (step !== at && other !== at) return true;
    const second = callOf(step === at ? other : step);
    if (second === undefined) return true;
    return step === at
      ? conditionHolds(scope, condition, call, second)
      : conditionHolds(scope, condition, second, call);
  });
}

function laterSteps({ scope, line }: LineSearch, at: number, calls: readonly ChainStep[]) {
  const later = line.slice(at + 1).flatMap(({ step }) => scope.combination.steps[step] ?? []);
  return calls.filter((call) => later.some((step) => matchedSymbols(step, call).length > 0));
}

function follow(search: LineSearch, route: Route, link: ChainLink): readonly Route[] {
  const routes: Route[] = [];
  const { scope, line, pinned, banned } = search;
  const { from } = link;
  const sought = line[route.at + 1];
  const step = sought && scope.combination.steps[sought.step];
  if (sought === undefined || step === undefined) return routes;
  const { withinMs } = scope.combination;
  const lineage = route.lineage && withinMs !== null && carriesOn(link, withinMs, scope);
  if (!lineage && !inTime(search, from)) return routes;
  if (scope.bars?.(from, route.path) === true) return routes;
  // A relay may be passed twice: calls of unknown order can lead to each other, and forbidding it
  // would make what is found depend on the way by which a step was reached first.
  const isKnown = route.path.includes(from);
  const through = link.through;
  const extra = through === undefined || route.path.includes(through) ? [] : [through];
  const on: Route = {
    event: from,
    at: route.at,
    hops: route.hops + 1,
    doubtful: route.doubtful + Number(link.doubtful),
    events: route.events + (isKnown ? 0 : 1) + extra.length,
    doubts: route.doubts + doubtsOf(link, isKnown ? extra : [...extra, from]),
    loss: route.loss + FULL_STRENGTH - link.strength,
    lineage,
    path: [...route.path, ...extra, from],
    through: extra.length === 0 ? route.through : [...route.through, ...extra],
    links: [...route.links, link],
    matched: route.matched,
    taken: [...route.taken, ...laterSteps(search, route.at, [...extra, from])],
  };
  const isTie = !EVIDENCE.has(link.via);
  const mayGoOn = line[route.at]?.direct !== true && !isTie;
  if (mayGoOn && (link.via !== 'context' || mayRelay(scope, from))) routes.push(on);
  const pin = pinned.get(sought.step);
  if (isKnown || banned.has(`${sought.step}/${from.n}`) || (pin !== undefined && pin.n !== from.n))
    return routes;
  const symbols = matchedSymbols(step, from);
  if (symbols.length === 0) return routes;
  if (!fitsOthers(search, route, sought.step, from)) return routes;
  routes.push({
    ...on,
    at: route.at + 1,
    doubts: on.doubts + (isDoubtfulClaim(from, symbols) ? 1 : 0),
    matched: [...route.matched, { step: sought.step, event: from, symbols }],
  });
  return routes;
}

function viaInto({ scope, line }: LineSearch, route: Route) {
  const { via, step = -1 } = line[route.at] ?? {};
  const isStep = route.matched.at(-1)?.event.n === route.event.n;
  return via && viaOf(isStep ? scope.combination.steps[step] : undefined, route.event, via);
}

function leadsInto(search: LineSearch, route: Route, look: LinkLook): readonly ChainLink[] {
  const { scope, line } = search;
  const via = viaInto(search, route);
  const links = [...linksInto(scope, route.event, look, via)];
  if (via === CARRYING) return links.filter((link) => isCarriedOut(scope, link));
  const sought = scope.combination.steps[line[route.at + 1]?.step ?? -1];
  if (via === undefined || sought === undefined) return links;
  if (route.matched.at(-1)?.event.n === route.event.n) {
    links.push(...tiesInto(scope, route.event, sought, via));
  }
  return links;
}

const NO_STEPS: ReadonlySet<number> = new Set();

function pairedSteps(combination: CompiledCombination, completing: number): ReadonlySet<number> {
  if (combination.conditions.length === 0) return NO_STEPS;
  const paired = new Set(combination.conditions.flatMap((one) => [one.step, one.other]));
  paired.delete(completing);
  return paired;
}

interface FoundRoute {
  readonly route: Route;
  /** A smaller proof may have been among them. */
  readonly isCut: boolean;
}

function searchLine(search: LineSearch, first: ProofStep): FoundRoute | undefined {
  const { scope, line, completing } = search;
  const heap = new RouteQueue();
  const explored = new ExploredRoutes(
    pairedSteps(scope.combination, first.step),
    spanLook(scope.store),
  );
  const doubts =
    (isDoubtfulClaim(completing, first.symbols) ? 1 : 0) + (isAsserted(completing) ? 1 : 0);
  const lineage = hasPast(search);
  const start = {
    event: completing,
    at: 0,
    hops: 0,
    doubtful: 0,
    events: 1,
    doubts,
    loss: 0,
    lineage,
  };
  heap.push({ ...start, path: [completing], through: [], links: [], matched: [first], taken: [] });
  for (let route = heap.pop(); route !== undefined; route = heap.pop()) {
    if (route.at === line.length - 1) return { route, isCut: explored.isCut };
    const via = viaInto(search, route);
    if (!explored.isNew(route) || route.hops >= scope.policy.hopsMax || via === undefined) continue;
    const look = explored.lookFrom(route, via);
    for (const link of leadsInto(search, route, look)) {
      scope.work.done += 1;
      for (const next of follow(search, route, link)) {
        if (explored.isPromising(next)) heap.push(next);
      }
    }
    if (scope.work.exceeded) return undefined;
  }
  return undefined;
}

function collect(scope: ProofScope, completing: ChainStep, found: readonly FoundRoute[]): Proof {
  const routes = found.map(({ route }) => route);
  const isCut = found.some((one) => one.isCut);
  const steps = new Map<number, ProofStep>();
  for (const one of routes.flatMap((route) => route.matched)) steps.set(one.step, one);
  const matched = new Set([...steps.values()].map((one) => one.event.n));
  const connecting = new Map<number, ChainStep>();
  for (const event of routes.flatMap((route) => route.path)) {
    if (!matched.has(event.n)) connecting.set(event.n, event);
  }
  const links = new Map<string, ChainLink>();
  for (const link of routes.flatMap((route) => route.links)) {
    links.set(`${link.from.n}/${link.to.n}/${link.via}`, link);
  }
  const all = [...steps.values(), ...[...connecting.values()].map((event) => ({ event }))];
  const mayRepass = connecting.size > 1 && [...links.values()].some((link) => link.doubtful);
  const isExact = scope.combination.linear && !isCut && !mayRepass;
  const agents = new Set(all.map((one) => one.event.wire.agent_uid)).size;
  return {
    completing,
    steps: [...steps.values()].sort((a, b) => a.step - b.step),
    connecting: [...connecting.values()].sort(compareSteps),
    links: [...links.values()].reverse(),
    byPrincipal: scope.byPrincipal === true,
    minimal: agents <= EXACT_AGENTS_MAX && (isExact || connecting.size === 0),
  };
}

function proveVariant(
  scope: ProofScope,
  completing: ChainStep,
  variant: CompiledVariant,
): Proof | undefined {
  const step = scope.combination.steps[variant.completing];
  const symbols = step === undefined ? [] : matchedSymbols(step, completing);
  if (symbols.length === 0) return undefined;
  const first: ProofStep = { step: variant.completing, event: completing, symbols };
  const banned = new Set<string>();
  for (let tries = 0; tries <= BANS_MAX; tries += 1) {
    const pinned = new Map<number, ChainStep>([[variant.completing, completing]]);
    const routes: FoundRoute[] = [];
    for (const line of variant.lines) {
      const found = searchLine({ scope, line, completing, pinned, banned }, first);
      if (found === undefined) break;
      routes.push(found);
      for (const one of found.route.matched) pinned.set(one.step, one.event);
    }
    if (routes.length === variant.lines.length) return collect(scope, completing, routes);
    // A dead end for a later line: try again without it.
    const last = routes.at(-1)?.route.matched.at(-1);
    if (last === undefined || last.event === completing) return undefined;
    banned.add(`${last.step}/${last.event.n}`);
  }
  return undefined;
}

function findIn(all: ProofScope, completing: ChainStep): Proof | undefined {
  return withoutRetried(all, completing, (bars) => {
    const scope = { ...all, bars };
    for (const variant of scope.combination.variants) {
      const proof = proveVariant(scope, completing, variant);
      if (proof !== undefined) return proof;
    }
    return undefined;
  });
}

/** Undefined when it did not; by principal alone only where there is no other. */
export function findProof(scope: ProofScope, completing: ChainStep): Proof | undefined {
  const found = findIn(scope, completing);
  if (found !== undefined || provenPrincipal(completing.wire) === undefined) return found;
  if (!hasPast({ scope, completing })) return undefined;
  return findIn({ ...scope, byPrincipal: true }, completing);
}
