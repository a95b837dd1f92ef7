/**
 * Whether days stay above all that were before: who takes a little more than ever and keeps to it, for weeks, sets
 * one record and then none. A bet against days that are alike, of one feature.
 *
 * Of days that may be exchanged for each other the next one lies above the largest of the first n with a probability
 * of (j + 1) / (m + 1), where j of all m did: it would have to be one of the j + 1 largest (ranks of such days are
 * independent of each other; Rényi 1962). At these odds a share is bet each day on its lying above what was largest
 * before the first win. What is won is an e-value of that day whatever the days before did, as in `weak-signs.ts`,
 * which adds it up.
 *
 * Rejected: to hold days against the first ten alone, in scales: of an agent that is even to a tenth twice as much
 * on each day was never told, since the scale of ten days is uncertain by more than that.
 *
 * Limits: it needs seven days, and with so few comes to nothing much; after a declared change, which says that days
 * are others now, it begins anew; who stays below his largest day is not seen.
 */
import { payOf } from '../volume/bet-pay.ts';
import { BLOCKS_MIN } from '../volume/day-score.ts';

/** What a facet says of a day so far, and of the days before it. */
export interface HighDay {
  readonly value: number;
  /** The largest of the days before, how many there are, and since when: a declared change begins them anew. */
  readonly largest: number;
  readonly days: number;
  readonly since: number;
}

/** A bet that stands; there is none that is worth little. */
export interface HighDays {
  /** The largest before the first win. */
  readonly from: number;
  /** The day of the first win. */
  readonly since: number;
  /** Finished days that are held against, of all there were. */
  readonly days: number;
  readonly wins: number;
  readonly bet: number;
  /** Whether today lies above. */
  readonly won: boolean;
}

/** Worth no more than this it is let go, so that the next day above all is the first win again. */
const STANDING_MIN = 2;
const DIGITS = 5;

const paid = ({ days, wins, won }: HighDays): number => payOf((days + 1) / (wins + 1), won);

/** What it is worth today: a day that lies above has won, one that does not may yet. */
export const worthOf = (high: HighDays): number => high.bet * (high.won ? paid(high) : 1);

/** The days above, today included. */
export const daysAbove = ({ wins, won }: HighDays): number => wins + (won ? 1 : 0);

/** With what a facet says of today. */
export function highWith(
  known: HighDays | undefined,
  { value, largest, days, since }: HighDay,
  today: number,
): HighDays | undefined {
  // What was bet before a declared change was on other days.
  const standing = known !== undefined && known.since >= since ? known : undefined;
  if (standing !== undefined) {
    return standing.won || value <= standing.from ? standing : { ...standing, won: true };
  }
  if (days < BLOCKS_MIN || value <= largest) return undefined;
  return { from: largest, since: today, days, wins: 0, bet: 1, won: true };
}

/** Once the day is over. */
export function highAfter(high: HighDays): HighDays | undefined {
  const bet = Number((high.bet * paid(high)).toPrecision(DIGITS));
  if (bet <= STANDING_MIN) return undefined;
  return { ...high, days: high.days + 1, wins: daysAbove(high), bet, won: false };
}
