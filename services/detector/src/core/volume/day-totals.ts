/**
 * What an agent's day has come to so far, of several measures (calls, records, bytes), against the largest of its
 * earlier days. Windows of minutes can't see who stays below their floors all day; a sum over the day can.
 *
 * Coarse on purpose: at least four times the largest day ever, since the latest declared change, and a floor. So no
 * days are kept, only how many and the largest; how rare a day is, is made of these (`largest-of.ts`). All measures of an agent are one small value, because
 * each event brings it forth and puts it back, and at most events that is all.
 *
 * What is flagged is summed and not learnt; a day that alarmed is none. What goes on alarming for the age of
 * `stretch.ts` is released: the smallest of its days is then the largest known. A day that is told late is summed by
 * itself, and not learnt. Rejected: `block-maxima.ts` for each, of which thirty days take 130 bytes a measure;
 * adding what comes late to today, by which a backlog of days would be one.
 *
 * What people found harmless counts as the largest known with a factor of its own (`foundHarmless`): one day that
 * somebody excused says nothing of four times as much. Nor do the days that pass because of it.
 *
 * Whoever takes less than four times as much as ever each day is held against his first days (`measure-total.ts`).
 */
import { BLOCKS_MIN } from './day-score.ts';
import { largestChance } from './largest-of.ts';
import {
  afterTold,
  begunAnew,
  type FirstTotal,
  firstBound,
  summed,
  type Total,
  withDay,
  withDays,
} from './measure-total.ts';
import { ENDED_AFTER_DAYS, goingOn, isReleased, type Stretch, withAlarm } from './stretch.ts';

/** How many times the largest day ever. */
const LARGEST_FACTOR = 4;
/** What alarms after a declared change, until there are days again: so many times what alarmed before. */
const GUARD_FACTOR = 2;
/** How many times what people found harmless; as far beyond the largest as a volume alarms (`block-maxima.ts`). */
const HARMLESS_FACTOR = 1.5;

/** Days that alarmed and go on: finished ones, and the smallest of them. */
export interface ToldDays extends Stretch {
  readonly days: number;
  readonly least: number;
  /** On the latest of them another measure was over first. */
  readonly joins?: true;
}

/** What most agents have nothing of, by the number of the measure. */
interface Rare {
  /** The latest declared change that it knows. */
  readonly declaredMs?: number;
  /** Since a declared change, until there are days enough again. */
  readonly guards?: readonly (number | null)[];
  readonly told?: readonly (ToldDays | null)[];
  /** The most of a day that people found harmless, until a declared change. */
  readonly harmless?: readonly (number | null)[];
  /** A day before this one of which something was told late. */
  readonly late?: readonly [day: number, ...sums: number[]];
}

export type DayTotals = readonly [
  day: number,
  since: number,
  totals: readonly Total[],
  /** Left out where nothing is. */
  rare?: Rare,
];

const NOTHING: Total = [0, 0, 0, 0];
const NO_RARE: Rare = {};

const isEmpty = (rare: Rare) => Object.keys(rare).length === 0;

function withRare([day, since, totals]: DayTotals, rare: Rare): DayTotals {
  return isEmpty(rare) ? [day, since, totals] : [day, since, totals, rare];
}

export const toldOf = (of: DayTotals, measure: number): ToldDays | undefined =>
  of[3]?.told?.[measure] ?? undefined;

export function newTotals(day: number, measures: number): DayTotals {
  return [day, day, new Array<Total>(measures).fill(NOTHING)];
}

/** Today's told day is finished. */
function toldAt(told: ToldDays, sum: number, today: number): ToldDays {
  if (told.last !== today) return told;
  const least = told.days === 0 ? sum : Math.min(told.least, sum);
  return { ...told, days: told.days + 1, least };
}

function finished(
  total: Total,
  { told, harmless }: { readonly told?: ToldDays | undefined; readonly harmless?: number },
  today: number,
): Total {
  const [sum, apart, days, peak] = total;
  const learnt = sum - apart;
  // Of a day of which nothing may be learnt it is not known what is usual.
  if (learnt <= 0 || told?.last === today) return summed(total, 0, 0);
  // It would have alarmed but for what people found: a day, and no measure of further ones.
  const isExcused = harmless !== undefined && days >= BLOCKS_MIN && learnt > LARGEST_FACTOR * peak;
  return withDay(total, isExcused ? peak : Math.max(peak, learnt));
}

function released([sum, apart, days, peak]: Total, told: ToldDays): Total {
  return [sum, apart, days + told.days, Math.max(peak, told.least)];
}

/**
 * The totals at a day: one before it is finished. `isHeld`: whether what alarmed of a measure never becomes normal by
 * its age, since people found it right; asked when it would.
 */
export function atDay(
  of: DayTotals,
  day: number,
  floors: readonly number[],
  isHeld?: (measure: number) => boolean,
): DayTotals {
  const [today, since, before, rare] = of;
  if (day <= today) return of;
  if (rare === undefined) {
    return [day, since, before.map((total) => finished(total, {}, today))];
  }
  const { late: _, told = [], ...others } = rare;
  const now = before.map((total, at) => {
    const known = told[at] ?? undefined;
    const days = known && goingOn(toldAt(known, total[0], today), day);
    const harmless = rare.harmless?.[at] ?? undefined;
    const next = finished(total, { told: known, ...(harmless && { harmless }) }, today);
    if (known !== undefined && days === undefined) {
      const { least } = toldAt(known, total[0], today);
      const bound = firstBound(total, floors[at] ?? 0, rare.declaredMs !== undefined);
      return { total: afterTold(next, least, bound), days: null };
    }
    const isOld = days !== undefined && days.days >= BLOCKS_MIN && isReleased(days, day);
    return isOld && isHeld?.(at) !== true
      ? { total: released(next, days), days: null }
      : { total: next, days: days ?? null };
  });
  const days = now.map((one) => one.days);
  const kept = days.some((one) => one !== null) ? { ...others, told: days } : others;
  return withRare([day, since, now.map(({ total }) => total)], kept);
}

/** What people found harmless of a measure, up to so much: its days are days like any. */
export function foundHarmless(of: DayTotals, measure: number, upTo: number): DayTotals {
  const [today, since, totals, { told = [], harmless = [], ...others } = NO_RARE] = of;
  const known = told[measure] ?? undefined;
  const now = totals.map((total, at) =>
    at === measure && known !== undefined ? withDays(total, known.days) : total,
  );
  const most = totals.map((_, at) => {
    const before = harmless[at] ?? null;
    return at === measure ? Math.max(before ?? 0, upTo) : before;
  });
  const left = told.map((one, at) => (at === measure ? null : one));
  const kept = left.some((one) => one !== null) ? { ...others, told: left } : others;
  return withRare([today, since, now], { ...kept, harmless: most });
}

/** The largest day that is known: of those that are learnt, or that people found harmless. */
export function largestDay(of: DayTotals, measure: number): number {
  const [, , , peak] = of[2][measure] ?? NOTHING;
  return Math.max(peak, of[3]?.harmless?.[measure] ?? 0);
}

/** What a day may come to by what people found harmless. */
const excusedOf = (rare: Rare | undefined, measure: number) =>
  HARMLESS_FACTOR * (rare?.harmless?.[measure] ?? 0);

/** Above how much of a measure a day alarms; undefined while too little is known. */
export function alarmAbove(of: DayTotals, measure: number, floor: number): number | undefined {
  const [, , days, peak] = of[2][measure] ?? NOTHING;
  const excused = excusedOf(of[3], measure);
  if (days >= BLOCKS_MIN) return Math.max(floor, LARGEST_FACTOR * peak, excused);
  const guard = of[3]?.guards?.[measure] ?? undefined;
  return guard === undefined ? undefined : Math.max(guard, excused);
}

/** The same by the first days, where these are known. */
export function boundOfFirst(
  of: DayTotals,
  measure: number,
  floor: number,
): FirstTotal | undefined {
  const rare = of[3];
  const bound = firstBound(of[2][measure] ?? NOTHING, floor, rare?.declaredMs !== undefined);
  if (bound === undefined) return undefined;
  return { most: bound.most, above: Math.max(bound.above, excusedOf(rare, measure)) };
}

/** When a change was declared last. */
export const declaredOf = (of: DayTotals): number | undefined => of[3]?.declaredMs;

/** How probable it is that a day comes to as much; undefined while too little is known. */
export function aboveChance(of: DayTotals, day: number, measure: number): number | undefined {
  const [, , days] = of[2][measure] ?? NOTHING;
  if (days < BLOCKS_MIN) return undefined;
  return largestChance(sumAt(of, day, measure), largestDay(of, measure), days);
}

/** After a declared change days begin anew; meanwhile twice what they had taught to alarm at still does. */
export function rebased(
  of: DayTotals,
  declaredMs: number | undefined,
  floors: readonly number[],
): DayTotals {
  const [day, , totals, rare = NO_RARE] = of;
  if (declaredMs === undefined || declaredMs <= (rare.declaredMs ?? 0)) return of;
  // Not twice the floor, and never twice a guard: declarations in a row would lift it without end.
  const guards = totals.map(([, , days, peak], at) => {
    if (days < BLOCKS_MIN) return rare.guards?.[at] ?? null;
    const alarmed = Math.max(LARGEST_FACTOR * peak, excusedOf(rare, at));
    return Math.max(floors[at] ?? 0, GUARD_FACTOR * alarmed);
  });
  const { late } = rare;
  const anew = totals.map((total, at) => begunAnew(total, excusedOf(rare, at)));
  const kept = { declaredMs, guards, ...(late === undefined ? {} : { late }) };
  return [day, day, anew, kept];
}

const added = (sum: number, amount: number) => Math.min(sum + amount, Number.MAX_SAFE_INTEGER);

/** The totals with what a call adds; of a day before this one, its own sums. */
export function withAmounts(of: DayTotals, day: number, amounts: readonly number[]): DayTotals {
  const [today, since, totals, rare] = of;
  if (day < today) {
    const known = rare?.late?.[0] === day ? rare.late.slice(1) : [];
    const sums = amounts.map((amount, at) => added(known[at] ?? 0, amount));
    return [today, since, totals, { ...rare, late: [day, ...sums] }];
  }
  const now = totals.map((total, at): Total => {
    const amount = amounts[at] ?? 0;
    return amount === 0 ? total : summed(total, added(total[0], amount), total[1]);
  });
  return rare === undefined ? [today, since, now] : [today, since, now, rare];
}

/** What a day has come to: the present one, or one that is told late. */
export function sumAt(of: DayTotals, day: number, measure: number): number {
  if (day < of[0]) return of[3]?.late?.[measure + 1] ?? 0;
  return of[2][measure]?.[0] ?? 0;
}

/**
 * The same where the call was flagged: nothing of it is learnt, and of a day that alarms (`over`, the one that leads
 * first) nothing at all.
 */
export function keptApart(
  of: DayTotals,
  day: number,
  { amounts, over }: { readonly amounts: readonly number[]; readonly over: readonly number[] },
): DayTotals {
  const [today, since, totals, rare = NO_RARE] = of;
  // What is told late teaches nothing in any case.
  const now =
    day < today
      ? totals
      : totals.map((total, at): Total => {
          return summed(total, total[0], added(total[1], amounts[at] ?? 0));
        });
  if (over.length === 0) return withRare([today, since, now], rare);
  const told = totals.map((_, at) => {
    const known = rare.told?.[at] ?? undefined;
    if (!over.includes(at)) return known ?? null;
    const stretch = withAlarm(known, day);
    const isNew = known === undefined || day - known.last > ENDED_AFTER_DAYS;
    const { days, least } = isNew ? { days: 0, least: 0 } : known;
    return { days, least, ...stretch, ...(at === over[0] ? {} : { joins: true as const }) };
  });
  return [today, since, now, { ...rare, told }];
}
