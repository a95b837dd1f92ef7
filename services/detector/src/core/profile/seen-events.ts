/**
 * Duplicates: an event id that this partition decided within the last `SEEN_EVENTS_MAX` events is
 * dropped, the first stands. The horizon is a count and not a time, so that it is a function of the
 * log alone and its memory is bounded whatever the clocks say.
 */
import type { Draft } from '@waywarden/stage';

/** The stated horizon: events of one partition among which a repeat is recognised. */
export const SEEN_EVENTS_MAX = 1_000_000;

/** True when the id is new; it is then remembered and the oldest one forgotten. */
export function firstSighting(draft: Draft, eventId: string): boolean {
  const key = `seen|${eventId}`;
  if (draft.get<number>(key) !== undefined) return false;
  const position = (draft.get<number>('seen#next') ?? 0) % SEEN_EVENTS_MAX;
  const slot = `seen#${position}`;
  const forgotten = draft.get<string>(slot);
  if (forgotten !== undefined) draft.delete(`seen|${forgotten}`);
  draft.put(slot, eventId);
  draft.put(key, 1);
  draft.put('seen#next', position + 1);
  return true;
}
