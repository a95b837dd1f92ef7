/** Which topics are archived, each into its table. The others feed later stages and hold no news. */
import { ALERTS } from './rows/alert-row.ts';
import type { ArchivedTopic } from './rows/archived-topic.ts';
import { AUDIT_EVENTS } from './rows/audit-event-row.ts';
import { DEAD_LETTERS } from './rows/dead-letter-row.ts';
import { DECISIONS } from './rows/decision-row.ts';
import { REVOCATION_COMMANDS } from './rows/revocation-command-row.ts';
import { REVOCATION_RECEIPTS } from './rows/revocation-receipt-row.ts';

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
