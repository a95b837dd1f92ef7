/**
 * Student's t. Source: Student, Biometrika 6, 1908; tail by the incomplete beta function (Abramowitz & Stegun 26.7.1).
 */
import { gammaln } from 'simple-statistics';

const STEPS_MAX = 300;
const CONVERGED = 1e-14;
const TINY = 1e-300;

const apart = (value: number): number => (Math.abs(value) < TINY ? TINY : value);

function fraction(x: number, a: number, b: number): number {
  let c = 1;
  let d = 1 / apart(1 - ((a + b) * x) / (a + 1));
  let result = d;
  for (let m = 1; m <= STEPS_MAX; m += 1) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / apart(1 + even * d);
    c = apart(1 + even / c);
    result *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / apart(1 + odd * d);
    c = apart(1 + odd / c);
    result *= d * c;
    if (Math.abs(d * c - 1) < CONVERGED) break;
  }
  return result;
}

/**
 * The regularized incomplete beta function I_x(a, b), for x in [0, 1] and a, b > 0, by its continued fraction.
 * Source: Abramowitz & Stegun 26.5.8, evaluated by Lentz's method (Thompson & Barnett, J. Comput. Phys. 64, 1986).
 */
function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  const front = Math.exp(
    gammaln(a + b) - gammaln(a) - gammaln(b) + a * Math.log(x) + b * Math.log1p(-x),
  );
  // The fraction converges fast below the mean.
  return x < (a + 1) / (a + b + 2)
    ? (front * fraction(x, a, b)) / a
    : 1 - (front * fraction(1 - x, b, a)) / b;
}

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
