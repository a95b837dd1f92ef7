/**
 * AgentDojo's runs and their labels, kept apart: a run holds what a detector may see; its label is
 * joined by `trace_id` only where results are judged.
 */
import type { AuditEvent } from '@waywarden/schemas';
import { seededRandom, shuffled } from '@waywarden/waywarden/input/seeded-random';
import { z } from 'zod';

export const runLabel = z.object({
  trace_id: z.string(),
  attack: z.boolean(),
  injection_task: z.string().nullable().optional(),
  attack_succeeded: z.boolean().nullable().optional(),
  malicious_steps: z.array(z.number().int()).nullable().optional(),
  unsure_steps: z.array(z.number().int()).nullable().optional(),
});
export type RunLabel = z.infer<typeof runLabel>;

export interface Run {
  readonly traceId: string;
  /** The person's task, which several runs repeat: the cluster. */
  readonly task: string;
  readonly model: string;
  /** The run's calls in order. */
  readonly events: readonly AuditEvent[];
}

/** With a malicious step, whether the attack reached its goal or not. */
export function isPositive(label: RunLabel): boolean {
  return (label.malicious_steps?.length ?? 0) > 0;
}

/** Nothing was planted: what may be learnt from. */
export function isBenign(label: RunLabel): boolean {
  return !label.attack;
}

/** Fixed in the repository: reported numbers are those of these seeds. */
export const FOLD_SEEDS = {
  task: 20_261,
  model: 20_262,
  shuffle: 20_263,
  bootstrap: 20_264,
} as const;
export const FOLDS = 5;
/**
 * Folds of tasks that may be looked at while rules against rewritten attacks are chosen; what is
 * reported of rewrites is that of the other folds.
 */
export const TUNING_FOLDS: readonly number[] = [0, 1];

/**
 * Folds: runs divided by what they share (task, model), so that what is tested was never learnt.
 * Group → fold number, 0 to `folds` − 1, sizes as equal as can be, by the seed and the set of groups only.
 */
export function foldsOf(
  groups: readonly string[],
  seed: number,
  folds = FOLDS,
): ReadonlyMap<string, number> {
  const distinct = shuffled([...new Set(groups)].sort(), seededRandom(seed));
  return new Map(distinct.map((group, at) => [group, at % folds]));
}
