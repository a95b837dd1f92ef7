/**
 * Folds: runs divided by what they share (task, model), so that what is tested was never learnt.
 * The division depends on the seed and on the set of groups only, not on the order of the runs.
 */
import { seededRandom, shuffled } from '@waywarden/waywarden/input/seeded-random';

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

/** Group → fold number, 0 to `folds` − 1, sizes as equal as can be. */
export function foldsOf(
  groups: readonly string[],
  seed: number,
  folds = FOLDS,
): ReadonlyMap<string, number> {
  const distinct = shuffled([...new Set(groups)].sort(), seededRandom(seed));
  return new Map(distinct.map((group, at) => [group, at % folds]));
}
