/**
 * On which days of the week (UTC) an agent acted, in one number: the day since which that is counted and behind it
 * a digit a weekday, on how many of these days it acted (nine stand for more). What is done on a weekday of its
 * first time makes that weekday known from the next day on: else one read would make usual what follows it.
 *
 * A weekday is free when it was never acted on though it came three times, and the agent acted on most of the other
 * days: who works now and then has no free day. Within two hours of midnight the day beside it is as good, so that
 * a late Friday and another summer time are none. The first and last two days of a month are free only where such
 * days passed on a free weekday before: who closes the books does so whatever the day.
 * Rejected: a share of the days, by which little work on Sundays is odd each time. Holidays are not known: who works
 * on one of its weekdays is as ever. Limit: work that comes on one weekend in a month is told once, as low, and
 * from five weeks on as medium; of an agent that acts on any weekday at times nothing is known.
 */
import { dateOfDay } from '../volume/block-maxima.ts';
import { HOURS, MARGIN_HOURS } from './known-hours.ts';

const WEEK = 7;
const DIGITS = 10;
const MOST = DIGITS - 1;
const ROOM = DIGITS ** WEEK;
/** How often a weekday must have come without an act. */
const FREE_MIN = 3;
/** From so many on a month has passed: work of one weekend in a month would have been met. */
export const WHOLE_MONTH = 5;
const MONTH_EDGE_DAYS = 2;
/** The days of one turn of a month. */
const MONTH_TURN = 2 * MONTH_EDGE_DAYS;
/** For how long back the turns of months are looked through. */
const LOOK_BACK_DAYS = 366;
const NAMES = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

export type Weekdays = number;

export interface FreeWeekday {
  readonly name: string;
  /** How often it came, since when, and on which days it acts. */
  readonly passed: number;
  readonly sinceDay: number;
  readonly others: readonly string[];
}

interface Moment {
  readonly day: number;
  readonly hour: number;
  /** Latest day on which the agent acted. */
  readonly last: number;
}

/** 1970 began on a Thursday; Monday is 0. */
const weekdayOf = (day: number): number => (day + 3) % WEEK;
const sinceOf = (weekdays: Weekdays): number => Math.floor(weekdays / ROOM);
const timesOf = (weekdays: Weekdays, weekday: number): number =>
  Math.floor(weekdays / DIGITS ** weekday) % DIGITS;

/** How often a weekday came from the first day on and before this one. */
function passedOf(weekdays: Weekdays, weekday: number, day: number): number {
  const since = sinceOf(weekdays);
  const first = since + ((weekday - weekdayOf(since) + WEEK) % WEEK);
  return Math.max(0, Math.floor((day - 1 - first) / WEEK) + 1);
}

/** A day on which the agent acts; one that is told late counts where its weekday was unknown. */
export function withDay(weekdays: Weekdays | undefined, day: number, last: number): Weekdays {
  const before = weekdays ?? day * ROOM;
  const times = timesOf(before, weekdayOf(day));
  const counts = day > last || times === 0;
  return counts && times < MOST ? before + DIGITS ** weekdayOf(day) : before;
}

function isMonthEdge(day: number): boolean {
  const dayOfMonth = (at: number) => Number(dateOfDay(at).slice(8));
  return dayOfMonth(day) <= MONTH_EDGE_DAYS || dayOfMonth(day + MONTH_EDGE_DAYS) <= MONTH_EDGE_DAYS;
}

/** The days of the week on which it acted before today. */
function knownOf(weekdays: Weekdays, { day, last }: Moment): readonly boolean[] {
  return Array.from({ length: WEEK }, (_, weekday) => {
    const today = day === last && weekday === weekdayOf(day) ? 1 : 0;
    return timesOf(weekdays, weekday) > today;
  });
}

/** Whether it acted on most of the days that are not this weekday. */
function actsMostDays(weekdays: Weekdays, free: number, day: number): boolean {
  let [acted, all] = [0, 0];
  for (let weekday = 0; weekday < WEEK; weekday += 1) {
    if (weekday === free) continue;
    acted += timesOf(weekdays, weekday);
    all += Math.min(MOST, passedOf(weekdays, weekday, day));
  }
  return acted > all / 2;
}

function metMonthEdge(weekdays: Weekdays, known: readonly boolean[], day: number): boolean {
  for (
    let at = day - MONTH_TURN;
    at >= Math.max(sinceOf(weekdays), day - LOOK_BACK_DAYS);
    at -= 1
  ) {
    if (known[weekdayOf(at)] === false && isMonthEdge(at)) return true;
  }
  return false;
}

/** The weekday of this moment where it is a free one. */
export function freeWeekday(
  weekdays: Weekdays | undefined,
  moment: Moment,
): FreeWeekday | undefined {
  const { day, hour, last } = moment;
  const weekday = weekdayOf(day);
  const isOwn = day === last;
  if (weekdays === undefined || timesOf(weekdays, weekday) > (isOwn ? 1 : 0)) return undefined;
  const passed = passedOf(weekdays, weekday, day);
  if (passed < FREE_MIN || !actsMostDays(weekdays, weekday, day)) return undefined;
  const known = knownOf(weekdays, moment);
  const beside = hour < MARGIN_HOURS ? -1 : hour >= HOURS - MARGIN_HOURS ? 1 : 0;
  if (known[(weekday + beside + WEEK) % WEEK] === true) return undefined;
  if (isMonthEdge(day) && !metMonthEdge(weekdays, known, day)) return undefined;
  return {
    name: NAMES[weekday] ?? '',
    passed,
    sinceDay: sinceOf(weekdays),
    others: NAMES.filter((_, at) => known[at] === true),
  };
}
