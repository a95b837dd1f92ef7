/**
 * A list that has room for so many: beyond that the one that is worth least makes room, which may be the
 * latest; among equals the first in the list, the longest untouched. Pure.
 *
 * Rejected: always the longest untouched. Then whoever sends enough of anything, merely asserted words included,
 * makes the list forget what was proven.
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
