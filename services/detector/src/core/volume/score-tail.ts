/**
 * How rarely a day's largest value lies so far above its agent's usual days: the distribution of
 * scores (`block-maxima.ts`), and not of values, so that what was learnt of many agents' days speaks for
 * one agent's.
 *
 * The probabilities are ranks: of all scores that were ever given, how many were as high (a conformal
 * p-value; Vovk, Gammerman, Shafer 2005). They hold whatever the score's own model gets wrong, as long as
 * days are exchangeable. Ranks end at one in as many as were seen; beyond, the score's tail is exponential
 * and so the value's a Pareto (what exceeds a high threshold tends to; Pickands 1975), and continues the
 * line of the last decade. Rejected, since it was measured: a Gumbel fitted to each agent's own days. With
 * seven to thirty of them its far tail is made of the error in its scale, and 0.01 % came on 1 to 7 % of
 * days (docs/measurements/calibration.md).
 */

/** Scores that a day reaches with these probabilities, rising. */
export type ScoreTail = readonly number[];

export const TAIL_PROBABILITIES: readonly number[] = [
  0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001,
];
/** The score's tail beyond what was seen runs on along the line through these two. */
const FROM = TAIL_PROBABILITIES.indexOf(0.01);
const TO = TAIL_PROBABILITIES.length - 1;
const LOGS = TAIL_PROBABILITIES.map(Math.log);

function between(tail: ScoreTail, at: number, score: number): number {
  const [low, high] = at === 0 ? [0, tail[0] ?? 1] : [tail[at - 1] ?? 0, tail[at] ?? 1];
  const [from, to] = at === 0 ? [0, LOGS[0] ?? 0] : [LOGS[at - 1] ?? 0, LOGS[at] ?? 0];
  return from + ((to - from) * (score - low)) / (high - low);
}

/** How probable it is that a day scores as high. What is no more than usual has probability 1. */
export function scoreProbability(tail: ScoreTail, score: number): number {
  if (score <= 0) return 1;
  const at = tail.findIndex((one) => score < one);
  if (at >= 0) return Math.exp(between(tail, at, score));
  const [low = 0, high = 1] = [tail[FROM], tail[TO]];
  const slope = ((LOGS[TO] ?? 0) - (LOGS[FROM] ?? 0)) / (high - low);
  return Math.exp((LOGS[TO] ?? 0) + slope * (score - high));
}

/** The score that a day reaches with this probability. */
export function scoreAt(tail: ScoreTail, probability: number): number {
  const known = TAIL_PROBABILITIES.indexOf(probability);
  if (known >= 0) return tail[known] ?? Number.POSITIVE_INFINITY;
  let [low, high] = [0, 1];
  while (scoreProbability(tail, high) > probability) high *= 2;
  for (let step = 0; step < 40; step += 1) {
    const middle = (low + high) / 2;
    if (scoreProbability(tail, middle) > probability) low = middle;
    else high = middle;
  }
  return high;
}

/** The least of several days' probabilities, as one: a day of twenty tools is twenty chances (Šidák 1967). */
export function leastOf(probability: number, chances: number): number {
  return -Math.expm1(chances * Math.log1p(-Math.min(probability, 1 - 1e-12)));
}
