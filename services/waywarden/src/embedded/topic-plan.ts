/** Which topics an installation has and over how many partitions: the one place that says so. */
import type { EventLog, TopicSpec } from '@waywarden/event-log';
import { TOPICS } from '@waywarden/schemas';

export function topicPlan(partitions: number): readonly TopicSpec[] {
  return Object.values(TOPICS).map((topic) => ({
    name: topic.name,
    partitions: 'singlePartition' in topic ? 1 : partitions,
    ...('compacted' in topic ? { compacted: true } : {}),
  }));
}

export async function ensureTopics(log: EventLog, partitions: number): Promise<void> {
  await log.createTopics(topicPlan(partitions));
}
