/** Rules that nobody writes: a manual order's, and `task_end` of the policy. */
import { durationMs, type Policy, type Rule } from '@waywarden/schemas';

export const HAND_RULE = 'operator/order';
const EXPIRES = '4h';
/** Longer is a change of the registry. */
export const HAND_RULE_LASTS = '30d';

export function handRule(expires = EXPIRES): Rule {
  return {
    id: HAND_RULE,
    when: { kind: [HAND_RULE], severity_min: 'info' },
    assurance_min: 'authenticated',
    mode: 'enforce',
    actions: [{ action: 'revoke_token', level: 'task' }],
    expires: durationMs(expires) > durationMs(HAND_RULE_LASTS) ? HAND_RULE_LASTS : expires,
    drain: 'finish_unit_then_stop',
  };
}

export const TASK_END_RULE = 'task-end';
export const TASK_ENDED = 'task_ended';

/** Recurring jobs return within a day. */
const SCHEDULED_MAX_MS = 12 * 3_600_000;
const SECOND_MS = 1000;

export interface Recurrence {
  readonly actorClass?: string | undefined;
  /** Least pause seen. */
  readonly restMs?: number | undefined;
}

/** At most half of the pause. */
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
