/**
 * Every way to give each step of a combination a call of its own, so that the conditions of
 * reference-combinations ("When it fires", 1 to 4) hold over the whole stream. Which further calls a
 * proof needs is decided afterwards (`smallest-proof.ts`).
 */
import {
  type ActorCondition,
  type Combination,
  type CombinationStep,
  durationMs,
} from '@waywarden/schemas';
import type { Call } from './call.ts';
import { actorsAre } from './independence.ts';
import { holdsBetween } from './pair-condition.ts';
import { EVIDENCE_KINDS, type LinkTable, type PathRule } from './path.ts';
import { canBeStep } from './step-condition.ts';

/** One required path: from one step's call to another's. */
export interface Edge {
  readonly from: string;
  readonly to: string;
  readonly rule: PathRule;
  /** Of a slow assembly: the combination's `within`. */
  readonly beyondMs?: number | undefined;
}

/** The ways in which a path for this edge may hold between two calls; one of them is enough. */
export function routesOf({ rule, beyondMs }: Edge, a: Call, b: Call): readonly PathRule[] {
  if (beyondMs === undefined) return [rule];
  const lineage = { ...rule, lineage: true };
  const sameTask = a.task !== undefined && a.task === b.task;
  const near = sameTask && Math.abs(a.timeMs - b.timeMs) <= beyondMs;
  return near ? [lineage, rule] : [lineage];
}

export type Assignment = ReadonlyMap<string, Call>;

/** "The completing call is that of the step which nothing comes after." */
export function lastSteps(combination: Combination): readonly CombinationStep[] {
  const followed = new Set(combination.steps.flatMap((step) => step.after ?? []));
  return combination.steps.filter((step) => !followed.has(step.id));
}

/**
 * "for each step named in `after` … over links of the kinds in `link`. Left out: the five kinds of
 * evidence." "Where several steps have no successor, … the others must then be ancestors of [the
 * completing one] by any of the five kinds of evidence."
 */
export function edgesOf(
  combination: Combination,
  completing: CombinationStep,
  pace: Pace,
): readonly Edge[] {
  const beyondMs = pace === 'slow' ? withinMs(combination) : undefined;
  const required = combination.steps.flatMap((step) =>
    (step.after ?? []).map((from) => ({
      from,
      to: step.id,
      rule: { kinds: step.link ?? EVIDENCE_KINDS, direct: step.direct === true },
      beyondMs,
    })),
  );
  const others = lastSteps(combination)
    .filter((step) => step !== completing)
    .map((step) => ({
      from: step.id,
      to: completing.id,
      rule: { kinds: EVIDENCE_KINDS, direct: false },
      beyondMs,
    }));
  return [...required, ...others];
}

/** Within `within`, or beyond it by lineage. */
export type Pace = 'quick' | 'slow';

const withinMs = ({ within }: Combination): number =>
  within === undefined ? Number.POSITIVE_INFINITY : durationMs(within);

/**
 * "every other call lies within `within` before or after the completing call"; of a slow assembly
 * each link is bounded, and "the whole may be longer".
 */
export function isInTime(
  call: Call,
  completing: Call,
  { combination, pace }: { readonly combination: Combination; readonly pace: Pace },
): boolean {
  if (pace === 'slow') return true;
  return Math.abs(call.timeMs - completing.timeMs) <= withinMs(combination);
}

interface ActorRule {
  readonly maker: string;
  readonly checker: string;
  readonly are: ActorCondition;
}

/** "`actors`: a condition on every pair of steps; `pairs`: the same for single pairs." */
function actorRules(combination: Combination): readonly ActorRule[] {
  const ids = combination.steps.map((step) => step.id);
  const every = ids.flatMap((maker, at) =>
    ids.slice(at + 1).map((checker) => ({ maker, checker, are: combination.actors })),
  );
  const single = (combination.pairs ?? []).map(({ steps: [maker, checker], are }) => ({
    maker,
    checker,
    are,
  }));
  return [...every, ...single];
}

/** Conditions 3: between calls. */
function conditionsHold(combination: Combination, given: Assignment, table: LinkTable): boolean {
  const stepCall = (id: string) => {
    const step = combination.steps.find((one) => one.id === id);
    const call = given.get(id);
    return step === undefined || call === undefined ? undefined : { step, call };
  };
  const between = combination.steps.every((step) => {
    const later = stepCall(step.id);
    return later !== undefined && holdsBetween(later, stepCall, table.stream);
  });
  if (!between) return false;
  return actorRules(combination).every(({ maker, checker, are }) => {
    const [a, b] = [given.get(maker), given.get(checker)];
    return a !== undefined && b !== undefined && actorsAre(are, a, b, table.stream);
  });
}

/** Steps in an order in which each comes after all steps that follow it. */
function backwards(combination: Combination, edges: readonly Edge[], first: CombinationStep) {
  const placed = [first];
  while (placed.length < combination.steps.length) {
    const next = combination.steps.find(
      (step) =>
        !placed.includes(step) &&
        edges
          .filter((edge) => edge.from === step.id)
          .every((edge) => placed.some((one) => one.id === edge.to)),
    );
    if (next === undefined) throw new Error(`${combination.id}: steps come before themselves.`);
    placed.push(next);
  }
  return placed;
}

/** Calls that reach every call to which this step must lead. */
function candidates(
  step: CombinationStep,
  edges: readonly Edge[],
  given: Assignment,
  table: LinkTable,
): readonly Call[] {
  const reached = edges
    .filter((edge) => edge.from === step.id)
    .map((edge) => {
      const to = given.get(edge.to);
      if (to === undefined) return new Set<Call>();
      const all = [...table.ancestors(to, edge.rule).keys()];
      return new Set(
        all.filter((call) =>
          routesOf(edge, call, to).some((rule) => table.ancestors(to, rule).has(call)),
        ),
      );
    });
  const [some, ...others] = reached;
  return [...(some ?? [])].filter((call) => others.every((set) => set.has(call)));
}

export interface Sought {
  readonly combination: Combination;
  readonly completing: CombinationStep;
  readonly pace: Pace;
}

export function assignmentsFor(
  sought: Sought,
  completer: Call,
  table: LinkTable,
): readonly Assignment[] {
  const { combination, completing, pace } = sought;
  const { limits } = table.stream;
  if (!canBeStep(completing, completer, limits)) return [];
  const edges = edgesOf(combination, completing, pace);
  const steps = backwards(combination, edges, completing);
  let partial: readonly Assignment[] = [new Map([[completing.id, completer]])];
  for (const step of steps.slice(1)) {
    partial = partial.flatMap((given) =>
      candidates(step, edges, given, table)
        .filter(
          (call) =>
            canBeStep(step, call, limits) &&
            isInTime(call, completer, sought) &&
            ![...given.values()].includes(call),
        )
        .map((call) => new Map([...given, [step.id, call]])),
    );
  }
  return partial.filter((given) => conditionsHold(combination, given, table));
}
