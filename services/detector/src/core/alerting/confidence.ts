/**
 * How probable it is that an alert is right, where its reason has a p-value: what that is worth at most (Sellke, Bayarri
 * & Berger 2001: the odds that it is chance rise by at least −e·p·ln p), against the odds that a day of an agent is bad.
 * Without a p-value there is no number: null, and `confidence_basis` says why.
 */
import type { Alert, AlertReason, ConfidenceBasis } from '@waywarden/schemas';

/** One day of an agent in so many is bad. */
const DAYS_PER_BAD = 50;
/** Benign agent-days on which each feature was judged: no p-value is stated as rarer. */
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
  const confidence = confidenceOf(reasons);
  if (confidence === null) return [];
  return [
    `Confidence ${confidence} is a bound and no measurement: it assumes that one day of an agent in ${DAYS_PER_BAD} is bad, and was tested on ${DAYS_TESTED} simulated agent-days at most.`,
  ];
}
