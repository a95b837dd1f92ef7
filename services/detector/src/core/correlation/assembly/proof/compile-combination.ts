/**
 * From the policy's combinations to what the search walks: step matchers, conditions, and lines back from the
 * completing step.
 */
import {
  type ActorCondition,
  type CallFact,
  type Combination,
  type CombinationStep,
  durationMs,
  LINK_KINDS,
  type Policy,
  type StepLink,
} from '@waywarden/schemas';
import { EXACT_SYMBOLS_MAX } from '../model/assembly-limits.ts';
import { type StepMatcher, stepMatcher } from './step-match.ts';

/** The others are ties. */
export const EVIDENCE: ReadonlySet<StepLink> = new Set(LINK_KINDS);

export interface CallCondition {
  readonly step: number;
  readonly other: number;
  readonly what:
    | ActorCondition
    | 'same_facts'
    | 'differs'
    | 'beyond_scopes'
    | 'not_own_subject'
    | 'no_declared_handoff';
  readonly of: readonly CallFact[];
}

/** By which links the *next earlier* step must reach it. */
export interface LineStep {
  readonly step: number;
  readonly via: ReadonlySet<StepLink>;
  readonly direct: boolean;
}

export interface CompiledVariant {
  readonly completing: number;
  readonly lines: readonly (readonly LineStep[])[];
}

interface CompiledTie {
  readonly from: number;
  readonly to: number;
  readonly via: StepLink;
  readonly isOnly: boolean;
}

export interface CompiledCombination {
  readonly source: Combination;
  readonly steps: readonly StepMatcher[];
  readonly variants: readonly CompiledVariant[];
  readonly ties: readonly CompiledTie[];
  readonly withinMs: number | null;
  readonly conditions: readonly CallCondition[];
  readonly asksIndependence: boolean;
  readonly linear: boolean;
}

export interface CompiledPolicy {
  readonly combinations: readonly CompiledCombination[];
  readonly kinds: ReadonlySet<string>;
  readonly commonValues: ReadonlySet<string>;
  readonly chainsMax: number;
  readonly linkHorizonMs: number;
  readonly latenessMs: number;
  readonly requestDeadlineMs: number;
  readonly bulkRecords: number;
  readonly hopsMax: number;
  readonly skewMs: number;
  readonly horizonMs: number;
  readonly lineageMs: number;
}

interface Edge {
  readonly to: number;
  readonly via: ReadonlySet<StepLink>;
  readonly direct: boolean;
}

type Positions = ReadonlyMap<string, number>;

function edgesOf(source: Combination, at: Positions): readonly (readonly Edge[])[] {
  return source.steps.map((step) => {
    const via = step.link === undefined ? EVIDENCE : new Set(step.link);
    const direct = step.direct === true;
    return (step.after ?? []).flatMap((before) => {
      const to = at.get(before);
      return to === undefined ? [] : [{ to, via, direct }];
    });
  });
}

/** A cycle ends a path. */
function linesFrom(from: number, edges: readonly (readonly Edge[])[]): LineStep[][] {
  const walk = (step: number, seen: readonly number[]): LineStep[][] => {
    const next = (edges[step] ?? []).filter((edge) => !seen.includes(edge.to));
    if (next.length === 0) return [[{ step, via: EVIDENCE, direct: false }]];
    return next.flatMap((edge) =>
      walk(edge.to, [...seen, edge.to]).map((rest) => [
        { step, via: edge.via, direct: edge.direct },
        ...rest,
      ]),
    );
  };
  return walk(from, [from]);
}

function tiesOf(edges: readonly (readonly Edge[])[]): readonly CompiledTie[] {
  return edges.flatMap((own, to) =>
    own.flatMap((edge) =>
      [...edge.via]
        .filter((via) => !EVIDENCE.has(via))
        .map(
          (via) => ({ from: edge.to, to, via, isOnly: edge.via.size === 1 }) satisfies CompiledTie,
        ),
    ),
  );
}

function stepConditions(step: CombinationStep, at: Positions): readonly CallCondition[] {
  const { same, differs, beyond_scopes_of: scopes, unless } = step;
  const own = at.get(step.id) ?? 0;
  const one = (
    name: string | undefined,
    what: CallCondition['what'],
    of: readonly CallFact[] = [],
  ): readonly CallCondition[] => {
    const other = name === undefined ? undefined : at.get(name);
    return other === undefined ? [] : [{ step: own, other, what, of }];
  };
  return [
    ...one(same?.as, 'same_facts', same?.of),
    ...one(differs?.from, 'differs', differs?.of),
    ...one(scopes, 'beyond_scopes'),
    ...one(unless?.own_subject_of, 'not_own_subject'),
    ...one(unless?.declared_handoff_from, 'no_declared_handoff'),
  ];
}

function actorConditions(source: Combination, at: Positions): readonly CallCondition[] {
  const pairs = (source.pairs ?? []).flatMap(({ steps: [maker, checker], are }) => {
    const [step, other] = [at.get(maker), at.get(checker)];
    return step === undefined || other === undefined ? [] : [{ step, other, what: are, of: [] }];
  });
  const all = source.steps.flatMap((_, step) =>
    source.steps.slice(step + 1).map((__, n) => {
      return { step, other: step + 1 + n, what: source.actors, of: [] };
    }),
  );
  return [...pairs, ...all].filter((one) => one.what !== 'any');
}

function compileCombination(source: Combination, bulkRecords: number): CompiledCombination {
  const at = new Map(source.steps.map((step, n) => [step.id, n]));
  const edges = edgesOf(source, at);
  const hasSuccessor = new Set(edges.flat().map((edge) => edge.to));
  const last = source.steps.map((_, n) => n).filter((n) => !hasSuccessor.has(n));
  const variants = last.map((completing) => {
    const others = last
      .filter((n) => n !== completing)
      .map((to) => ({ to, via: EVIDENCE, direct: false }));
    const extended = edges.map((own, n) => (n === completing ? [...own, ...others] : own));
    return { completing, lines: linesFrom(completing, extended) };
  });
  const conditions = [
    ...source.steps.flatMap((step) => stepConditions(step, at)),
    ...actorConditions(source, at),
  ];
  return {
    source,
    steps: source.steps.map((step) => stepMatcher(step, bulkRecords)),
    variants,
    ties: tiesOf(edges),
    withinMs: source.within === undefined ? null : durationMs(source.within),
    conditions,
    asksIndependence: conditions.some((one) => one.what.endsWith('independent')),
    linear: variants.every((v) => v.lines.length === 1) && source.steps.length <= EXACT_SYMBOLS_MAX,
  };
}

export function compilePolicy(policy: Policy): CompiledPolicy {
  const combinations = policy.combinations
    .filter((one) => one.evaluable !== false)
    .map((one) => compileCombination(one, policy.limits.bulk_records));
  const lateness = durationMs(policy.limits.lateness);
  const horizons = combinations.map((one) => one.withinMs ?? durationMs(policy.links.horizon));
  return {
    combinations,
    kinds: new Set(policy.links.kinds),
    commonValues: new Set(policy.links.common_values),
    chainsMax: policy.links.chains_max,
    linkHorizonMs: durationMs(policy.links.horizon),
    latenessMs: lateness,
    requestDeadlineMs: durationMs(policy.limits.request_deadline),
    bulkRecords: policy.limits.bulk_records,
    hopsMax: policy.links.hops_max,
    skewMs: durationMs(policy.limits.clock_skew),
    horizonMs: Math.max(0, ...horizons) + lateness,
    lineageMs: durationMs(policy.links.horizon) + lateness,
  };
}
