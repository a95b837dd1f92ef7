/**
 * Duplicates: an event id that this partition decided within the last `SEEN_EVENTS_MAX` events is
 * dropped, the first stands. The horizon is a count and not a time, so that it is a function of the
 * log alone and its memory is bounded whatever the clocks say.
 *
 * Which ids to forget is kept in pages, and a page is forgotten as a whole: an entry for each id
 * would double what every event writes to the state.
 */
import type { Draft } from '@waywarden/stage';

/** The stated horizon: events of one partition among which a repeat is recognised. */
export const SEEN_EVENTS_MAX = 1_000_000;
const PAGE_IDS = 64;

/** True when the id is new; it is then remembered, and the oldest page forgotten when one is full. */
export function firstSighting(
  draft: Draft,
  eventId: string,
  horizon: number = SEEN_EVENTS_MAX,
): boolean {
  const key = `seen|${eventId}`;
  if (draft.get<number>(key) !== undefined) return false;
  draft.put(key, 1);
  const number = draft.get<number>('seen#page') ?? 0;
  const page = [...(draft.get<readonly string[]>(`seen#${number}`) ?? []), eventId];
  draft.put(`seen#${number}`, page);
  // One page is being filled beside the full ones.
  const pages = Math.ceil(horizon / PAGE_IDS) + 1;
  if (page.length === PAGE_IDS) openPage(draft, (number + 1) % pages);
  return true;
}

function openPage(draft: Draft, number: number): void {
  for (const id of draft.get<readonly string[]>(`seen#${number}`) ?? []) draft.delete(`seen|${id}`);
  draft.put(`seen#${number}`, []);
  draft.put('seen#page', number);
}
