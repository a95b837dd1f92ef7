/**
 * A profile and an envelope that forbid the same give one queued finding, the graver; the other is listed in its
 * incident.
 */
import type { AuditEvent } from '@waywarden/schemas';
import { severityAtLeast } from '@waywarden/schemas';
import type { Finding } from '../../alerting/finding.ts';
import { listedOnlyWords } from '../../wording/tasks.ts';

const isOf = (kind: string) => (one: Finding) => one.alarm.kind === kind;

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
  const summary = listedOnlyWords(listed.alarm.summary, queued.alarm.ruleId);
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
