/** The name of the rule that the policy's `task_end` is, in decisions and orders. */
export const TASK_END_RULE = 'task-end';
