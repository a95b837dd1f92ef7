/** The rule that the policy's `task_end` is, in decisions and orders. */
import { durationMs, type Policy, type Rule } from '@waywarden/schemas';

export const TASK_END_RULE = 'task-end';
export const TASK_ENDED = 'task_ended';

/** A job that comes again does so within a day, often under the same id. */
const SCHEDULED_MAX_MS = 12 * 3_600_000;
const SECOND_MS = 1000;

export interface Recurrence {
  readonly actorClass?: string | undefined;
  /** The least time that was seen between an end of this task id and its next run. */
  readonly restMs?: number | undefined;
}

/** No longer than half of the pause before its next run. */
function lasts(expires: string, { actorClass, restMs }: Recurrence): string {
  const most = [
    ...(actorClass === 'scheduled_job' ? [SCHEDULED_MAX_MS] : []),
    ...(restMs === undefined ? [] : [restMs / 2]),
  ];
  const leastMs = Math.min(...most);
  if (leastMs >= durationMs(expires)) return expires;
  return `${Math.floor(leastMs / SECOND_MS)}s`;
}

export function taskEndRule(
  taskEnd: NonNullable<Policy['task_end']>,
  recurrence: Recurrence = {},
): Rule {
  return {
    id: TASK_END_RULE,
    when: { kind: [TASK_ENDED], severity_min: 'info' },
    assurance_min: 'authenticated',
    mode: taskEnd.mode,
    actions: [{ action: 'revoke_token', level: 'task' }],
    expires: lasts(taskEnd.expires, recurrence),
    drain: 'finish_unit_then_stop',
  };
}
