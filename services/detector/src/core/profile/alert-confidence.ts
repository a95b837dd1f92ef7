/**
 * How probable it is that an alert is right, where its reason has a p-value: this is what the p-value is worth at
 * most (Sellke, Bayarri, Berger 2001, "Calibration of p Values for Testing Precise Null Hypotheses": the odds that
 * it is chance rise by at least −e·p·ln p), against the odds beforehand that a day of an agent is bad.
 *
 * These odds are those of the attacks fleets on which the detector is tuned, one day in fifty; where attacks are
 * rarer it promises too much, and a confidence orders alerts all the same. How it holds: docs/measurements/fleet.md.
 * Rejected: 1 − p, which is no probability of anything and calls every alarm certain. Whoever has verdicts of his own
 * has better odds; they are not learnt here. Where no p-value stands there is no number: null, as the contract
 * has it, and `confidence_basis` says why.
 */
import type { Alert, AlertReason, ConfidenceBasis } from '@waywarden/schemas';

/** Bad days of an agent among all. */
const BAD_DAYS = 1 / 50;
/** Below that a rank or a tail says nothing. */
const P_MIN = 1e-9;

export function confidenceOf(reasons: readonly AlertReason[]): number | null {
  const p = reasons.find((one) => typeof one.p_value === 'number')?.p_value;
  if (typeof p !== 'number') return null;
  const likely = Math.max(p, P_MIN);
  const chance = likely >= 1 / Math.E ? 1 : -Math.E * likely * Math.log(likely);
  const odds = BAD_DAYS / (1 - BAD_DAYS) / chance;
  return Number((odds / (1 + odds)).toPrecision(3));
}

/** The number, and on what it rests; without one, why: `basis` is the alarm's. */
export function confidenceFields(
  reasons: readonly AlertReason[],
  basis: ConfidenceBasis = 'history',
): Pick<Alert, 'confidence' | 'confidence_basis'> {
  const confidence = confidenceOf(reasons);
  return { confidence, confidence_basis: confidence === null ? basis : 'p_value' };
}
