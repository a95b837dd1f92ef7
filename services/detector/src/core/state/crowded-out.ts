/** Of too many things, which go: of whoever has most, its least first. */

interface Crowd<T> {
  readonly owner: (one: T) => string;
  /** The best first; total. */
  readonly order: (a: T, b: T) => number;
  readonly max: number;
}

export function evictedOf<T>(all: readonly T[], crowd: Crowd<T>): readonly T[] {
  const { owner, order, max } = crowd;
  if (all.length <= max) return [];
  if (all.length === max + 1) return [leastOf(all, crowd)];
  const ranks = new Map<string, number>();
  const ranked = [...all].sort(order).map((one) => {
    const rank = ranks.get(owner(one)) ?? 0;
    ranks.set(owner(one), rank + 1);
    return { one, rank };
  });
  // Stable: the better stay.
  return ranked
    .sort((a, b) => a.rank - b.rank)
    .slice(max)
    .map(({ one }) => one);
}

/** Called often when full, so it must not sort. */
function leastOf<T>(all: readonly T[], { owner, order }: Crowd<T>): T {
  const counts = new Map<string, number>();
  let most = 0;
  const owners = all.map((one) => {
    const name = owner(one);
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    most = Math.max(most, count);
    return name;
  });
  let least: T | undefined;
  all.forEach((one, at) => {
    if (counts.get(owners[at] ?? '') !== most) return;
    if (least === undefined || order(least, one) < 0) least = one;
  });
  if (least === undefined) throw new Error('Of nothing, nothing is too many.');
  return least;
}
