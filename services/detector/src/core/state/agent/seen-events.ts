/**
 * Duplicates and conflicts: an event id that this partition decided within the last `SEEN_EVENTS_MAX`
 * events is dropped, the first stands; one that came of another body is told as a conflict. The horizon is a count and not a time, so that it is a function of the
 * log alone and its memory is bounded whatever the clocks say.
 *
 * Which ids to forget is kept in pages, and a page is forgotten as a whole: an entry for each id
 * would double what every event writes to the state.
 */
import type { Transaction } from '@waywarden/stage';

/** The stated horizon: events of one partition among which a repeat is recognised. */
export const SEEN_EVENTS_MAX = 1_000_000;
const PAGE_IDS = 64;

/** Characters kept of what tells bodies apart: 66 bits of a keyed hash that no sender can try out. */
const BODY_LENGTH = 11;

type Observation = 'first' | 'repeat' | 'conflict';

/** One that says nothing of its body is a repeat of whatever body. */
function compared(known: string | number, body: string | undefined): Observation {
  if (body === undefined || typeof known === 'number' || known === body) return 'repeat';
  return 'conflict';
}

/** A new id is remembered, and the oldest page forgotten when one is full. */
export function sightEvent(
  transaction: Transaction,
  event: { readonly id: string; readonly body?: string | undefined },
  horizon: number = SEEN_EVENTS_MAX,
): Observation {
  const { id: eventId } = event;
  const body = event.body?.slice(0, BODY_LENGTH);
  const key = `seen|${eventId}`;
  const known = transaction.get<string | number>(key);
  if (known !== undefined) return compared(known, body);
  transaction.put(key, body ?? 1);
  const number = transaction.get<number>('seen#page') ?? 0;
  const page = [...(transaction.get<readonly string[]>(`seen#${number}`) ?? []), eventId];
  transaction.put(`seen#${number}`, page);
  // One page is being filled beside the full ones.
  const pages = Math.ceil(horizon / PAGE_IDS) + 1;
  if (page.length === PAGE_IDS) openPage(transaction, (number + 1) % pages);
  return 'first';
}

function openPage(transaction: Transaction, number: number): void {
  for (const id of transaction.get<readonly string[]>(`seen#${number}`) ?? [])
    transaction.delete(`seen|${id}`);
  transaction.put(`seen#${number}`, []);
  transaction.put('seen#page', number);
}
