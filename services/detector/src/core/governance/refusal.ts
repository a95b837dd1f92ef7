/**
 * Whether a person refused a call: it was denied, and its approval tells of a person. One that a policy
 * denied besides (a quota, a rule) is the policy's refusal and nobody's judgement of the call.
 */
import type { AuditEvent } from '@waywarden/schemas';

const DENIES: ReadonlySet<string> = new Set(['deny', 'denied', 'block', 'blocked', 'refuse']);

export function isRefusal({ approval, outcome, policy }: AuditEvent): boolean {
  if (outcome !== 'denied' || approval?.mode !== 'human') return false;
  return policy?.decision === undefined || !DENIES.has(policy.decision.toLowerCase());
}
