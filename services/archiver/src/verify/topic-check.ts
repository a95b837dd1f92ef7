/** What one topic is held against its table with, and what is counted of it. */
import type { ClickHouseClient } from '@clickhouse/client';
import type { ArchivedTopic } from '../rows/archived-topic.ts';
import type { RowLives } from '../rows/row-lives.ts';
import type { Findings } from './problem.ts';
import type { StoredRange, VerifiedLog } from './stored-range.ts';

export interface TopicCounts {
  records: number;
  rows: number;
  repeats: number;
  /** Physical copies that merging will remove; each is a problem. */
  copies: number;
  /** Records of the log whose rows have lived as long as they should. */
  expired: number;
}

export interface TopicCheck {
  readonly log: VerifiedLog;
  readonly client: ClickHouseClient;
  readonly topic: ArchivedTopic;
  readonly findings: Findings;
  readonly counts: TopicCounts;
  readonly onProgress: (records: number) => void;
  /** By partition, how far the store must be; absent: as far as the log. */
  readonly until?: readonly number[] | undefined;
  readonly retained: StoredRange;
  readonly lives: RowLives;
  readonly nowMs: number;
}
