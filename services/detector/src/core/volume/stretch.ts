/**
 * Whether what alarms today goes on from what alarmed before: then it is one alert with a count, and not
 * one a day. And for how long: what nobody declared, answered or ended for a month is released, and what
 * alarmed begins to be learnt. Else a change for good, of which nobody told us, would alarm for ever.
 *
 * A week without an alarm ends a stretch (a weekend, and a few days of less work, do not): what comes after
 * it is another alert. Rejected: months counted from the agent's first day, which split what goes on in two.
 *
 * Limit: who is patient for a month, with an alert open on which nobody acts, is then what is usual.
 */

/** Days of a stretch: when it was told first, and when it alarmed last. */
export interface Stretch {
  readonly since: number;
  readonly last: number;
}

/** Days without an alarm after which it is over. */
export const ENDED_AFTER_DAYS = 7;
/** The named age at which what alarmed and goes on begins to be learnt. */
export const RELEASED_AFTER_DAYS = 30;

/** The stretch that goes on at this day; undefined where there is none. */
export function goingOn<Of extends Stretch>(stretch: Of | undefined, day: number): Of | undefined {
  return stretch === undefined || day - stretch.last > ENDED_AFTER_DAYS ? undefined : stretch;
}

/** The stretch with an alarm of this day. */
export function withAlarm(stretch: Stretch | undefined, day: number): Stretch {
  const known = goingOn(stretch, day);
  return { since: known?.since ?? day, last: Math.max(known?.last ?? day, day) };
}

/** The first day of what alarms at this day: alerts with the same one are one. */
export function firstDayOf(stretch: Stretch | undefined, day: number): number {
  return goingOn(stretch, day)?.since ?? day;
}

/** Whether it has gone on for so long that it is released. */
export function isReleased(stretch: Stretch | undefined, day: number): boolean {
  const known = goingOn(stretch, day);
  return known !== undefined && day - known.since >= RELEASED_AFTER_DAYS;
}
