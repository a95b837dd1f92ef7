/** How grave an alert is. What failed is one step less grave; statistics alone never reach `high`. */
import type { AuditEvent, Severity } from '@waywarden/schemas';
import { callEnding } from '../domain/call-ending.ts';
import type { Alarm } from './alarm.ts';

const LESS: Readonly<Record<Severity, Severity>> = {
  info: 'info',
  low: 'low',
  medium: 'low',
  high: 'medium',
  critical: 'high',
};

const STATISTICAL: ReadonlySet<string> = new Set(['behavior_deviation', 'reach_growth']);
export const isStatistical = (kind: string): boolean => STATISTICAL.has(kind);

/** What timed out may have been done. */
export function asEnded(event: AuditEvent, severity: Severity): Severity {
  return callEnding(event) === 'failed' ? LESS[severity] : severity;
}

export function severityOf({ severity, kind }: Pick<Alarm, 'severity' | 'kind'>): Severity {
  const isTooGrave = isStatistical(kind) && (severity === 'high' || severity === 'critical');
  return isTooGrave ? 'medium' : severity;
}
