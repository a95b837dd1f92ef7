/** Whether events are taken: the log answers, and acknowledges what is appended. */
import type { EventLog } from '@waywarden/event-log';
import { TOPICS } from '@waywarden/schemas';
import { LOG_UNAVAILABLE, type Problem, TopicEnds } from '@waywarden/service-health';
import type { EventIntake } from './http/event-intake.ts';

const TOPICS_WRITTEN = [TOPICS.auditEvents.name, TOPICS.auditDeadletter.name];

const UNWELL = {
  append_failed: 'The event log refused the last events: senders are told to send them again.',
  append_overdue: 'The event log does not acknowledge in time: senders are told to send again.',
  disk_full: 'The disk is nearly full: new events are refused until there is room.',
} as const;

export function readyToTake(
  log: Pick<EventLog, 'endOffsets'>,
  intake: Pick<EventIntake, 'unwell'>,
): () => Promise<Problem | undefined> {
  // The broker itself is asked: what a topic is called may be known from before.
  const ends = new TopicEnds(log);
  return async () => {
    const reason = intake.unwell;
    if (reason !== undefined) return { reason, sentence: UNWELL[reason] };
    return (await ends.of(TOPICS_WRITTEN)) === undefined ? LOG_UNAVAILABLE : undefined;
  };
}
