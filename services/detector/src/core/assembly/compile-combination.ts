/**
 * From the policy's combinations to what the search walks: which symbols satisfy a step, and the
 * orders ("lines") in which steps must stand behind the completing one.
 *
 * A combination is a partial order. The completing step is one without successors; where several
 * have none, each of them may complete, and the others must then be its ancestors by any link
 * (`assembly.md`: evaluated over the ancestors of the completing event). A line is a path from the
 * completing step back to one without predecessors; a linear combination has exactly one.
 */
import {
  type Combination,
  durationMs,
  LINK_KINDS,
  matchesGrant,
  type Policy,
  type StepLink,
} from '@waywarden/schemas';
import { EXACT_SYMBOLS_MAX } from './assembly-limits.ts';
import type { ChainStep } from './chain-step.ts';

export interface CompiledAlternative {
  readonly symbol: string;
  readonly attempted: boolean;
}

export interface CompiledStep {
  readonly id: string;
  readonly any: readonly CompiledAlternative[];
}

/** One step of a line, and the links by which the *next earlier* step must reach it. */
export interface LineStep {
  readonly step: number;
  readonly via: ReadonlySet<StepLink>;
}

export interface CompiledVariant {
  readonly completing: number;
  readonly lines: readonly (readonly LineStep[])[];
}

export interface CompiledCombination {
  readonly source: Combination;
  readonly steps: readonly CompiledStep[];
  readonly variants: readonly CompiledVariant[];
  readonly withinMs: number | null;
  readonly differentActors: boolean;
  /** What the policy asks for and this version cannot judge: alert, nothing automatic. */
  readonly notEvaluated: readonly string[];
  /** One line only: the search is exact. */
  readonly linear: boolean;
}

export interface CompiledPolicy {
  readonly combinations: readonly CompiledCombination[];
  readonly kinds: ReadonlySet<string>;
  readonly commonValues: ReadonlySet<string>;
  readonly hopsMax: number;
  readonly skewMs: number;
  /** How long a chain is kept after its last event. */
  readonly horizonMs: number;
}

const ATTEMPTED = 'attempted:';
const ANY_LINK: ReadonlySet<StepLink> = new Set(LINK_KINDS);

function compileAlternative(text: string): CompiledAlternative {
  const attempted = text.startsWith(ATTEMPTED);
  return { symbol: attempted ? text.slice(ATTEMPTED.length) : text, attempted };
}

interface Edge {
  readonly to: number;
  readonly via: ReadonlySet<StepLink>;
}

function edgesOf(source: Combination): readonly (readonly Edge[])[] {
  const at = new Map(source.steps.map((step, n) => [step.id, n]));
  return source.steps.map((step) => {
    const via = step.link === undefined ? ANY_LINK : new Set(step.link);
    return (step.after ?? []).flatMap((before) => {
      const to = at.get(before);
      return to === undefined ? [] : [{ to, via }];
    });
  });
}

/** All paths back from `from`; a cycle in the policy ends a path instead of looping. */
function linesFrom(from: number, edges: readonly (readonly Edge[])[]): LineStep[][] {
  const walk = (step: number, seen: readonly number[]): LineStep[][] => {
    const next = (edges[step] ?? []).filter((edge) => !seen.includes(edge.to));
    if (next.length === 0) return [[{ step, via: ANY_LINK }]];
    return next.flatMap((edge) =>
      walk(edge.to, [...seen, edge.to]).map((rest) => [{ step, via: edge.via }, ...rest]),
    );
  };
  return walk(from, [from]);
}

export function compileCombination(source: Combination): CompiledCombination {
  const edges = edgesOf(source);
  const hasSuccessor = new Set(edges.flat().map((edge) => edge.to));
  const last = source.steps.map((_, n) => n).filter((n) => !hasSuccessor.has(n));
  const variants = last.map((completing) => {
    const others = last.filter((n) => n !== completing).map((to) => ({ to, via: ANY_LINK }));
    const extended = edges.map((own, n) => (n === completing ? [...own, ...others] : own));
    return { completing, lines: linesFrom(completing, extended) };
  });
  return {
    source,
    steps: source.steps.map((step) => ({ id: step.id, any: step.any.map(compileAlternative) })),
    variants,
    withinMs: source.within === undefined ? null : durationMs(source.within),
    differentActors: source.actors === 'different',
    notEvaluated: source.actors === 'independent' ? ['independence_not_evaluated'] : [],
    linear: variants.every((v) => v.lines.length === 1) && source.steps.length <= EXACT_SYMBOLS_MAX,
  };
}

/** Conditions that this version does not judge: such a combination is left out, not half evaluated. */
function isJudged(one: Combination): boolean {
  const plain = one.steps.every((step) => {
    // To be quiet about a subject's own record is left out rather than the whole combination.
    const { id, any, after, link = [], unless, ...conditions } = step;
    const excused = Object.keys(unless ?? {}).some((key) => key !== 'own_subject_of');
    if (excused) return false;
    const ties: readonly string[] = ['grantee', 'same_object', 'derived_credential'];
    return Object.keys(conditions).length === 0 && !link.some((kind) => ties.includes(kind));
  });
  return one.evaluable !== false && plain && one.pairs === undefined && one.kind === undefined;
}

export function compilePolicy(policy: Policy): CompiledPolicy {
  const combinations = policy.combinations.filter(isJudged).map(compileCombination);
  const lateness = durationMs(policy.limits.lateness);
  const horizons = combinations.map((one) => one.withinMs ?? durationMs(policy.links.horizon));
  return {
    combinations,
    kinds: new Set(policy.links.kinds),
    commonValues: new Set(policy.links.common_values),
    hopsMax: policy.links.hops_max,
    skewMs: durationMs(policy.limits.clock_skew),
    horizonMs: Math.max(0, ...horizons) + lateness,
  };
}

/** The alternatives of a step that this call exercised (or attempted, where attempts are named). */
export function matchedSymbols(step: CompiledStep, call: ChainStep): readonly string[] {
  const attempted = call.wire.exercise === 'attempted';
  return call.wire.capabilities
    .map((claim) => claim.symbol)
    .filter((symbol) =>
      step.any.some((one) => one.attempted === attempted && matchesGrant(one.symbol, symbol)),
    );
}
