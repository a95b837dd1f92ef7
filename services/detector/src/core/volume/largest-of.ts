/**
 * How probable it is that a value lies so far above all before it, of values that may be exchanged for each other: it
 * would have to be the largest of n + 1, and that the largest is r times the second has a probability of r^-a where
 * the tail is a Pareto's with index a, whatever else the values are (ratios of the largest; Rényi 1953). Taken is
 * index 1, heavier than any that was met, so that a lighter tail comes more rarely than said. For where only the
 * largest is kept, and how many there were.
 *
 * What does not lie above the largest is not rare: 1.
 */
export function largestChance(value: number, largest: number, n: number): number {
  return value > largest ? largest / value / (n + 1) : 1;
}
