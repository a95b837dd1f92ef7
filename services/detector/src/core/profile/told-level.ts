/**
 * Up to where an agent's days were told for long enough. Its first days stay for ever, so who changed for good once is
 * unlike them for ever, and would be told so every five weeks (`weak-signs.ts`). Once what added up in a feature was
 * told and a month has passed, the days since then are held against first days that are lifted to the level at which
 * that month began: what has stayed there is told, and what climbs on from there is told again.
 *
 * The level is the median of the first ten of the latest thirty days and not of the last ones: who climbs during that
 * month was told of where it began, and not of where it ended. What people found right lifts nothing, and is told
 * anew after that month: as another alert, which lifts by what is said of it. After a declared change it is no higher than the first ten days that follow.
 *
 * Rejected: new first days. They are a bound of their own too (`../volume/first-days.ts`), which tells at six times as
 * much and more loudly, and would lie twice as high after each telling. The first ten days lifted to the level: how much they differ is known
 * from ten days, with a slack for that, in which a climb of an agent whose days differ by a third got lost.
 *
 * Limits: below a level that was told a climb is seen by how days lie above those before them, and not by the first
 * ones; who acts on few days is told until ten of its latest thirty are at the new level.
 */
import type { AuditEvent } from '@waywarden/schemas';
import type { Draft } from '@waywarden/stage';
import type { DayOdds } from '../facets/facet.ts';
import { type DayMaxima, probabilityAround } from '../volume/block-maxima.ts';
import { quantile, rising } from '../volume/day-score.ts';
import { ANCHOR_DAYS } from '../volume/first-days.ts';
import { isFoundRight } from './found.ts';

/** For so many days what adds up again belongs to the alert that is there. */
export const TOLD_DAYS = 30;

/** Of one feature that was told. */
export interface ToldLevel {
  /** A logarithm, as days are kept; 0 until a month has passed. */
  readonly log: number;
  /** When it was told, or since when this is the level. */
  readonly since: number;
  /** Whether it was told on that day, and it is not known yet whether it stays. */
  readonly isOpen: boolean;
}

/** What adds up over days, of an alert that was told first on this day. */
export const signsKey = (day: number): string => `weak_signs|${day}`;

/** The level of a feature that is told; one that is open already is as old as it is. */
export function toldOn(known: ToldLevel | undefined, day: number): ToldLevel {
  if (known?.isOpen === true) return known;
  return { log: known?.log ?? 0, since: day, isOpen: true };
}

const beginningOf = ({ logs }: DayMaxima): number =>
  Math.round(quantile(rising(logs.slice(0, ANCHOR_DAYS)), 0.5));

/** At a day: the same object where nothing is new of it. */
export function levelAt(
  level: ToldLevel,
  { days }: DayOdds,
  {
    draft,
    event,
    today,
  }: { readonly draft: Draft; readonly event: AuditEvent; readonly today: number },
): ToldLevel {
  if (days === undefined || days.logs.length < ANCHOR_DAYS) return level;
  const { log, since, isOpen } = level;
  if (isOpen) {
    if (today - since <= TOLD_DAYS) return level;
    const isRight = isFoundRight(draft, event, `weak-signs|${signsKey(since)}`);
    if (isRight) return { log, since: today, isOpen: false };
    return { log: Math.max(log, beginningOf(days)), since: today, isOpen: false };
  }
  if (days.since <= since) return level;
  return { log: Math.min(log, beginningOf(days)), since: days.since, isOpen };
}

/** How probable the day is by the first days, or by days at this level where that is more: as few of them are odd. */
export function liftedProbability(
  level: ToldLevel | undefined,
  { anchored, days, model, high }: DayOdds,
): number | undefined {
  if (anchored === undefined || level === undefined || level.log === 0) return anchored;
  if (days === undefined || model === undefined || high === undefined) return anchored;
  return Math.max(anchored, probabilityAround(days, model, high.value, level.log) ?? 1);
}
