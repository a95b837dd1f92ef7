/**
 * Whether a person refused a call: it was denied, and its approval tells of a person. One that a policy
 * denied besides (a quota, a rule), or of which the error tells a limit, is nobody's judgement of the call.
 */
import type { AuditEvent } from '@waywarden/schemas';
import { isDeniedByPolicy } from '../../domain/call-ending.ts';

/** Errors of limits that a call met: a person says no to what is asked, and not to how much of it. */
const LIMITS = /quota|rate.?limit|throttl|too.?many|exhausted|budget|\b429\b/i;

export function isRefusal(event: AuditEvent): boolean {
  const { approval, outcome, error } = event;
  if (outcome !== 'denied' || approval?.mode !== 'human') return false;
  if (LIMITS.test(`${error?.type ?? ''} ${error?.code ?? ''}`)) return false;
  return !isDeniedByPolicy(event);
}
