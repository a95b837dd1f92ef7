/**
 * How probable it is that the next call of an agent brings a value as rare as this one: the rank of its count among
 * those of all calls, its own included, as if it had been any of them (a conformal p-value with conservative ties;
 * Vovk, Gammerman, Shafer 2005). Of a new value that is (1 + values met once) / (1 + calls), the estimate of Good and
 * Turing (Biometrika 40, 1953) with one added, which makes it hold for any number of calls, not only of many (Xie, Zhou,
 * Liang, Favaro, Sesia, arXiv 2510.13037, 2025). It needs no model of how values are spread, and nothing that is not kept.
 *
 * Not the predictive probability by which a call is ranked (`value-novelty.ts`): of an agent with a hundred tools
 * that it calls alike each has one in a hundred, and each call would be one in a hundred.
 *
 * New values are ranked among themselves by how common their effects are over all agents: a new tool that only
 * reads is what most new tools do. As all of them rank the same by count, the product is a p-value where the shipped shares
 * of effects are right, which is measured (docs/measurements/calibration.md).
 *
 * Limits: it holds of calls that may be exchanged for each other, and who begins other work brings several new values
 * at once; no probability is below one in as many calls as there were. What made room for others is taken as
 * met once.
 */
import type { Effect } from '@waywarden/schemas';
import { eachMet, type Met } from './met-values.ts';

/** How common effects are over all agents: the shipped prior for what a new value brings. */
export const EFFECT_PRIOR: Readonly<Record<Effect, number>> = {
  read: 0.6,
  unknown: 0.1,
  create: 0.07,
  update: 0.07,
  send: 0.05,
  execute: 0.04,
  configure: 0.02,
  delete: 0.02,
  pay: 0.02,
  grant: 0.01,
};

/** How common those are together that are no commoner. */
export function effectRank(effect: Effect): number {
  const rare = Object.values(EFFECT_PRIOR).filter((one) => one <= EFFECT_PRIOR[effect]);
  return Math.min(
    1,
    rare.reduce((sum, one) => sum + one, 0),
  );
}

/**
 * `count`: how often the value was met before. `effect`: of the call, where the shipped shares are those of the calls
 * that bring something new.
 */
export function noveltyChance(met: Met, count: number, effect?: Effect): number {
  const rank = rarity(met, count);
  return count === 0 && effect !== undefined ? rank * effectRank(effect) : rank;
}

function rarity(met: Met, count: number): number {
  const [calls] = met;
  let [asRare, kept] = [0, 0];
  for (const [, one] of eachMet(met)) {
    kept += one;
    if (one <= count + 1) asRare += one;
  }
  const forgotten = Math.max(0, calls - kept);
  return Math.min(1, (1 + asRare + forgotten) / (1 + calls));
}
