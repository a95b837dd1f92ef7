/**
 * How probable it is that an alert is right, where its reason has a p-value: this is what the p-value is worth at
 * most (Sellke, Bayarri, Berger 2001, "Calibration of p Values for Testing Precise Null Hypotheses": the odds that
 * it is chance rise by at least −e·p·ln p), against the odds beforehand that a day of an agent is bad.
 *
 * A p below what anybody tested is stated as that: of each feature some 1,600 benign agent-days were judged
 * (docs/measurements/calibration.md), which can't tell one in 10,000 from one in 100 million. How far it lies from the
 * usual is the alert's score, which orders alerts beyond it.
 *
 * The odds are those of the attacks fleets on which the detector is tuned, one day in fifty; where attacks are
 * rarer it promises too much. Each alert says so itself.
 * Rejected: 1 − p, which is no probability of anything and calls every alarm certain. Whoever has verdicts of his own
 * has better odds; they are not learnt here. Where no p-value stands there is no number: null, as the contract
 * has it, and `confidence_basis` says why.
 */
import type { Alert, AlertReason, ConfidenceBasis } from '@waywarden/schemas';

/** One day of an agent in so many is bad. */
const DAYS_PER_BAD = 50;
/** Benign agent-days on which each feature was judged; of records they were fewer. */
const DAYS_TESTED = 1600;
const P_TESTED = 1 / DAYS_TESTED;
const DIGITS = 2;

const rounded = (value: number) => Number(value.toPrecision(DIGITS));

function firstOf(reasons: readonly AlertReason[]): number | undefined {
  const p = reasons.find((one) => typeof one.p_value === 'number')?.p_value;
  return typeof p === 'number' ? Math.max(p, P_TESTED) : undefined;
}

/** Reasons with p-values no rarer than was tested. */
export function statedReasons(reasons: readonly AlertReason[]): AlertReason[] {
  return reasons.map((one) =>
    typeof one.p_value === 'number' && one.p_value < P_TESTED
      ? { ...one, p_value: rounded(P_TESTED) }
      : one,
  );
}

export function confidenceOf(reasons: readonly AlertReason[]): number | null {
  const p = firstOf(reasons);
  if (p === undefined) return null;
  const chance = p >= 1 / Math.E ? 1 : -Math.E * p * Math.log(p);
  const odds = 1 / (DAYS_PER_BAD - 1) / chance;
  return rounded(odds / (1 + odds));
}

/** The number, and on what it rests; without one, why: `basis` is the alarm's. */
export function confidenceFields(
  reasons: readonly AlertReason[],
  basis: ConfidenceBasis = 'history',
): Pick<Alert, 'confidence' | 'confidence_basis'> {
  const confidence = confidenceOf(reasons);
  return { confidence, confidence_basis: confidence === null ? basis : 'p_value' };
}

/** What the confidence rests on, for whoever reads the alert. */
export function confidenceNotes(reasons: readonly AlertReason[]): readonly string[] {
  const [p, confidence] = [firstOf(reasons), confidenceOf(reasons)];
  if (p === undefined || confidence === null) return [];
  const isFloor = p <= rounded(P_TESTED);
  const rare = isFloor
    ? `It looks rarer than 1 in ${DAYS_TESTED} and is stated as that, since no more benign agent-days were tested.`
    : `How often benign agents come to this was tested on ${DAYS_TESTED} agent-days at most.`;
  return [
    `Confidence ${confidence} is a bound and no measurement: it assumes that one day of an agent in ${DAYS_PER_BAD} is bad. ${rare} These were simulated: real agents may do so more often.`,
  ];
}
