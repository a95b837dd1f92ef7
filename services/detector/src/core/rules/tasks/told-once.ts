/**
 * What an agent's profile and its workflow's envelope forbid alike is one thing to look at: of the two
 * findings one queues, and the other is listed beside it in the same incident. The graver queues; of two
 * alike the envelope's, which is one incident for all agents of a workflow.
 *
 * Nothing is dropped: a rule of the policy names kinds, and one that names the other kind acts all the same.
 */
import type { AuditEvent } from '@waywarden/schemas';
import { severityAtLeast } from '@waywarden/schemas';
import type { Finding } from '../../alerting/finding.ts';

const isOf = (kind: string) => (one: Finding) => one.alarm.kind === kind;

/** Both say which elements were exceeded, and by what, in the same words. */
function saysSame(a: Finding, b: Finding): boolean {
  return a.reasons()[0]?.observed === b.reasons()[0]?.observed;
}

export function reportedOnce(event: AuditEvent, found: readonly Finding[]): readonly Finding[] {
  const envelope = found.find(isOf('outside_task_envelope'));
  const profile = found.find(isOf('outside_profile'));
  if (envelope === undefined || profile === undefined || !saysSame(envelope, profile)) return found;
  const isEnvelope = severityAtLeast(envelope.alarm.severity, profile.alarm.severity);
  const [queued, listed] = isEnvelope ? [envelope, profile] : [profile, envelope];
  const causeKey = queued.alarm.grouping?.causeKey ?? event.chain_id;
  const summary = `${listed.alarm.summary} Told by ${queued.alarm.ruleId}, and listed only.`;
  return found.map((one) =>
    one === listed
      ? {
          ...one,
          alarm: {
            ...one.alarm,
            summary,
            grouping: { ...one.alarm.grouping, isHygiene: true, causeKey },
          },
        }
      : one,
  );
}
