/** What simple-statistics lacks: Student's t, Wilson's interval, e-values. Each names its source. */
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

/**
 * Student's t (Biometrika 6, 1908); tail by the incomplete beta function (Abramowitz & Stegun 26.7.1):
 * P(T > t) with so many degrees of freedom (> 0).
 */
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

/** Wilson's score interval of a share, which stays honest at 0 of n and n of n. Source: Wilson, JASA 22, 1927. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** The normal quantile of a two-sided 95 %. */
const Z = 1.959_964;

/** 95 % interval of k of n; of none of none, all of [0, 1]. */
export function wilsonInterval(k: number, n: number): Interval {
  if (n === 0) return { low: 0, high: 1 };
  const p = k / n;
  const scale = 1 + (Z * Z) / n;
  const centre = (p + (Z * Z) / (2 * n)) / scale;
  const half = (Z * Math.sqrt((p * (1 - p)) / n + (Z * Z) / (4 * n * n))) / scale;
  return { low: Math.max(0, centre - half), high: Math.min(1, centre + half) };
}

/**
 * Evidence that may be multiplied over time and looked at whenever one likes: the mean of an e-value is at most 1 where
 * nothing is odd, so by chance a product ever reaches N with probability 1/N at most (Ville's inequality). This: what a
 * bet pays that the next of exchangeable values lies above all `before` it.
 */
export function recordEValue(isRecord: boolean, before: number, odds: number): number {
  return isRecord ? odds * (before + 1) : ((1 - odds) * (before + 1)) / before;
}
