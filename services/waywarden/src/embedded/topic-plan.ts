/** Which topics an installation has and over how many partitions: the one place that says so. */
import type { EventLog, TopicSpec } from '@waywarden/event-log';
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

export async function ensureTopics(
  log: EventLog,
  partitions: number,
  plan?: RetentionPlan,
): Promise<void> {
  await log.createTopics(topicPlan(partitions, plan));
}
