/** Least first. */
import { z } from 'zod';

export const SEVERITIES = ['info', 'low', 'medium', 'high', 'critical'] as const;
export const severity = z.enum(SEVERITIES);
export type Severity = z.infer<typeof severity>;

export function severityAtLeast(have: Severity, need: Severity): boolean {
  return SEVERITIES.indexOf(have) >= SEVERITIES.indexOf(need);
}
