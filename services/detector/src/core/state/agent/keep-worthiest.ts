/**
 * A list in which the least worthy makes room, among equals the longest untouched: floods of the asserted forget
 * nothing proven. Pure.
 */
export function keepWorthiest<T>(
  list: readonly T[],
  max: number,
  worthOf: (one: T) => number,
): readonly T[] {
  let retained = list;
  while (retained.length > max) {
    const worths = retained.map(worthOf);
    const least = worths.indexOf(Math.min(...worths));
    retained = retained.filter((_, at) => at !== least);
  }
  return retained;
}
