/**
 * Student's t. Source: Student, Biometrika 6, 1908; tail by the incomplete beta function (Abramowitz & Stegun 26.7.1).
 */
import { incompleteBeta } from './incomplete-beta.ts';

/** P(T > t) with so many degrees of freedom (> 0). */
export function studentTail(t: number, freedom: number): number {
  const half = incompleteBeta(freedom / (freedom + t * t), freedom / 2, 0.5) / 2;
  return t >= 0 ? half : 1 - half;
}

const ROUNDS = 80;

/** The t above which lies this share of the distribution, of a share in (0, 0.5]; by bisection, to a relative 1e-12. */
export function studentQuantile(share: number, freedom: number): number {
  let [low, high] = [0, 1];
  while (studentTail(high, freedom) > share) high *= 2;
  for (let round = 0; round < ROUNDS; round += 1) {
    const middle = (low + high) / 2;
    if (studentTail(middle, freedom) > share) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
