/** Whether events are taken: the log answers, and acknowledges what is appended. */
import { type EventLog, EventLogError } from '@waywarden/event-log';
import { TOPICS } from '@waywarden/schemas';
import type { Problem } from '@waywarden/service-health';
import type { EventIntake } from './http/event-intake.ts';

const UNWELL = {
  append_failed: 'The event log refused the last events: senders are told to send them again.',
  append_overdue: 'The event log does not acknowledge in time: senders are told to send again.',
} as const;

export function readyToTake(
  log: Pick<EventLog, 'endOffsets'>,
  intake: Pick<EventIntake, 'unwell'>,
): () => Promise<Problem | undefined> {
  return async () => {
    const reason = intake.unwell;
    if (reason !== undefined) return { reason, sentence: UNWELL[reason] };
    try {
      // The broker itself is asked: what a topic is called may be known from before.
      await log.endOffsets(TOPICS.auditEvents.name);
      await log.endOffsets(TOPICS.auditDeadletter.name);
      return undefined;
    } catch (cause) {
      const code = cause instanceof EventLogError ? cause.code : 'unavailable';
      const sentence = `The event log can't be used (${code}): no event is taken.`;
      return { reason: 'log_unavailable', sentence };
    }
  };
}
