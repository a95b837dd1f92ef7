/** Nobody answered in time: the class says whether the rule acts. */
import { classRow } from '@waywarden/schemas';
import type { Output } from '@waywarden/stage';
import { actorClassOf } from '../model/actor-class.ts';
import { type IssuedCommand, putIssued } from '../model/issued-command.ts';
import type { ResponseContext } from '../model/response-context.ts';
import { followUp } from './follow-up.ts';

export function settleUnanswered(
  context: ResponseContext,
  issued: IssuedCommand,
): readonly Output[] {
  const { cause, asked, command } = issued;
  if (cause === null || asked === undefined || issued.restored) return [];
  const { asked: _, ...warmedUp } = issued;
  putIssued(context.transaction, warmedUp);
  const row = classRow(context.policy.classes, actorClassOf(cause.subjectClass));
  return followUp(context, {
    issued: warmedUp,
    cause,
    verb: 'unanswered',
    sentence: `Nobody answered for ${command.target.agent_uid} in time.`,
    planned: asked,
    against: row.unanswered === 'act' ? [] : ['left_at_step_up'],
    isUnbudgeted: false,
  });
}
