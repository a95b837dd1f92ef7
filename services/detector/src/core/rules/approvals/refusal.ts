/** Whether a person refused a call. What a policy or a limit denied besides is nobody's judgement. */
import type { AuditEvent } from '@waywarden/schemas';
import { isDeniedByPolicy } from '../../domain/call-ending.ts';

const LIMITS = /quota|rate.?limit|throttl|too.?many|exhausted|budget|\b429\b/i;

export function isRefusal(event: AuditEvent): boolean {
  const { approval, outcome, error } = event;
  if (outcome !== 'denied' || approval?.mode !== 'human') return false;
  if (LIMITS.test(`${error?.type ?? ''} ${error?.code ?? ''}`)) return false;
  return !isDeniedByPolicy(event);
}
