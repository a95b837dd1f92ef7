/** To exactly whom an action applies. An incomplete target is never commanded. */
import {
  type Alert,
  canonicalJson,
  type RevocationCommand,
  type Target,
  targetProblems,
} from '@waywarden/schemas';
import type { Sha256 } from './decision-chain.ts';

export interface PlannedAction {
  readonly action: string;
  readonly target: Target;
  readonly problems: readonly string[];
}

const SUBJECT_ID = {
  task: 'task_id',
  instance: 'instance_uid',
  credential: 'credential_uid',
} as const;

function isSubjectLevel(level: string): level is keyof typeof SUBJECT_ID {
  return Object.hasOwn(SUBJECT_ID, level);
}

function subjectTarget(alert: Alert, level: string): Target {
  const base = { level, tenant_id: alert.tenant_id, agent_uid: alert.subject.agent_uid };
  if (!isSubjectLevel(level)) return base;
  const id = alert.subject[SUBJECT_ID[level]];
  return id === undefined ? base : { ...base, [SUBJECT_ID[level]]: id };
}

function cutTarget(alert: Alert, action: string, level: string): Target | undefined {
  return alert.assembly?.cut.find(
    (cut) =>
      cut.action === action &&
      cut.target.level === level &&
      cut.target.tenant_id === alert.tenant_id,
  )?.target;
}

export function planAction(alert: Alert, action: string, level: string): PlannedAction {
  const fromSubject = subjectTarget(alert, level);
  const complete = targetProblems(action, fromSubject).length === 0;
  const target = complete ? fromSubject : (cutTarget(alert, action, level) ?? fromSubject);
  return { action, target, problems: targetProblems(action, target) };
}

/** Whatever the order of keys. */
export function targetActionKey(
  target: Target,
  action: string,
  sha256: Sha256,
  scope?: RevocationCommand['scope'],
): string {
  const some = scope === undefined ? '' : `|${canonicalJson(scope)}`;
  return sha256(`${canonicalJson(target)}|${action}${some}`);
}
