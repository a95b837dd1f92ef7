/**
 * Which pieces of work, or tokens, led an alert today. Each leads once a day, so that whoever answers decides on each;
 * after that it is only counted: two tasks that take turns would else give a revision at every call. Where each token
 * leads, its work does not: who takes the token away has answered all that is done with it.
 *
 * Whatever is beyond those that are known leads once the alert was told of nothing for a while: which of it did already
 * is not known, and with the earliest forgotten as many in turn would be a revision at every call again.
 *
 * All may lead again when an answer may now be another one: the alert is graver, better proven, can be judged, or is
 * in the queue as it was not before. Kept only where more than one led. Rejected: for as long as the alert is open, as
 * who answers would not hear of a task that is taken up again a week later.
 */
import { type Alert, epochMs, PRINT_LENGTH, shortPrint } from '@waywarden/schemas';
import type { Renewal } from '../facets/facet.ts';
import { findPrint } from '../kept/print-table.ts';

/** The day, and the prints of those that led on it, oldest first. */
export type Led = readonly [day: string, prints: string];

/** Pieces of work, or tokens, of a day that are known to have led; of more, one leads in so long. */
export const LED_MAX = 256;
export const BEYOND_LED_MS = 600_000;

const DAY_LENGTH = 10;
const dayOfTold = ({ detected_at: at }: Alert) => at.slice(0, DAY_LENGTH);

export function isOtherWork(open: Alert, fresh: Alert): boolean {
  const { task_id: task, chain_id: chain } = open.subject;
  return task !== fresh.subject.task_id || chain !== fresh.subject.chain_id;
}

/** Whether it is of what an answer to the open one does not reach: other work or, where a token leads, another one. */
function isOfOther(open: Alert, fresh: Alert, renews: Renewal | undefined): boolean {
  if (renews !== 'token') return isOtherWork(open, fresh);
  return open.subject.credential_uid !== fresh.subject.credential_uid;
}

function printOf({ subject }: Alert, renews: Renewal | undefined): string {
  const { task_id: task = '', chain_id: chain = '', credential_uid: token = '' } = subject;
  return shortPrint(JSON.stringify(renews === 'token' ? [token] : [task, chain]));
}

interface Leading {
  readonly alert: Alert;
  readonly led?: Led;
}

/** Whether who answers was not told of this work, or token, today. */
export function isToLead(
  { alert: open, led }: Leading,
  fresh: Alert,
  renews: Renewal | undefined,
): boolean {
  if (!isOfOther(open, fresh, renews)) return false;
  if (led === undefined || led[0] !== dayOfTold(fresh)) return true;
  const [, prints] = led;
  if (findPrint(prints, printOf(fresh, renews), PRINT_LENGTH) >= 0) return false;
  if (prints.length < LED_MAX * PRINT_LENGTH) return true;
  return epochMs(fresh.detected_at) - epochMs(open.detected_at) >= BEYOND_LED_MS;
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
  const isKnown =
    known.length >= LED_MAX * PRINT_LENGTH || findPrint(known, own, PRINT_LENGTH) >= 0;
  return [day, isKnown ? known : known + own];
}
