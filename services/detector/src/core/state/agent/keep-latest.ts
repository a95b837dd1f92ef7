/**
 * A list of what is known by name, the latest touched last: `one` in the place of what it was before,
 * and the longest untouched gone when there are more than `max`. Pure.
 */
export function keepLatest<T extends readonly [name: string, ...rest: unknown[]]>(
  retained: readonly T[],
  one: T,
  max: number,
): readonly T[] {
  return [...retained.filter(([name]) => name !== one[0]), one].slice(-max);
}
