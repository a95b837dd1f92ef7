/** A list by name, the latest touched last; the longest untouched goes beyond `max`. Pure. */
export function keepLatest<T extends readonly [name: string, ...rest: unknown[]]>(
  retained: readonly T[],
  one: T,
  max: number,
): readonly T[] {
  return [...retained.filter(([name]) => name !== one[0]), one].slice(-max);
}
