/**
 * Whether the largest of each day keeps rising: a bet against days that are alike.
 *
 * Of days that may be exchanged for each other the n-th is larger than all before with a probability of 1/n at
 * most, whatever is counted and however it is distributed, and whatever the days before did (Rényi 1962). So each
 * day a share is bet on a record, at these odds. Products of such bets grow only when records keep coming; one
 * that has lost everything begins anew, and reaches T by chance once in T days at most (a CUSUM of e-values:
 * Shin, Ramdas, Rinaldo 2022). Whoever does a little more every day sets a record every day.
 *
 * Rejected, since they were measured (docs/measurements/fleet.md): a CUSUM of scores above the first days needs
 * their scale, and with heavy tails alarms ten to thirty times as often at the same recall; all ranks instead of
 * records alone (a conformal martingale) lose on quiet days what records win.
 *
 * Limits: it is sure of nothing before the third record; one large day that nothing alarmed on hides all that stay
 * below it; a day of quiet work counts against a rise; who grows for a good reason is told too, unless it is declared.
 */
export interface RecordBets {
  /** Finished days, and the largest of them. */
  readonly days: number;
  readonly peak: number;
  /** What the bets have come to, and how many of them were won since they began anew. */
  readonly bet: number;
  readonly records: number;
}

export const NO_BETS: RecordBets = { days: 0, peak: 0, bet: 1, records: 0 };

/**
 * After a declared change days are others, so that records begin anew. What the bets have come to does not: of days
 * that are alike before it, and alike after it, they grow no more than of days that are alike throughout.
 */
export function afterChange({ bet, records }: RecordBets): RecordBets {
  return { ...NO_BETS, bet, records };
}

/** Fewer days than this are no history to set a record against. */
const DAYS_MIN = 3;
/** No longer odds than of so many days: habits change. Shorter odds than the true ones only lose. */
const ODDS_MAX = 60;
/** What is bet on a record; the rest on none. Most days of a slow climb are records, weekends are none. */
const SHARE = 0.6;
const DIGITS = 5;

/** The bets with one more day; a day within its course is one that ends now. */
export function withDay({ days, peak, bet, records }: RecordBets, largest: number): RecordBets {
  const next = { days: days + 1, peak: Math.max(peak, largest) };
  // What was won before a declared change stays: days after it are as good as those before.
  if (days < DAYS_MIN) return { ...next, bet, records };
  const odds = Math.min(days + 1, ODDS_MAX);
  const isRecord = largest > peak;
  const paid = isRecord ? SHARE * odds : ((1 - SHARE) * odds) / (odds - 1);
  const now = Number((Math.max(1, bet) * paid).toPrecision(DIGITS));
  if (now <= 1) return { ...next, bet: 1, records: 0 };
  return { ...next, bet: now, records: records + (isRecord ? 1 : 0) };
}
