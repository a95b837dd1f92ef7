/**
 * A task that still acts after its deadline. The lease of a task is the longest that anything given for
 * it should live; a call after it, with a little grace for ends that were under way, is told at once.
 * Detection only: what is taken away then is the responder's matter.
 *
 * Only a deadline that the task itself states counts here; that of its workflow's envelope is
 * `outside_task_envelope`. A task that is silent after its deadline has overrun nothing.
 */
import { assuranceAtLeast, durationMs, epochMs, sourceNameOf } from '@waywarden/schemas';
import { deedOf, type FindingRule, finding, hadEffect, nameOf } from './finding.ts';

/** As the shipped policy has it. */
const GRACE = '2m';

export const taskOverrun: FindingRule = (_draft, event, { limits }) => {
  const deadline = event.task?.deadline;
  if (deadline === undefined || event.outcome === 'denied') return undefined;
  if (event.event_time_quality !== 'measured') return undefined;
  const over = epochMs(event.event_time) - epochMs(deadline);
  if (over <= durationMs(limits?.overrun_grace ?? GRACE)) return undefined;
  const who = nameOf(event);
  const minutes = Math.max(1, Math.round(over / 60_000));
  const proven = assuranceAtLeast(event.claims.task, 'authenticated');
  return finding({
    kind: 'task_overrun',
    ruleId: 'task-overrun',
    severity: !proven ? 'low' : hadEffect(event) ? 'high' : 'medium',
    dedupeKey: event.task?.id ?? event.chain_id,
    title: `${who} still acts ${minutes} min after its task's deadline`,
    summary: `${who} ${deedOf(event)} ${minutes} min after the deadline of its task (${deadline}). What was granted for the task should have ended with it.`,
    expected: `no call after ${deadline}`,
    observed: `a call ${minutes} min later`,
    restsOn: event.claims.task,
    sources: [sourceNameOf(event)],
    taxonomy: { owasp: ['ASI03'] },
  });
};
