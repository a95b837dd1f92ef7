/**
 * Which pieces of work, or tokens, led an alert today. Each leads once a day, so that whoever answers decides on each;
 * after that it is only counted: two tasks that take turns would else give a revision at every call.
 *
 * All may lead again when an answer may now be another one: the alert is graver, better proven, can be judged, or is
 * in the queue as it was not before. Kept only where more than one led. Rejected: for as long as the alert is open, as
 * who answers would not hear of a task that is taken up again a week later.
 */
import { type Alert, PRINT_LENGTH, shortPrint } from '@waywarden/schemas';
import type { Renewal } from '../facets/facet.ts';
import { findPrint } from '../kept/print-table.ts';

/** The day, and the prints of those that led on it, oldest first. */
export type Led = readonly [day: string, prints: string];

/** Pieces of work that are known to have led; the earliest leads anew. */
export const LED_MAX = 32;

const DAY_LENGTH = 10;
const dayOfTold = ({ detected_at: at }: Alert) => at.slice(0, DAY_LENGTH);

function printOf({ subject }: Alert, renews: Renewal | undefined): string {
  const { task_id: task = '', chain_id: chain = '', credential_uid: token = '' } = subject;
  return shortPrint(JSON.stringify([task, chain, renews === 'token' ? token : '']));
}

/** Whether who answers was told of this work already today. */
export function hasLed(led: Led | undefined, fresh: Alert, renews: Renewal | undefined): boolean {
  if (led === undefined || led[0] !== dayOfTold(fresh)) return false;
  return findPrint(led[1], printOf(fresh, renews), PRINT_LENGTH) >= 0;
}

interface Change {
  readonly before: Alert;
  readonly fresh: Alert;
  readonly merged: Alert;
  readonly renews: Renewal | undefined;
  /** What led before was told otherwise: as an alert that was not in the queue, or to whoever is done with it. */
  readonly isOtherwise: boolean;
}

/** The same after a further completion. */
export function ledWith(led: Led | undefined, change: Change): Led | undefined {
  const { before, fresh, merged, renews } = change;
  if (
    change.isOtherwise ||
    merged.severity !== before.severity ||
    merged.decisive_assurance !== before.decisive_assurance ||
    merged.evaluable !== before.evaluable
  ) {
    return undefined;
  }
  if (merged.subject === before.subject) return led;
  const day = dayOfTold(fresh);
  const isOfToday = led === undefined ? dayOfTold(before) === day : led[0] === day;
  const known = isOfToday ? (led?.[1] ?? printOf(before, renews)) : '';
  const own = printOf(merged, renews);
  const at = findPrint(known, own, PRINT_LENGTH);
  const all = at < 0 ? known + own : known;
  return [day, all.slice(-LED_MAX * PRINT_LENGTH)];
}
