/**
 * Whether the largest of each day keeps rising: two bets against days that are alike.
 *
 * Of days that may be exchanged for each other the n-th is larger than all before with a probability of 1/n at
 * most, and among the two largest with 2/n, whatever is counted and however it is distributed, and whatever the days
 * before did (Rényi 1962). So each day a share of one bet is put on a record, and of another on being one of the
 * two largest, at these odds. Products of such bets grow only when such days keep coming; one that has lost
 * everything begins anew, and the mean of both reaches T by chance once in T days at most (a CUSUM of e-values: Shin,
 * Ramdas, Rinaldo 2022). Whoever does a little more every day sets a record every day; and the second bet sees
 * him below one large day that came before.
 *
 * After a declared change days are others. Those before still say what is far above them: until there are five new
 * ones, a win lies above twice what was largest of the old, so that no declaration hides a climb; of a climb that is
 * on its way, above twice what was largest before it. Where the other rows are as long as before (`day-rows.ts`), one
 * and a half times is enough, from the third day on: on the first two nothing is bet below twice as much. The five
 * tell by how much the change has raised days, and the old days count on, by as much larger; by a half, since that is
 * a guess, and in full where it has raised nothing, or where the others say so and none is above twice as much. Of a
 * change that seems to have more than doubled days the old ones are dropped after ten.
 *
 * On a quiet day (`quiet-days.ts`) nothing is bet that is not won, and it is none of the days: on all days together
 * that is fair whenever days may be exchanged, since what such a day does not lose it could not win either.
 *
 * Rejected, since they were measured (docs/measurements/fleet.md): a CUSUM of scores above the first days needs
 * their scale, and with heavy tails alarms ten to thirty times as often at the same recall; all ranks instead of
 * these (a conformal martingale) lose on quiet days what records win, and three largest instead of two as well; to
 * begin anew with each declared change, which forgot a climb to 58 where 6 had been the most in 13 days.
 *
 * Limits: it is sure of nothing before the third win; two large days that nothing alarmed on hide all that stay
 * below them; a day of quiet work counts against a rise; who grows for a good reason is told too, unless it is declared.
 */
import { payOf } from './bet-pay.ts';
import { areAsBefore, NO_OTHERS, type OtherRows, together } from './day-rows.ts';

/** The largest two of some days, the larger one first. */
type Peaks = readonly [largest: number, second: number];

interface Days {
  readonly days: number;
  readonly peaks: Peaks;
  /** What else was done on them. */
  readonly others: OtherRows;
}

/** What a bet has come to, and how often it was won since it began anew. */
export interface Bet {
  readonly bet: number;
  readonly wins: number;
}

/** Finished days, and what was bet on each being the largest, or one of the two largest. */
export interface RecordBets extends Days {
  readonly bets: readonly [record: Bet, top: Bet];
  /** While a bet stands: the largest days before the first win. */
  readonly from?: Peaks;
  /** The days before a declared change, while those after it are few, or have raised them. */
  readonly before?: Before;
}

/** `raised`: how many times as large days became with the change, once there are enough to tell; before that twice. */
interface Before extends Days {
  readonly raised?: number;
}

const NO_DAYS: Days = { days: 0, peaks: [0, 0], others: NO_OTHERS };
const NO_BET: Bet = { bet: 1, wins: 0 };
export const NO_BETS: RecordBets = { ...NO_DAYS, bets: [NO_BET, NO_BET] };

/** Fewer days than this are no history to set a record against. */
const DAYS_MIN = 3;
/** No longer odds than of so many days: habits change. Shorter odds than the true ones only lose. */
const ODDS_MAX = 60;
const DIGITS = 5;
/** On quiet days nothing is bet, so of a climb nearly every bet is won. */
const SHARE = 0.8;
/** By how much a declared change may raise days; how many new ones say by how much it did, and are enough. */
const RAISED_MOST = 2;
/** The same where what else is done is as before: a change may raise the longest alone, if hardly as much. */
const RAISED_ALONE = 1.5;
/** So many days after it say what is usual now before anything is bet against them. */
const FIRST_DAYS = 2;
const TELLING_DAYS = 5;
const NEW_DAYS = 10;
/** Of days that a change has raised a half counts: by how much it did is only guessed. */
const RAISED_SHARE = 0.5;
/** After so many new days those that were raised are not needed. */
const RAISED_UNTIL_DAYS = 30;

/**
 * After a declared change records begin anew, but for what lies far above the days before. What the bets have come
 * to stays: of days that are alike before it, and alike after it, they grow no more than of days that are alike
 * throughout. Of changes that follow each other the days before the first stay what is held against.
 */
export function afterChange(known: RecordBets): RecordBets {
  const { days, peaks, others, bets, from, before } = known;
  const old =
    before === undefined || before.raised !== undefined
      ? { days: heldAgainst(known).days, peaks: from ?? peaks, others }
      : { ...before, days: before.days + days };
  return { ...NO_DAYS, ...standing(bets, from), ...(old.days < DAYS_MIN ? {} : { before: old }) };
}

/** The bets, and what was before the first win while one stands. */
function standing(bets: RecordBets['bets'], from: Peaks | undefined) {
  const stands = bets.some(({ bet }) => bet > 1);
  return stands && from !== undefined ? { bets, from } : { bets };
}

/** How many days are held against, and what the largest two of them allow. */
export function heldAgainst({ days, peaks, others, before }: RecordBets): Omit<Days, 'others'> {
  if (before === undefined) return { days, peaks };
  const isAsBefore = areAsBefore(others, before.others);
  const { raised = isAsBefore ? RAISED_ALONE : RAISED_MOST } = before;
  const [largest, second] = before.peaks;
  const counted = before.raised === undefined ? before.days : before.days * RAISED_SHARE;
  return {
    days: days + Math.floor(counted),
    peaks: [Math.max(peaks[0], raised * largest), Math.max(peaks[1], raised * second)],
  };
}

function higher([largest, second]: Peaks, value: number): Peaks {
  if (value > largest) return [value, largest];
  return [largest, Math.max(second, value)];
}

/** By how much the days after a change lie above those before it; undefined while, or where, it can't be told. */
function raisedBy(now: Days, { peaks, raised, others }: Before): number | undefined {
  const [largest] = now.peaks;
  if (now.days === NEW_DAYS && largest <= peaks[0]) return 1;
  if (now.days !== TELLING_DAYS) return raised;
  const times = Math.max(1, largest / Math.max(1, peaks[1]));
  if (times > RAISED_MOST) return undefined;
  return areAsBefore(now.others, others) ? 1 : Number(times.toPrecision(3));
}

/** One more day; where a declared change has changed nothing the days before it join. */
function withFinished({ days, peaks, others, before }: RecordBets, day: Day) {
  const now: Days = {
    days: days + 1,
    peaks: higher(peaks, day.largest),
    others: together(others, day.others ?? NO_OTHERS),
  };
  if (before === undefined) return now;
  const raised = raisedBy(now, before);
  if (raised === 1) {
    return {
      days: now.days + before.days,
      peaks: now.peaks.reduce(higher, before.peaks),
      others: together(now.others, before.others),
    };
  }
  if (raised === undefined) return now.days >= NEW_DAYS ? now : { ...now, before };
  return now.days >= RAISED_UNTIL_DAYS ? now : { ...now, before: { ...before, raised } };
}

function betWith({ bet, wins }: Bet, odds: number, isWon: boolean): Bet {
  const now = Number((Math.max(1, bet) * payOf(odds, isWon, SHARE)).toPrecision(DIGITS));
  return now <= 1 ? NO_BET : { bet: now, wins: wins + (isWon ? 1 : 0) };
}

/** A day of which nothing was learnt yet. */
interface Day {
  readonly largest: number;
  readonly isQuiet?: boolean;
  readonly others?: OtherRows;
}

/** One of the first after a declared change, and not far above the days before it. */
function isLookedAt({ days, before }: RecordBets, largest: number): boolean {
  if (before === undefined || before.raised !== undefined || days >= FIRST_DAYS) return false;
  return largest <= RAISED_MOST * before.peaks[0];
}

/**
 * The bets with one more day; a day within its course is one that ends now. On a quiet one nothing is bet unless it
 * is won, and it is none of the days.
 */
export function withDay(known: RecordBets, day: Day): RecordBets {
  const { largest, isQuiet = false } = day;
  const { days, peaks } = heldAgainst(known);
  if (isQuiet && largest <= peaks[1]) {
    return { ...known, peaks: higher(known.peaks, largest) };
  }
  const next = withFinished(known, day);
  const [record, top] = known.bets;
  const from = known.from ?? known.before?.peaks ?? known.peaks;
  if (days < DAYS_MIN || isLookedAt(known, largest)) {
    return { ...next, ...standing(known.bets, from) };
  }
  const odds = Math.min(days + 1, ODDS_MAX);
  const isRecord = largest > peaks[0];
  const bets = [
    isQuiet && !isRecord ? record : betWith(record, odds, isRecord),
    betWith(top, odds / 2, largest > peaks[1]),
  ] as const;
  return { ...next, ...standing(bets, from) };
}

/** What both have come to, and how often the better one was won. */
export function standOf({ bets: [record, top] }: RecordBets): Bet {
  const { wins } = record.bet >= top.bet ? record : top;
  return { bet: (record.bet + top.bet) / 2, wins };
}
