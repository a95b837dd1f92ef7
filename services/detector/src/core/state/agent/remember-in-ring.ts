/** Which keys of a kind there are, in the order in which they came: whoever sends events chooses how many. */
import type { Draft } from '@waywarden/stage';

/**
 * Remembers a key in a ring, so that what is stored under such keys can't grow without bound; forgets the
 * oldest. Returns how often the ring has begun anew, since then a key may come that was forgotten.
 */
export function rememberInRing(draft: Draft, ring: string, key: string, most: number): number {
  const position = (draft.get<number>(`${ring}#next`) ?? 0) % most;
  const slot = `${ring}#${position}`;
  const forgotten = draft.get<string>(slot);
  if (forgotten !== undefined && forgotten !== key) draft.delete(forgotten);
  draft.put(slot, key);
  draft.put(`${ring}#next`, position + 1);
  const turn = draft.get<number>(`${ring}#turn`) ?? 0;
  if (position > 0 || forgotten === undefined) return turn;
  draft.put(`${ring}#turn`, turn + 1);
  return turn + 1;
}
