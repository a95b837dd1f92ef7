/**
 * One amount of one agent over one span. The largest window of a day is log-normal; the next day's is Student-t
 * around the median (Gelman et al., Bayesian Data Analysis, 3.3). Slow climbs: bets on record days (`climb`).
 */
import { recordEValue, studentQuantile } from '@waywarden/statistics';
import { medianSorted } from 'simple-statistics';
import { DAYS_KNOWN_MIN } from '../../domain/day.ts';
import { USUAL_AFTER_DAYS } from '../feature.ts';
import { GRAIN } from '../peers/peer-groups.ts';

export const logOf = (amount: number): number => Math.round(GRAIN * Math.log1p(amount));
export const amountOfLog = (log: number): number => Math.expm1(log / GRAIN);

export interface Series {
  /** Logarithms, earliest first. */
  readonly days: readonly number[];
  readonly peak: number;
  /** Absent while too little is known. */
  readonly limit?: number;
  /** As a logarithm. */
  readonly climb: number;
  readonly base?: number;
  readonly halves: readonly (readonly [half: number, sum: number])[];
  readonly over?: readonly [since: number, last: number];
}

export const NEW_SERIES: Series = { days: [], peak: 0, climb: 0, halves: [] };

export const DAYS_MAX = 28;
/** By chance so many days of a series bring one alarm. */
export const DAYS_PER_ALARM = 6000;
/** Prior: spread of days on the logarithm, and its weight in days. */
const SPREAD = 0.35;
const SPREAD_DAYS = 6;
const ABOVE_LARGEST = 2;
/** Peers raise a cold start's limit no further above the floor. */
export const PEER_CEILING = 400;
const GUARDED_TIMES = 2;
const HALVES_MAX = 6;

/** In natural logarithms. */
export interface PeerDays {
  readonly median: number;
  readonly scale: number;
  readonly agents: number;
}

const quantiles = new Map<number, number>();
function quantile(freedom: number): number {
  const known = quantiles.get(freedom);
  if (known !== undefined) return known;
  const t = studentQuantile(1 / DAYS_PER_ALARM, freedom);
  quantiles.set(freedom, t);
  return t;
}

function limitBy(median: number, days: number, squares: number): number {
  const freedom = SPREAD_DAYS + days;
  const variance = (SPREAD_DAYS * SPREAD ** 2 + squares) / freedom;
  return Math.expm1(median + quantile(freedom) * Math.sqrt(variance * (1 + 1 / days)));
}

export interface Usual {
  readonly median: number;
  readonly largest: number;
}

export function usualOf(days: readonly number[]): Usual | undefined {
  if (days.length < DAYS_KNOWN_MIN) return undefined;
  const sorted = [...days].sort((a, b) => a - b);
  return { median: medianSorted(sorted), largest: sorted.at(-1) ?? 0 };
}

/** Undefined: too little is known. */
export function limitOf(
  days: readonly number[],
  floor: number,
  peers: PeerDays | undefined,
): number | undefined {
  const usual = usualOf(days);
  if (usual === undefined) {
    if (peers === undefined) return undefined;
    const limit = limitBy(peers.median, peers.agents, peers.agents * peers.scale ** 2);
    return Math.min(Math.max(floor, limit), floor * PEER_CEILING);
  }
  const squares = days.reduce(
    (sum, log) => sum + (Math.max(0, log - usual.median) / GRAIN) ** 2,
    0,
  );
  // Days above the median are half of all.
  const limit = limitBy(usual.median / GRAIN, days.length, 2 * squares);
  return Math.max(floor, limit, ABOVE_LARGEST * amountOfLog(usual.largest));
}

export function withAmount(
  halves: Series['halves'],
  half: number,
  amount: number,
): { readonly halves: Series['halves']; readonly sum: number } {
  let [at, before] = [-1, 0];
  for (let n = 0; n < halves.length; n += 1) {
    const of = halves[n]?.[0];
    if (of === half) at = n;
    else if (of === half - 1) before = halves[n]?.[1] ?? 0;
  }
  const own = (halves[at]?.[1] ?? 0) + amount;
  const next = at < 0 ? [...halves.slice(1 - HALVES_MAX), [half, own] as const] : halves.slice();
  if (at >= 0) next[at] = [half, own];
  return { halves: next, sum: before + own };
}

const CLIMB_ODDS = 0.7;
const CLIMB_DAYS_MIN = 5;
/** By chance a series comes to it once in so many days. */
const CLIMB_PAYS = Math.log(1500);
const CLIMB_TIMES = 2.5;

function payOf(days: readonly number[], log: number): number {
  const before = days.length;
  if (before < CLIMB_DAYS_MIN) return 0;
  return Math.log(
    recordEValue(
      days.every((one) => one < log),
      before,
      CLIMB_ODDS,
    ),
  );
}

/** Undefined where it did not climb. */
export function climbOf({ days, climb, base }: Series, amount: number): number | undefined {
  const log = logOf(amount);
  if (base === undefined || climb + payOf(days, log) < CLIMB_PAYS) return undefined;
  const times = Math.exp((log - base) / GRAIN);
  return times >= CLIMB_TIMES ? times : undefined;
}

/** A day with too much on it is left out. */
function withDay(before: Series, isOver: boolean): Pick<Series, 'days' | 'climb' | 'base'> {
  const { days, peak, climb, base } = before;
  if (peak === 0 || isOver) return { days, climb, ...(base === undefined ? {} : { base }) };
  const next = Math.max(0, climb + payOf(days, peak));
  const from = next === 0 || base === undefined ? usualOf(days)?.median : base;
  return {
    days: [...days, peak].slice(-DAYS_MAX),
    climb: next,
    ...(from === undefined ? {} : { base: from }),
  };
}

/** Days after which it is over; usual after `USUAL_AFTER_DAYS`. */
const OVER_ENDS_DAYS = 7;

interface NextDay {
  readonly day: number;
  readonly floor: number;
  readonly peers: PeerDays | undefined;
  readonly isGuarded: boolean;
}

export function atDay(before: Series, lastDay: number, of: NextDay): Series {
  const { over } = before;
  const isOver = over?.[1] === lastDay;
  const isUsual = isOver && over[1] - over[0] >= USUAL_AFTER_DAYS;
  const known = isUsual ? { ...NEW_SERIES, peak: before.peak } : before;
  const closed = withDay(known, isOver && !isUsual);
  const usual = limitOf(closed.days, of.floor, of.peers);
  const limit = usual !== undefined && of.isGuarded ? GUARDED_TIMES * usual : usual;
  const isGoingOn = over !== undefined && !isUsual && of.day - over[1] <= OVER_ENDS_DAYS;
  return {
    ...closed,
    peak: 0,
    ...(limit === undefined ? {} : { limit }),
    halves: before.halves,
    ...(isGoingOn ? { over } : {}),
  };
}
