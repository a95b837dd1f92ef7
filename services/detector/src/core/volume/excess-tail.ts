/**
 * How rarely a day lies so far above the usual one when nobody knows how heavy the tail is: what lies above the
 * median is taken as exponential in the logarithm, so that values are Pareto's, with a mean that is only known from
 * as many days as there were.
 *
 * The shipped ranks (`score-tail.ts`) are those of days that vary as chance makes them. Where lengths or sizes are
 * heavy-tailed (pages of a list, tokens of a prompt) they came ten to twenty times as often as said, for two
 * reasons: the tail itself, and that a scale from seven to thirty days was put in as if it were known. Here the
 * unknown mean is integrated out: with k excesses that sum to S, the next one exceeds x with (1 + x/S)^-k, which is
 * exact for exponential excesses (a prediction interval, F with 2 and 2k degrees; Lawless, _Statistical Models and
 * Methods for Lifetime Data_, 1982) and itself heavier than exponential while k is small. What chance alone makes
 * days differ by is added as further excesses (a gamma prior): sixteen where it explains what was seen, so that
 * regular agents keep sharp thresholds, and two where it does not and the mean is all but unknown. A day above
 * the median is taken as one more of n + 1 (Laplace).
 *
 * An alarm needs the more cautious of this and of the ranks. Rejected, since it was measured
 * (docs/measurements/calibration.md): excesses above a higher threshold, of which thirty days hold too few; the
 * share that chance explains taken off each excess, which leaves of most heavy tails too little; four further excesses
 * always, by which a regular agent's alarm begins at twice as much.
 * Limit: days of two kinds, of which the rare one has not come yet, look like days of one kind: peers know of it
 * (`../peers/peer-volume.ts`), the agent alone can't.
 */

/** What the days above the median come to, in logarithms. */
export interface Excesses {
  /** How many, of how many days, and their sum. */
  readonly above: number;
  readonly days: number;
  readonly sum: number;
  /** The mean that chance alone makes. */
  readonly chance: number;
}

/** As how many excesses chance weighs where it explains what was seen, and where it does not. */
const EXPLAINED = 16;
const UNEXPLAINED = 2;
/** The same of what is learnt: who climbs from day to day must not widen what he may do next. */
const UNEXPLAINED_LEARNT = 6;
/** It does up to so many standard errors above: some seven regular agents in ten. */
const ERRORS_MAX = 0.6;

function parts({ above, days, sum, chance }: Excesses, unexplained = UNEXPLAINED) {
  const expected = above * chance;
  const isExplained = sum <= expected + ERRORS_MAX * chance * Math.sqrt(above);
  const further = isExplained ? EXPLAINED : unexplained;
  return {
    share: (above + 1) / (days + 1),
    power: above + further,
    sum: (isExplained ? Math.min(sum, expected) : sum) + further * chance,
  };
}

/** How probable it is that a day lies as far above the median; at most the share of days that lie above it at all. */
export function excessProbability(excesses: Excesses, excess: number): number {
  const { share, power, sum } = parts(excesses);
  return excess <= 0 ? 1 : share * (1 + excess / sum) ** -power;
}

/** How far above the median a day lies with this probability. */
export function excessAt(excesses: Excesses, probability: number, unexplained?: number): number {
  const { share, power, sum } = parts(excesses, unexplained);
  return probability >= share ? 0 : sum * ((share / probability) ** (1 / power) - 1);
}

/** How far above the median a day is learnt. */
export function learntExcess(excesses: Excesses, probability: number): number {
  return excessAt(excesses, probability, UNEXPLAINED_LEARNT);
}
