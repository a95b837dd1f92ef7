/**
 * What the state says of a value before a call, and what becomes of a value that was only tried.
 *
 * A call that failed makes its value no more known. That it was tried is noted under a print of its own, beside what
 * was declined: the success after it is told anew in the same alert, and what fails every night becomes a known
 * failure by the ages of what is flagged, which else would be told, and keep its work from being learnt, for ever.
 *
 * So is what was first met in a call that only lacked a decision (an approval). One such call makes nothing known, and
 * what recurs is by the ages of what is doubted. Rejected: those of what is flagged, by which an agent whose source
 * tells of no approval had its daily work told as new, and its destinations never known.
 */
import { type AuditEvent, epochMs, shortPrint } from '@waywarden/schemas';
import type { Draft } from '@waywarden/stage';
import { callEnding } from '../call-ending.ts';
import {
  type Ages,
  type Declined,
  declinedOf,
  isReleased,
  SETTLED_DAYS_MIN,
  withDeclined,
} from '../kept/declined-prints.ts';
import { turnOf } from '../piece-of-work.ts';
import { isFoundRight } from '../profile/found.ts';
import type { Kept, Met } from './met-values.ts';
import type { History } from './novelty-excuse.ts';
import type { NoveltyOptions } from './novelty-options.ts';
import { noveltyKey, noveltySame } from './novelty-words.ts';

/** Of a kind of act: what is doubted says what a call is for, not that the agent has no such tool. */
const KIND_AGES: Ages = { doubted: 0, flagged: 7 };
const DAY_MS = 86_400_000;

export interface Known {
  readonly draft: Draft;
  readonly event: AuditEvent;
  readonly value: string;
  readonly part: string;
  readonly print: string;
  readonly kept: Kept;
  readonly met: Met | undefined;
  readonly count: number;
  /** Where it stands in `met`. */
  readonly place: number;
  /** Values of its part that wait. */
  readonly declined: string;
  /** It is judged and learnt as what is only said of an agent that is proven (`said-values.ts`). */
  readonly isSaid: boolean;
}

export const dayOf = (event: AuditEvent) => Math.floor(epochMs(event.event_time) / DAY_MS);

export function historyOf(event: AuditEvent, met: Met | undefined): History {
  const [calls, values, sinceDay] = met ?? [0, 0, dayOf(event)];
  return { calls, values, sinceDay };
}

const triedPrint = (value: string) => shortPrint(`tried|${value}`);

/** What is known of failures of the same. */
export function triedOf({ value, declined }: Known): Declined | undefined {
  return declined === '' ? undefined : declinedOf(declined, triedPrint(value));
}

type Judging = Pick<NoveltyOptions, 'name' | 'ruleId' | 'releasedAfter'>;

/** Old enough to be released, unless somebody found right what was told of it, done or tried. */
function hasAged(
  { draft, event, value }: Known,
  of: Declined | undefined,
  { name, ruleId, releasedAfter = KIND_AGES }: Judging,
): boolean {
  if (of === undefined || !isReleased(of, releasedAfter)) return false;
  const same = noveltySame(ruleId, noveltyKey(name, value));
  return !same.some((one) => isFoundRight(draft, event, one));
}

const unpermittedPrint = (value: string) => shortPrint(`unpermitted|${value}`);

/** What is known of it from calls that only lacked a decision. */
export function unpermittedOf({ value, declined }: Known): Declined | undefined {
  return declined === '' ? undefined : declinedOf(declined, unpermittedPrint(value));
}

/** The table of what waits, with one more such call. */
function withUnpermitted({ event, value, declined }: Known): string {
  const chain = shortPrint(turnOf(event));
  const print = unpermittedPrint(value);
  return withDeclined(declined, { print, chain, day: dayOf(event), isFlagged: false });
}

/**
 * It waits for nothing but a decision, and for no longer than what recurs takes to settle: when it was first met
 * nothing was odd about it, and the days since then are no habit that it breaks.
 */
export function isSettling(known: Known): boolean {
  const waiting = unpermittedOf(known);
  if (waiting === undefined || dayOf(known.event) - waiting.first >= SETTLED_DAYS_MIN) return false;
  return declinedOf(known.declined, known.print) === undefined;
}

/** What always fails: it is told no longer. */
export function failsUsually(known: Known, judging: Judging): boolean {
  return hasAged(known, triedOf(known), judging);
}

/** The table of what waits, with one more failure of it; the same where that day or chain counted before. */
function withTried({ event, value, declined }: Known): string {
  const chain = shortPrint(turnOf(event));
  const sighting = { print: triedPrint(value), chain, day: dayOf(event), isFlagged: true };
  return withDeclined(declined, sighting);
}

/** What a call that is not counted makes of what waits. */
export interface Waits {
  readonly table: string;
  /** It counts from now on. */
  readonly hasSettled: boolean;
}

/** Not counted but noted: a value becomes known once it has settled. */
export function declinedOnceMore(
  known: Known,
  isFlagged: boolean,
  judging: Judging,
): Waits | undefined {
  const { event, print, count, declined: before } = known;
  // What is known stays so, and of what alarmed no more of it is wanted.
  if (count > 0) return undefined;
  const chain = shortPrint(turnOf(event));
  const table = withDeclined(before, { print, chain, day: dayOf(event), isFlagged });
  if (table === before) return undefined;
  return { table, hasSettled: hasAged(known, declinedOf(table, print), judging) };
}

/** Of a call that only lacked a decision: what was doubted or alarmed on besides keeps the ages of that. */
export function unpermittedOnceMore(known: Known, judging: Judging): Waits | undefined {
  const own = declinedOf(known.declined, known.print);
  if (own !== undefined) return declinedOnceMore(known, own.isFlagged, judging);
  const table = withUnpermitted(known);
  if (table === known.declined) return undefined;
  const waiting = unpermittedOf({ ...known, declined: table });
  return { table, hasSettled: hasAged(known, waiting, judging) };
}

/** What failed is neither counted nor on the way there. */
export function triedOnceMore(known: Known): Waits | undefined {
  if (known.count > 0 || callEnding(known.event) !== 'failed') return undefined;
  const table = withTried(known);
  return table === known.declined ? undefined : { table, hasSettled: false };
}
