/**
 * What an order gives way to at its end: a step-up. Nothing follows signals, origins, ends of tasks and manual
 * step-ups.
 */
import { type Alert, type RevocationCommand, shiftTime } from '@waywarden/schemas';
import { isMild, narrowest, STEP_UP } from '../model/action-strength.ts';
import type { PlannedAction } from '../model/action-target.ts';
import { HAND_RULE, TASK_END_RULE } from '../model/built-in-rules.ts';

/** Nobody could tell a receiver cut off to stop. */
const UNHEARD_MS_MAX = 7 * 86_400_000;

export interface Ending {
  readonly ruleId: string;
  readonly planned: Pick<PlannedAction, 'action' | 'target'>;
  readonly subject: Alert['subject'];
  readonly isLapse?: boolean | undefined;
}

export function afterExpiry({
  ruleId,
  planned,
  subject,
  isLapse,
}: Ending): PlannedAction | undefined {
  const { action, target } = planned;
  if (isLapse === true || ruleId === TASK_END_RULE || target.level === 'origin') return undefined;
  if (action === STEP_UP) return ruleId === HAND_RULE ? undefined : { ...planned, problems: [] };
  if (isMild(action)) return undefined;
  const { tenant_id, agent_uid } = target;
  const known = subject.agent_uid === agent_uid ? subject : { agent_uid };
  return narrowest(STEP_UP, { tenant_id, agent_uid }, known);
}

export function reportedOnOrder(
  ending: Ending,
  { expiresAt, standsMs }: { readonly expiresAt: string; readonly standsMs: number },
): Pick<RevocationCommand, 'at_expiry'> {
  const next = afterExpiry(ending);
  if (next === undefined) return {};
  const until = shiftTime(expiresAt, Math.min(standsMs, UNHEARD_MS_MAX));
  return { at_expiry: { action: next.action, target: next.target, until } };
}
