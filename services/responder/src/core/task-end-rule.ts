/** The rule that the policy's `task_end` is, in decisions and orders. */
import type { Policy, Rule } from '@waywarden/schemas';

export const TASK_END_RULE = 'task-end';
export const TASK_ENDED = 'task_ended';

export function taskEndRule(taskEnd: NonNullable<Policy['task_end']>): Rule {
  return {
    id: TASK_END_RULE,
    when: { kind: [TASK_ENDED], severity_min: 'info' },
    assurance_min: 'authenticated',
    mode: taskEnd.mode,
    actions: [{ action: 'revoke_token', level: 'task' }],
    expires: taskEnd.expires,
    drain: 'finish_unit_then_stop',
  };
}
