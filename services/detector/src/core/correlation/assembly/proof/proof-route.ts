/** Routes of the proof search: what one costs, and which need not be followed. The order is total. */
import type { StepLink } from '@waywarden/schemas';
import { ROUTES_ALIKE_MAX } from '../model/assembly-limits.ts';
import { type ChainStep, compareSteps, lateMsOf } from '../model/chain-step.ts';
import type { ChainStore } from '../model/chain-store.ts';
import type { ChainLink } from './chain-link.ts';
import type { LinkLook } from './chain-links.ts';

export interface ProofStep {
  readonly step: number;
  readonly event: ChainStep;
  readonly symbols: readonly string[];
}

interface RouteCost {
  readonly hops: number;
  readonly doubtful: number;
  readonly events: number;
  readonly doubts: number;
  readonly loss: number;
  /** Every link so far may lead beyond the combination's `within`; false where none needs to. */
  readonly lineage: boolean;
}

export interface Route extends RouteCost {
  readonly event: ChainStep;
  readonly at: number;
  readonly path: readonly ChainStep[];
  /** Hand-overs by which a link held: another link that needs one costs no event more. */
  readonly through: readonly ChainStep[];
  readonly links: readonly ChainLink[];
  readonly matched: readonly ProofStep[];
  /** Calls that could have been a step still sought: none is met twice as a step. */
  readonly taken: readonly ChainStep[];
}

function comparePaths(a: readonly ChainStep[], b: readonly ChainStep[]): number {
  for (const [n, step] of a.entries()) {
    const other = b[n];
    if (other === undefined) return 1;
    const order = compareSteps(step, other);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

const eventsOf = (matched: readonly ProofStep[]) => matched.map((one) => one.event);

/**
 * By the events that a proof has at least (A*), so that relays are not followed needlessly. Every link costs
 * strength.
 */
function compareRoutes(a: Route, b: Route): number {
  return (
    a.doubtful - b.doubtful ||
    a.events - a.at - (b.events - b.at) ||
    a.doubts - b.doubts ||
    a.loss - b.loss ||
    b.at - a.at ||
    comparePaths(a.path, b.path) ||
    comparePaths(eventsOf(a.matched), eventsOf(b.matched)) ||
    a.hops - b.hops ||
    compareKinds(a.links, b.links)
  );
}

const linkName = (link: ChainLink) => `${link.via}/${link.through?.wire.event_id ?? ''}`;

function compareKinds(a: readonly ChainLink[], b: readonly ChainLink[]): number {
  for (const [n, link] of a.entries()) {
    const other = b[n];
    const [mine, theirs] = [linkName(link), other === undefined ? '' : linkName(other)];
    if (mine !== theirs) return mine < theirs ? -1 : 1;
  }
  return a.length - b.length;
}

export class RouteQueue {
  readonly #routes: Route[] = [];

  push(route: Route): void {
    let [low, high] = [0, this.#routes.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const other = this.#routes[middle];
      if (other !== undefined && compareRoutes(other, route) > 0) low = middle + 1;
      else high = middle;
    }
    this.#routes.splice(low, 0, route);
  }

  pop(): Route | undefined {
    return this.#routes.pop();
  }
}

/** The other, though cheaper, may end where this goes on. */
function mayStillUse(route: Route, { taken }: Route): boolean {
  return taken.some((call) => !route.path.includes(call));
}

function spares({ through }: Route, other: Route): number {
  return through.filter((delegating) => !other.path.includes(delegating)).length;
}

function isBeaten(route: Route, before: Route | undefined): boolean {
  if (before === undefined || before.hops > route.hops || mayStillUse(route, before)) return false;
  if (before.doubtful !== route.doubtful) return before.doubtful < route.doubtful;
  return spares(route, before) <= route.events - before.events;
}

function coversContext(later: ChainStep, earlier: ChainStep): boolean {
  const [a, b] = [later.wire, earlier.wire];
  if (a.instance_uid !== b.instance_uid || a.task_id !== b.task_id) return false;
  if (a.event_time_quality !== b.event_time_quality || later.ms <= earlier.ms) return false;
  if (lateMsOf(earlier) > 0) return false;
  if (a.claims.task !== b.claims.task) return false;
  const [last, first] = [a.source_seq, b.source_seq];
  return (last === undefined) === (first === undefined) && (last?.seq ?? 0) >= (first?.seq ?? 0);
}

interface SpanLook {
  readonly holdsCalls: (call: ChainStep) => boolean;
  readonly isInHandOf: (call: ChainStep, whose: 'own' | 'other') => boolean;
}

export function spanLook(store: ChainStore): SpanLook {
  return {
    holdsCalls: ({ n, wire: { span_id: span } }) =>
      span !== undefined && store.tables.bySpan(span).under.some((other) => other !== n),
    isInHandOf: ({ n, wire: { parent_span_id: span, agent_uid: agent } }, whose) =>
      span !== undefined &&
      [...store.stepsOf(store.tables.bySpan(span).over)].some(
        (other) => other.n !== n && (other.wire.agent_uid === agent) === (whose === 'own'),
      ),
  };
}

/**
 * What one search has seen. A dearer route is given up only when all that its paid hand-overs could spare is no
 * more than the difference.
 */
export class ExploredRoutes {
  readonly #paired: ReadonlySet<number>;
  readonly #spans: SpanLook;
  readonly #expanded = new Map<string, Route[]>();
  readonly #contexts = new Map<string, Route>();
  readonly #handOvers = new Map<string, Route>();
  readonly #returns = new Map<string, Route>();
  /** A smaller proof may be lost. */
  isCut = false;

  /** `paired`: steps whose calls bind others. */
  constructor(paired: ReadonlySet<number>, spans: SpanLook) {
    this.#paired = paired;
    this.#spans = spans;
  }

  #covers(later: ChainStep, earlier: ChainStep, whose: 'own' | 'other'): boolean {
    if (!coversContext(later, earlier)) return false;
    return !this.#spans.holdsCalls(later) && !this.#spans.isInHandOf(earlier, whose);
  }

  #calls(route: Route): string {
    if (this.#paired.size === 0) return '';
    const calls = route.matched.filter((one) => this.#paired.has(one.step));
    return calls.map((one) => one.event.n).join();
  }

  #key(route: Route): string {
    return `${route.at}/${route.event.n}/${this.#calls(route)}${route.lineage ? '/lineage' : ''}`;
  }

  isPromising(route: Route): boolean {
    return !this.#expanded.get(this.#key(route))?.some((before) => isBeaten(route, before));
  }

  isNew(route: Route): boolean {
    const key = this.#key(route);
    const expanded = this.#expanded.get(key) ?? [];
    if (expanded.some((before) => isBeaten(route, before))) return false;
    if (expanded.length >= ROUTES_ALIKE_MAX) {
      this.isCut = true;
      return false;
    }
    this.#expanded.set(key, [...expanded, route]);
    return true;
  }

  /** Not what a better route has opened. */
  lookFrom(route: Route, via: ReadonlySet<StepLink>): LinkLook {
    const { at, event } = route;
    const scope = `${at}/${this.#calls(route)}${route.lineage ? '/lineage' : ''}`;
    const past = (delegating: ChainStep): boolean => {
      const key = `${scope}/${delegating.n}`;
      if (isBeaten(route, this.#handOvers.get(key))) return true;
      this.#handOvers.set(key, route);
      return false;
    };
    const back = (delegating: ChainStep): boolean => {
      const key = `${scope}/${delegating.n}`;
      const known = this.#returns.get(key);
      if (known !== undefined && isBeaten(route, known)) {
        if (this.#covers(known.event, event, 'other')) return true;
      }
      this.#returns.set(key, route);
      return false;
    };
    return {
      back,
      context: via.has('context') && this.#opensContext(route, `${scope}/${event.wire.agent_uid}`),
      past,
    };
  }

  #opensContext(route: Route, key: string): boolean {
    if (route.event.wire.capabilities.length === 0) return false;
    // The second could only lengthen the proof.
    const isMatched = route.matched.at(-1)?.event.n === route.event.n;
    if (route.links.at(-1)?.via === 'context' && !isMatched) return false;
    const known = this.#contexts.get(key);
    if (known !== undefined && isBeaten(route, known)) {
      if (this.#covers(known.event, route.event, 'own')) return false;
    }
    this.#contexts.set(key, route);
    return true;
  }
}
