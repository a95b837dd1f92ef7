/** Which keys of a kind there are, in the order in which they came: whoever sends events chooses how many. */
import type { Draft } from '@waywarden/stage';

/** Remembers a key in a ring, so that what is kept under such keys can't grow without bound; forgets the oldest. */
export function rememberInRing(draft: Draft, ring: string, key: string, most: number): void {
  const position = (draft.get<number>(`${ring}#next`) ?? 0) % most;
  const slot = `${ring}#${position}`;
  const forgotten = draft.get<string>(slot);
  if (forgotten !== undefined && forgotten !== key) draft.delete(forgotten);
  draft.put(slot, key);
  draft.put(`${ring}#next`, position + 1);
}
