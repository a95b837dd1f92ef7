/**
 * Evidence that may be multiplied over time and looked at whenever one likes: the mean of an e-value is at most 1 where
 * nothing is odd, so by chance a product ever reaches N with probability 1/N at most (Ville's inequality).
 */

/** What a bet pays that the next of exchangeable values lies above all `before` it. */
export function recordEValue(isRecord: boolean, before: number, odds: number): number {
  return isRecord ? odds * (before + 1) : ((1 - odds) * (before + 1)) / before;
}
