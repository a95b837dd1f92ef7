/**
 * An order that ends by itself gives way to a step-up, not to full access, until somebody says what
 * was the case: nothing about the agent was found right by waiting.
 *
 * It is asked for shortly before the end, so that no moment is without either. What takes no access
 * away (a signal, a step-up), and what was taken from nobody (an origin), just ends.
 */
import type { Output } from '@waywarden/stage';
import { isMild, narrowest, STEP_UP } from './action-strength.ts';
import { followUp } from './follow-up.ts';
import { issuedCommand } from './issued-command.ts';
import type { ResponseContext } from './response-context.ts';
import { TASK_END_RULE } from './task-end-rule.ts';

/** Until verdict or restore; this only bounds what nobody ever looks at. */
const STEP_UP_FOR = '30d';

export function lapse(context: ResponseContext, commandId: string): readonly Output[] {
  const issued = issuedCommand(context.draft, commandId);
  if (!issued?.cause || issued.restored) return [];
  const { command, cause } = issued;
  if (isMild(command.action) || command.target.level === 'origin') return [];
  // A task that has ended asks for nothing more.
  if (issued.ruleId === TASK_END_RULE) return [];
  const subject =
    cause.subject.agent_uid === command.target.agent_uid
      ? cause.subject
      : { agent_uid: command.target.agent_uid };
  return followUp(context, {
    issued,
    cause,
    verb: 'lapses',
    sentence: `${command.action} ends at ${command.expires_at} without a verdict.`,
    planned: narrowest(STEP_UP, command.target, subject),
    against: [],
    expires: STEP_UP_FOR,
    isUnbudgeted: true,
  });
}
