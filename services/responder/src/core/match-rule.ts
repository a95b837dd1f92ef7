/**
 * Which rules speak about an alert. A rule that does not match leaves no decision at all; one that
 * matches and may not act leaves a decision that says why.
 */
import { type Alert, type Rule, severityAtLeast } from '@waywarden/schemas';
import type { TenantRegistry } from './tenant-rules.ts';

/** The class that the registry gave when the alert was decided, or gives now; else unknown. */
export function classOf(alert: Alert, registry: TenantRegistry | undefined): string {
  return alert.subject_class ?? registry?.classes[alert.subject.agent_uid] ?? 'unknown';
}

export function matchesRule(
  rule: Rule,
  alert: Alert,
  registry: TenantRegistry | undefined,
): boolean {
  const { when } = rule;
  if (!when.kind.includes(alert.kind)) return false;
  if (!severityAtLeast(alert.severity, when.severity_min)) return false;
  // Null is "not calibrated", which is no probability and so not above any.
  if (when.confidence_min !== undefined && (alert.confidence ?? -1) < when.confidence_min) {
    return false;
  }
  const classes: readonly string[] | undefined = when.classes;
  return classes === undefined || classes.includes(classOf(alert, registry));
}
