import type { Transaction } from '@waywarden/stage';

/** A list by name, the latest touched last; the longest untouched goes beyond `max`. Pure. */
export function keepLatest<T extends readonly [name: string, ...rest: unknown[]]>(
  retained: readonly T[],
  one: T,
  max: number,
): readonly T[] {
  return [...retained.filter(([name]) => name !== one[0]), one].slice(-max);
}

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

/** Which keys of a kind there are, in order of coming, bounded. */
/** Forgets the oldest. Returns how often the ring has begun anew. */
export function rememberInRing(
  transaction: Transaction,
  ring: string,
  key: string,
  most: number,
): number {
  const position = (transaction.get<number>(`${ring}#next`) ?? 0) % most;
  const slot = `${ring}#${position}`;
  const forgotten = transaction.get<string>(slot);
  if (forgotten !== undefined && forgotten !== key) transaction.delete(forgotten);
  transaction.put(slot, key);
  transaction.put(`${ring}#next`, position + 1);
  const turn = transaction.get<number>(`${ring}#turn`) ?? 0;
  if (position > 0 || forgotten === undefined) return turn;
  transaction.put(`${ring}#turn`, turn + 1);
  return turn + 1;
}
