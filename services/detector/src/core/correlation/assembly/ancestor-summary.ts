/**
 * What leads to a call, in short for another chain. Breadth first, in canonical order, in bounded rounds, so that
 * echoes come to rest.
 */
import {
  ASSURANCES,
  LINK_CALLS_MAX,
  LINK_EDGES_MAX,
  type LinkEdge,
  type PrivilegeStep,
} from '@waywarden/schemas';
import { ALIKE_MAX, ANCESTORS_SEEN_MAX, CALL_VALUES_MAX } from './model/assembly-limits.ts';
import { type ChainStep, compareSteps, isProvenCall, lateMsOf } from './model/chain-step.ts';
import { symbolKeys } from './model/step-keys.ts';
import { type ChainLink, isLinkingValue, type LinkScope, STRENGTH } from './proof/chain-link.ts';
import { beforeDelegation, type LinkLook, linksInto } from './proof/chain-links.ts';
import type { CompiledPolicy } from './proof/compile-combination.ts';
import type { WorkCounter } from './proof/find-proof.ts';
import { isNamedSymbol } from './proof/possible-combinations.ts';
import { linkAssurance } from './proof/proof-assurance.ts';

export interface AncestorSummary {
  readonly calls: readonly PrivilegeStep[];
  readonly edges: readonly LinkEdge[];
  readonly truncated: boolean;
  readonly unreported: readonly ChainStep[];
}

interface Reached {
  readonly step: ChainStep;
  readonly hops: number;
  readonly round: number;
  readonly by: ChainLink | undefined;
  readonly next: Reached | undefined;
}

class Opened implements LinkLook {
  readonly #contexts = new Map<string, number>();
  readonly #past = new Set<number>();
  readonly #back = new Map<number, number>();
  #step: ChainStep | undefined;

  at(step: ChainStep): this {
    this.#step = step;
    return this;
  }

  get context(): boolean {
    const { agent_uid: agent, instance_uid: instance, task_id: task } = this.#step?.wire ?? {};
    const key = JSON.stringify([agent, instance, task]);
    return this.#isLater(this.#contexts, key);
  }

  readonly past = (delegating: ChainStep): boolean => {
    if (this.#past.has(delegating.n)) return true;
    this.#past.add(delegating.n);
    return false;
  };

  readonly back = (delegating: ChainStep): boolean => !this.#isLater(this.#back, delegating.n);

  #isLater<K>(table: Map<K, number>, key: K): boolean {
    const ms = this.#step?.ms ?? 0;
    if (this.#step !== undefined && lateMsOf(this.#step) > 0) return true;
    if ((table.get(key) ?? Number.NEGATIVE_INFINITY) >= ms) return false;
    table.set(key, ms);
    return true;
  }
}

function compareLinks(a: ChainLink, b: ChainLink): number {
  const through = (link: ChainLink) => link.through?.wire.event_id ?? '';
  return (
    Number(a.doubtful) - Number(b.doubtful) ||
    b.strength - a.strength ||
    compareSteps(a.from, b.from) ||
    (through(a) < through(b) ? -1 : Number(through(a) > through(b)))
  );
}

/** A relay is reported with what it relays. */
const lastRound = ({ policy }: LinkScope) => 2 * policy.hopsMax;

function walkBack(scope: LinkScope, roots: readonly Reached[], work: WorkCounter): Reached[] {
  const seen = new Map<number, Reached>();
  const opened = new Opened();
  let waiting = roots;
  // What is found in a round depends on no later one.
  while (waiting.length > 0 && !work.exceeded) {
    const first = Math.min(...waiting.map(({ round }) => round));
    const level = waiting
      .filter(({ round }) => round === first)
      .sort((a, b) => compareSteps(a.step, b.step) || a.hops - b.hops);
    const next = waiting.filter(({ round }) => round !== first);
    for (const at of level) {
      if (seen.has(at.step.n) || seen.size >= ANCESTORS_SEEN_MAX) continue;
      seen.set(at.step.n, at);
      if (at.hops >= scope.policy.hopsMax) continue;
      const links = [...linksInto(scope, at.step, opened.at(at.step))].sort(compareLinks);
      work.done += links.length;
      for (const by of links) {
        const round = Math.max(at.round, by.round ?? 0) + 1;
        if (seen.has(by.from.n) || round > lastRound(scope)) continue;
        next.push({ step: by.from, hops: at.hops + 1, round, by, next: at });
      }
    }
    waiting = next;
  }
  return [...seen.values()];
}

function* pathOf(found: Reached): Generator<ChainStep> {
  for (let at: Reached | undefined = found; at !== undefined; at = at.next) {
    yield at.step;
    if (at.by?.through !== undefined) yield at.by.through;
  }
}

function choose(policy: CompiledPolicy, root: ChainStep, reached: readonly Reached[]) {
  const retained = new Map<number, ChainStep>([[root.n, root]]);
  const rounds = new Map([[root.n, 1]]);
  const alike = new Map<string, number>();
  const unreported: ChainStep[] = [];
  const nearest = [...reached].sort((a, b) => a.round - b.round || compareSteps(a.step, b.step));
  for (const found of nearest) {
    const keys = symbolKeys(found.step);
    if (retained.has(found.step.n) || !keys.some((key) => isNamedSymbol(policy, key))) continue;
    const key = `${isProvenCall(found.step.wire)}/${keys.join()}`;
    const count = alike.get(key) ?? 0;
    if (count >= ALIKE_MAX) continue;
    const missing = [...pathOf(found)].filter((step) => !retained.has(step.n));
    if (retained.size + new Set(missing).size > LINK_CALLS_MAX) {
      unreported.push(found.step);
      continue;
    }
    alike.set(key, count + 1);
    for (const step of missing) {
      retained.set(step.n, step);
      rounds.set(step.n, found.round);
    }
  }
  return { retained, rounds, unreported: unreported };
}

function edgeOf(link: ChainLink, round: number): LinkEdge {
  const { from, to, via, strength, doubtful, through } = link;
  return {
    from_event: from.wire.event_id,
    to_event: to.wire.event_id,
    via,
    strength,
    doubtful,
    assurance: linkAssurance(link),
    round,
    ...(through === undefined ? {} : { through_event: through.wire.event_id }),
  };
}

const ALL: LinkLook = { context: true, past: () => false, back: () => false };

interface Chosen {
  readonly retained: ReadonlyMap<number, ChainStep>;
  readonly rounds: ReadonlyMap<number, number>;
}

/** By round, then by name. */
function edgesAmong(scope: LinkScope, { retained, rounds }: Chosen, work: WorkCounter): LinkEdge[] {
  const found = new Map<string, LinkEdge>();
  for (const to of retained.values()) {
    for (const link of linksInto(scope, to, ALL)) {
      work.done += 1;
      if (!retained.has(link.from.n) || link.from.n === to.n) continue;
      if (link.through !== undefined && !retained.has(link.through.n)) continue;
      const { from, via, through = to } = link;
      const reported = [from, to, through].map(({ n }) => rounds.get(n) ?? 1);
      const edge = edgeOf(link, Math.max(...reported, (link.round ?? 0) + 1));
      if (edge.round > lastRound(scope)) continue;
      const key = [edge.from_event, edge.to_event, edge.through_event ?? '', via].join('/');
      const before = found.get(key);
      if (before === undefined || compareEdges(edge, before) < 0) found.set(key, edge);
    }
  }
  return [...found]
    .sort(([a, one], [b, other]) => one.round - other.round || (a < b ? -1 : 1))
    .slice(0, LINK_EDGES_MAX)
    .map(([, edge]) => edge);
}

function compareEdges(a: LinkEdge, b: LinkEdge): number {
  const rank = (edge: LinkEdge) => ASSURANCES.indexOf(edge.assurance);
  const order = a.round - b.round || Number(a.doubtful) - Number(b.doubtful);
  return order || b.strength - a.strength || rank(a) - rank(b);
}

/** Without values that link nothing, and without its words. */
function summarized(policy: CompiledPolicy, { wire }: ChainStep): PrivilegeStep {
  const linking = <T extends { readonly fp: string; readonly kind: string }>(
    values: readonly T[],
  ) => values.filter(({ fp, kind }) => isLinkingValue(policy, fp, kind)).slice(0, CALL_VALUES_MAX);
  const { words: _, ...rest } = wire;
  return {
    ...rest,
    arg_values: linking(wire.arg_values),
    result_values: linking(wire.result_values),
  };
}

function* returned({ returning, call }: SummaryQuestion): Generator<ChainLink> {
  const strength = STRENGTH.delegationExplicit;
  for (const from of returning) {
    if (from.n === call.n) continue;
    yield { from, to: from, via: 'delegation', strength, doubtful: false };
  }
}

interface SummaryQuestion extends LinkScope {
  readonly call: ChainStep;
  readonly toEvent: string;
  readonly isDelegating: boolean;
  readonly returning: readonly ChainStep[];
  readonly work: WorkCounter;
}

export function ancestorSummary(question: SummaryQuestion): AncestorSummary {
  const { call, toEvent, isDelegating, work } = question;
  const first = { hops: 1, round: 1, next: undefined };
  const root: Reached = { ...first, step: call, by: undefined };
  const explicit = { strength: STRENGTH.delegationExplicit, doubtful: false };
  const before = isDelegating
    ? beforeDelegation(question, call, call, explicit)
    : returned(question);
  const given = [...before].sort(compareLinks);
  const roots = given.map(
    (by): Reached => ({ ...first, step: by.from, by: isDelegating ? by : undefined }),
  );
  const reached = walkBack(question, [root, ...roots], work);
  const { retained, rounds, unreported } = choose(question.policy, call, reached);
  const edges = edgesAmong(question, { retained, rounds }, work);
  const direct = given
    .filter((link) => retained.has(link.from.n))
    .map((link) => ({ ...edgeOf(link, 1), to_event: toEvent }));
  return {
    calls: [...retained.values()].map((step) => summarized(question.policy, step)),
    edges: [...direct, ...edges].slice(0, LINK_EDGES_MAX),
    truncated: unreported.length > 0 || reached.length >= ANCESTORS_SEEN_MAX || work.exceeded,
    unreported,
  };
}
