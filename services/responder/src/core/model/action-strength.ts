/** How much an action takes, and its narrowest target. */
import { type Alert, TARGET_LEVELS, type Target, targetProblems } from '@waywarden/schemas';
import type { PlannedAction } from './action-target.ts';

type AlertSubject = Alert['subject'];

const STRENGTH: Readonly<Record<string, number>> = {
  signal_risk: 0,
  require_step_up: 1,
  hold: 1,
  hold_payment: 1,
  block_tool: 2,
  reduce_scope: 2,
  quarantine_origin: 2,
  revoke_token: 3,
  kill_session: 3,
  block_issuance: 4,
  revoke_credential: 5,
  rotate_secret: 5,
  revoke_grant: 5,
  revoke_delegation: 5,
  disable_agent: 6,
};
const LEVELS = ['task', 'instance', 'credential', 'agent'] as const;
export const STEP_UP = 'require_step_up';

const REPORTS_ONLY: ReadonlySet<string> = new Set(['signal_risk', 'open_case']);

export function isReportOnly(action: string): boolean {
  return REPORTS_ONLY.has(action);
}

export function strengthOf(action: string): number {
  return STRENGTH[action] ?? 0;
}

export function isMild(action: string): boolean {
  return strengthOf(action) <= strengthOf(STEP_UP);
}

function targetAt(level: string, base: Target, subject: AlertSubject): Target {
  const own = { level, tenant_id: base.tenant_id, agent_uid: base.agent_uid };
  const { task_id: task, instance_uid: instance, credential_uid: credential } = subject;
  if (level === 'task' && task !== undefined) return { ...own, task_id: task };
  if (level === 'instance' && instance !== undefined) return { ...own, instance_uid: instance };
  if (level === 'credential' && credential !== undefined) {
    return { ...own, credential_uid: credential };
  }
  return own;
}

/** Undefined: the ids are not known. */
export function narrowest(
  action: string,
  base: Pick<Target, 'tenant_id' | 'agent_uid'>,
  subject: AlertSubject,
): PlannedAction | undefined {
  for (const level of LEVELS) {
    const actions: readonly string[] = TARGET_LEVELS[level].actions;
    if (!actions.includes(action)) continue;
    const target = targetAt(level, { level, ...base }, subject);
    if (targetProblems(action, target).length === 0) return { action, target, problems: [] };
  }
  return undefined;
}
