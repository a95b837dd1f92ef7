/** The combination language (docs/reference-combinations.md): data, no expressions. */
import { z } from 'zod';
import { RESULT_TRUSTS } from '../vocabulary/event-vocabulary.ts';
import { severity } from '../vocabulary/severity.ts';
import { name, text } from '../vocabulary/text-limits.ts';
import { taxonomy } from './alert.ts';

const DURATION_WORDS = 'a duration: 90s, 15m, 24h or 7d';
export const duration = z.string(DURATION_WORDS).regex(/^\d{1,6}(ms|s|m|h|d)$/, DURATION_WORDS);

/** Strongest first; what a step without `link` accepts. */
export const LINK_KINDS = ['secret_use', 'delegation', 'data_flow', 'resource', 'context'] as const;
export type LinkKind = (typeof LINK_KINDS)[number];

/** They hold only where a combination names them. */
export const STEP_TIES = ['grantee', 'same_object', 'derived_credential'] as const;
export const STEP_LINKS = [...LINK_KINDS, ...STEP_TIES] as const;
export type StepLink = (typeof STEP_LINKS)[number];

export const CALL_FACTS = [
  'agent',
  'principal',
  'task',
  'tool',
  'capability',
  'object',
  'value',
  'object_or_value',
] as const;
export type CallFact = (typeof CALL_FACTS)[number];

export const PLANES = ['retrieval', 'reasoning', 'execution'] as const;

export const combinationStep = z.object({
  id: name,
  any: z.array(name).min(1),
  after: z.array(name).optional(),
  link: z.array(z.enum(STEP_LINKS)).optional(),
  direct: z.boolean().optional(),
  attempted: z.boolean().optional(),
  records_min: z.union([z.literal('bulk'), z.number().int().positive()]).optional(),
  plane: z.enum(PLANES).optional(),
  result_trust: z.enum(RESULT_TRUSTS).optional(),
  same: z.object({ as: name, of: z.array(z.enum(CALL_FACTS)).min(1) }).optional(),
  differs: z.object({ from: name, of: z.array(z.enum(CALL_FACTS)).min(1) }).optional(),
  beyond_scopes_of: name.optional(),
  unless: z
    .object({
      /** Of the record that the named step read. */
      own_subject_of: name.optional(),
      /** By the workflow. */
      declared_handoff_from: name.optional(),
      approved_by_human: z.boolean().optional(),
    })
    .optional(),
});

export const ACTOR_CONDITIONS = [
  'any',
  'same',
  'different',
  'independent',
  'not_independent',
] as const;
export type ActorCondition = (typeof ACTOR_CONDITIONS)[number];

export const ASSEMBLY_KINDS = [
  'privilege_assembly',
  'toxic_combination',
  'separation_of_duty',
  'guardrail_probing',
] as const;
export type AssemblyKind = (typeof ASSEMBLY_KINDS)[number];

export const combination = z.object({
  id: name,
  title: text.optional(),
  danger: text.optional(),
  severity,
  severity_usual: severity.optional(),
  kind: z.enum(ASSEMBLY_KINDS).optional(),
  kind_one_agent: z.enum(ASSEMBLY_KINDS).optional(),
  evaluable: z.boolean().optional(),
  evaluable_note: text.optional(),
  steps: z.array(combinationStep).min(2).max(9),
  within: duration.optional(),
  actors: z.enum(ACTOR_CONDITIONS).default('any'),
  pairs: z
    .array(z.object({ steps: z.tuple([name, name]), are: z.enum(ACTOR_CONDITIONS) }))
    .optional(),
  taxonomy: taxonomy.default({}),
  runbook: text.optional(),
  examples: z.object({ fires: z.unknown(), quiet: z.unknown() }).optional(),
});
export type Combination = z.infer<typeof combination>;
export type CombinationStep = Combination['steps'][number];

export interface CombinationProblem {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

export function stepReferences(step: CombinationStep): readonly (readonly [string[], string])[] {
  const { same, differs, beyond_scopes_of: scopes, unless } = step;
  const found: (readonly [string[], string])[] = (step.after ?? []).map((id) => [['after'], id]);
  if (same !== undefined) found.push([['same', 'as'], same.as]);
  if (differs !== undefined) found.push([['differs', 'from'], differs.from]);
  if (scopes !== undefined) found.push([['beyond_scopes_of'], scopes]);
  if (unless?.own_subject_of !== undefined) {
    found.push([['unless', 'own_subject_of'], unless.own_subject_of]);
  }
  if (unless?.declared_handoff_from !== undefined) {
    found.push([['unless', 'declared_handoff_from'], unless.declared_handoff_from]);
  }
  return found;
}

function stepsInCycles(one: Combination): readonly string[] {
  const before = new Map(one.steps.map((step) => [step.id, step.after ?? []]));
  const reaches = (from: string, to: string, seen: Set<string>): boolean =>
    (before.get(from) ?? []).some((next) => {
      if (next === to) return true;
      if (seen.has(next)) return false;
      seen.add(next);
      return reaches(next, to, seen);
    });
  return one.steps.map((step) => step.id).filter((id) => reaches(id, id, new Set()));
}

/** Paths are relative to it. */
export function combinationProblems(one: Combination): readonly CombinationProblem[] {
  const ids = one.steps.map((step) => step.id);
  const known = new Set(ids);
  const listed = `steps are ${[...known].join(', ')}`;
  const problems: CombinationProblem[] = [];
  for (const [n, step] of one.steps.entries()) {
    if (ids.indexOf(step.id) !== n) {
      problems.push({ path: ['steps', n, 'id'], message: `${step.id} is given twice` });
    }
    for (const [path, other] of stepReferences(step)) {
      if (known.has(other) && other !== step.id) continue;
      const message =
        other === step.id
          ? `${other} is this step itself; ${listed}`
          : `${other} is no step of ${one.id}; ${listed}`;
      problems.push({ path: ['steps', n, ...path], message });
    }
  }
  for (const [n, pair] of (one.pairs ?? []).entries()) {
    for (const [at, other] of pair.steps.entries()) {
      if (known.has(other)) continue;
      const message = `${other} is no step of ${one.id}; ${listed}`;
      problems.push({ path: ['pairs', n, 'steps', at], message });
    }
  }
  const cycle = stepsInCycles(one);
  if (cycle.length > 0) {
    const [one = '', ...more] = cycle;
    const circle =
      more.length === 0
        ? `${one} comes before itself`
        : `${cycle.join(', ')} come before themselves`;
    const message = `${circle}; a step follows earlier ones only`;
    problems.push({ path: ['steps'], message });
  }
  if (one.evaluable === false && one.evaluable_note === undefined) {
    const message = 'a combination that never fires says why: give evaluable_note';
    problems.push({ path: ['evaluable_note'], message });
  }
  return problems;
}
