/** Which rules speak about an alert. */
import {
  type Alert,
  CLASS_TRIGGERS,
  classRow,
  type Rule,
  selects,
  severityAtLeast,
} from '@waywarden/schemas';
import { actorClassOf } from '../model/actor-class.ts';
import type { ResponseContext } from '../model/response-context.ts';
import type { TenantPolicy, TenantRegistry } from '../model/tenant-policy.ts';

/** As decided, else now; else unknown. */
export function classOf(alert: Alert, registry: TenantRegistry | undefined): string {
  return alert.subject_class ?? registry?.classes[alert.subject.agent_uid] ?? 'unknown';
}

function isOfKind({ when }: Rule, { kind }: Alert, cls: string, policy: TenantPolicy): boolean {
  if (when.kind.includes(kind)) return true;
  if (!when.kind.includes(CLASS_TRIGGERS)) return false;
  const { revocation_triggers: triggers } = classRow(policy.classes, actorClassOf(cls));
  return triggers?.includes(kind) === true;
}

/** Whether one of the names is meant by one of the selectors; no selectors mean everybody, no name nobody. */
function isMeant(selectors: readonly string[] | undefined, names: readonly (string | undefined)[]) {
  if (selectors === undefined) return true;
  return names.some((one) => one !== undefined && selectors.some((by) => selects(by, one)));
}

function isAbout({ when }: Rule, { subject }: Alert, registry: TenantRegistry | undefined) {
  const { agent_uid: uid, workflow, tool } = subject;
  return (
    isMeant(when.agents, [uid]) &&
    isMeant(when.owners, registry?.owners?.[uid] ?? []) &&
    isMeant(when.workflows, [workflow]) &&
    isMeant(when.tools, [tool])
  );
}

export function matchesRule(
  rule: Rule,
  alert: Alert,
  { policy, registry }: Pick<ResponseContext, 'policy' | 'registry'>,
): boolean {
  const { when } = rule;
  const cls = classOf(alert, registry);
  if (!isOfKind(rule, alert, cls, policy)) return false;
  if (!isAbout(rule, alert, registry)) return false;
  if (!severityAtLeast(alert.severity, when.severity_min)) return false;
  // Null is not calibrated.
  if (when.confidence_min !== undefined && (alert.confidence ?? -1) < when.confidence_min) {
    return false;
  }
  const classes: readonly string[] | undefined = when.classes;
  return classes === undefined || classes.includes(cls);
}
