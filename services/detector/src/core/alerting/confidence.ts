/**
 * The probability that an alert is right, by its p-value (Sellke, Bayarri & Berger 2001) and the odds of a bad day;
 * null without one.
 */
import type { Alert, AlertReason, ConfidenceBasis } from '@waywarden/schemas';
import { confidenceWords } from '../wording/unseen.ts';

/** One day of an agent in so many is bad. */
const DAYS_PER_BAD = 50;
/** No p-value is stated as rarer. */
const DAYS_TESTED = 1600;

const rounded = (value: number) => Number(value.toPrecision(2));

function firstOf(reasons: readonly AlertReason[]): number | undefined {
  const p = reasons.find((one) => typeof one.p_value === 'number')?.p_value;
  return typeof p === 'number' ? Math.max(p, 1 / DAYS_TESTED) : undefined;
}

/** Reasons with p-values no rarer than was tested. */
export function statedReasons(reasons: readonly AlertReason[]): AlertReason[] {
  return reasons.map((one) =>
    typeof one.p_value === 'number' && one.p_value < 1 / DAYS_TESTED
      ? { ...one, p_value: rounded(1 / DAYS_TESTED) }
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

/** Without a number, `basis` says why. */
export function confidenceFields(
  reasons: readonly AlertReason[],
  basis: ConfidenceBasis = 'history',
): Pick<Alert, 'confidence' | 'confidence_basis'> {
  const confidence = confidenceOf(reasons);
  return { confidence, confidence_basis: confidence === null ? basis : 'p_value' };
}

export function confidenceNotes(reasons: readonly AlertReason[]): readonly string[] {
  const confidence = confidenceOf(reasons);
  if (confidence === null) return [];
  return [confidenceWords(confidence, { daysPerBad: DAYS_PER_BAD, daysTested: DAYS_TESTED })];
}
