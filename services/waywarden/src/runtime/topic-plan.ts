/** Which topics an installation has and over how many partitions: the one place that says so. */
import { type EventLog, EventLogError, type TopicSpec } from '@waywarden/event-log';
import { TOPICS, type TopicId } from '@waywarden/schemas';
import type { RetentionPlan } from './retention-plan.ts';

const topicIds = Object.keys(TOPICS) as readonly TopicId[];

/** Without a plan, the retention of a topic that exists stays what it is; a new one is kept whole. */
export function topicPlan(partitions: number, plan?: RetentionPlan): readonly TopicSpec[] {
  return topicIds.map((id) => {
    const topic = TOPICS[id];
    const isCompacted = 'compacted' in topic;
    return {
      name: topic.name,
      partitions: 'singlePartition' in topic ? 1 : partitions,
      ...(isCompacted ? { compacted: true } : {}),
      ...(plan === undefined || isCompacted ? {} : { retention: plan[id] ?? {} }),
    };
  });
}

const PARTITIONS_DEFAULT = 4;

/** Over how many partitions events go already; undefined in a new log. */
async function partitionsOf(log: EventLog): Promise<number | undefined> {
  try {
    return (await log.describe(TOPICS.auditEvents.name)).partitions;
  } catch (error) {
    if (error instanceof EventLogError && error.code === 'unknown_topic') return undefined;
    throw error;
  }
}

/** `asked` partitions; where nothing is asked, as many as there are. */
export async function ensureTopics(
  log: EventLog,
  asked: number | undefined,
  plan?: RetentionPlan,
): Promise<void> {
  const partitions = asked ?? (await partitionsOf(log)) ?? PARTITIONS_DEFAULT;
  await log.createTopics(topicPlan(partitions, plan));
}
