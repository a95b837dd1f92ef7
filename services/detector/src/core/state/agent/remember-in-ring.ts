/** Which keys of a kind there are, in order of coming, bounded. */
import type { Transaction } from '@waywarden/stage';

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
