/** The tail of a count that varies more than chance: a Poisson count whose rate is gamma-distributed. */
import { incompleteBeta } from './incomplete-beta.ts';

/**
 * P(X ≥ count) of a negative binomial with this mean (> 0) and size (> 0; the larger, the nearer to Poisson).
 * Source: Abramowitz & Stegun 26.5.26.
 */
export function negativeBinomialTail(count: number, mean: number, size: number): number {
  return count <= 0 ? 1 : incompleteBeta(mean / (mean + size), count, size);
}
