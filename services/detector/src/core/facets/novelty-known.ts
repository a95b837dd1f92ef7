/**
 * What the state says of a value before a call, and what becomes of a value that was only tried.
 *
 * A call that failed makes its value no more known. That it was tried is noted under a print of its own, beside what
 * was declined: the success after it is told anew in the same alert, and what fails every night becomes a known
 * failure by the ages of what is flagged, which else would be told, and keep its work from being learnt, for ever.
 */
import { type AuditEvent, epochMs, shortPrint } from '@waywarden/schemas';
import type { Draft } from '@waywarden/stage';
import {
  type Ages,
  type Declined,
  declinedOf,
  isReleased,
  withDeclined,
} from '../kept/declined-prints.ts';
import { workOf } from '../piece-of-work.ts';
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
export function hasAged(
  { draft, event, value }: Known,
  of: Declined | undefined,
  { name, ruleId, releasedAfter = KIND_AGES }: Judging,
): boolean {
  if (of === undefined || !isReleased(of, releasedAfter)) return false;
  const same = noveltySame(ruleId, noveltyKey(name, value));
  return !same.some((one) => isFoundRight(draft, event, one));
}

/** What always fails: it is told no longer. */
export function failsUsually(known: Known, judging: Judging): boolean {
  return hasAged(known, triedOf(known), judging);
}

/** The table of what waits, with one more failure of it; the same where that day or chain counted before. */
export function withTried({ event, value, declined }: Known): string {
  const chain = shortPrint(workOf(event));
  const sighting = { print: triedPrint(value), chain, day: dayOf(event), isFlagged: true };
  return withDeclined(declined, sighting);
}
