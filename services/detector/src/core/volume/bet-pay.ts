/**
 * What a bet at fair odds pays: of `odds` to one a share is put on what is looked for, the rest on its absence. Its
 * mean is 1 where the odds are true, so products of it are e-values (Shin, Ramdas, Rinaldo 2022).
 */

/** On a day that stands out. Most days of a slow climb do, weekends don't. */
const SHARE = 0.6;

/** `odds`: above 1, days that are alike for one that stands out; `share`: of what there is, how much is put on it. */
export function payOf(odds: number, isWon: boolean, share = SHARE): number {
  return isWon ? share * odds : ((1 - share) * odds) / (odds - 1);
}
