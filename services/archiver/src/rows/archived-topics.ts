/** Which topics are archived, each into its table. The others feed later stages and hold no news. */
import { ALERTS } from './alert-row.ts';
import type { ArchivedTopic } from './archived-topic.ts';
import { AUDIT_EVENTS } from './audit-event-row.ts';
import { DEAD_LETTERS } from './dead-letter-row.ts';
import { DECISIONS } from './decision-row.ts';
import { REVOCATION_COMMANDS } from './revocation-command-row.ts';
import { REVOCATION_RECEIPTS } from './revocation-receipt-row.ts';

export const ARCHIVED_TOPICS: readonly ArchivedTopic[] = [
  AUDIT_EVENTS,
  ALERTS,
  DECISIONS,
  REVOCATION_COMMANDS,
  REVOCATION_RECEIPTS,
  DEAD_LETTERS,
];

export const TOPICS_BY_NAME: ReadonlyMap<string, ArchivedTopic> = new Map(
  ARCHIVED_TOPICS.map((topic) => [topic.topic, topic]),
);

export const ARCHIVED_TOPIC_NAMES: readonly string[] = [...TOPICS_BY_NAME.keys()];
