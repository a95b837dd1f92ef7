/** What people said; the earliest are forgotten. */
import type { Transaction } from '@waywarden/stage';

/** Of one kind. */
const REMEMBERED_MAX = 10_000;

export function remember(
  transaction: Transaction,
  ring: string,
  key: string,
  value: unknown,
): void {
  if (transaction.get(key) === undefined) {
    const next = transaction.get<number>(ring) ?? 0;
    const slot = `${ring}#${next % REMEMBERED_MAX}`;
    const evicted = transaction.get<string>(slot);
    if (evicted !== undefined) transaction.delete(evicted);
    transaction.put(slot, key);
    transaction.put(ring, next + 1);
  }
  transaction.put(key, value);
}
