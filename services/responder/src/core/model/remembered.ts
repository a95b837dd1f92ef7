/** What people said, by name, the last so many of each kind: of more, the earliest are forgotten. */
import type { Draft } from '@waywarden/stage';

/** Of one kind: alerts taken back, first agreements of two, verdicts. */
const REMEMBERED_MAX = 10_000;

export function remember(draft: Draft, ring: string, key: string, value: unknown): void {
  if (draft.get(key) === undefined) {
    const next = draft.get<number>(ring) ?? 0;
    const slot = `${ring}#${next % REMEMBERED_MAX}`;
    const evicted = draft.get<string>(slot);
    if (evicted !== undefined) draft.delete(evicted);
    draft.put(slot, key);
    draft.put(ring, next + 1);
  }
  draft.put(key, value);
}
