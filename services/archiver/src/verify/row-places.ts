/** Rows of a table as a whole: from places that the log does not have, and two of one event. */

import type { ClickHouseClient } from '@clickhouse/client';
import type { ArchivedTopic, Cells } from '../rows/archived-topic.ts';
import { TOPICS_BY_NAME } from '../rows/archived-topics.ts';
import { DEAD_LETTERS } from '../rows/dead-letter-row.ts';
import type { RowLives } from '../rows/row-lives.ts';
import type { Findings } from './problem.ts';
import type { StoredRange, VerifiedLog } from './stored-range.ts';
import { select } from './stored-range.ts';

export function rowName(table: ArchivedTopic, cells: Cells): string {
  const ids = table.idColumns.map((column) => `${column}=${cells[table.columns.indexOf(column)]}`);
  return `${table.table}: ${ids.join(' ')}`;
}

/** Rows that claim a place which the log does not have at all. */
export async function reportBeyond(check: TopicCheck, incarnation: string): Promise<void> {
  const { client, log, topic, findings } = check;
  const ends = await log.endOffsets(topic.topic);
  const inside = ends
    .map((end, partition) => `(log_partition = ${partition} AND log_offset < ${end})`)
    .join(' OR ');
  const rows = await select(
    client,
    `SELECT ${topic.columns.join(', ')} FROM ${topic.table}
WHERE log_topic = {topic: String} AND NOT (log_incarnation = {incarnation: String} AND (${inside}))
  OR log_topic NOT IN {topics: Array(String)} LIMIT 1000`,
    { topic: topic.topic, incarnation, topics: allowedTopics(topic) },
  );
  // A running archiver may have stored meanwhile what was appended meanwhile.
  const later = await log.endOffsets(topic.topic);
  for (const row of rows) {
    const cell = (column: string): unknown => row[topic.columns.indexOf(column)];
    const isOfLog = cell('log_topic') === topic.topic && cell('log_incarnation') === incarnation;
    if (isOfLog && Number(cell('log_offset')) < (later[Number(cell('log_partition'))] ?? 0))
      continue;
    findings.add({
      code: 'row_without_record',
      what: 'The row comes from a place that the log does not have.',
      where: rowName(topic, row),
      expected: `a place before ${ends.join(', ')} (ends of the partitions)`,
      found: `${cell('log_topic')}/${cell('log_partition')}/${cell('log_offset')}`,
    });
  }
}

/** Dead letters come from any topic that is archived. */
function allowedTopics(topic: ArchivedTopic): readonly string[] {
  return topic === DEAD_LETTERS ? [...TOPICS_BY_NAME.keys()] : [topic.topic];
}

export async function reportTwice({ client, topic, findings }: TopicCheck): Promise<void> {
  if (topic.idField === undefined) return;
  const rows = await select(
    client,
    `SELECT toString(${topic.idField}), count() AS n, groupArray(log_offset)
FROM ${topic.table} FINAL GROUP BY tenant_id, ${topic.idField} HAVING n > 1 LIMIT 1000`,
  );
  for (const [id, n, offsets] of rows) {
    findings.add({
      code: 'rows_of_one_event',
      what: `One ${topic.idField} has ${n} rows.`,
      where: `${topic.table}: ${topic.idField}=${id}`,
      expected: '1 row',
      found: `offsets ${String(offsets)}`,
    });
  }
}

export interface TopicCounts {
  records: number;
  rows: number;
  repeats: number;
  /** Physical copies that merging will remove; each is a problem. */
  copies: number;
  /** Records of the log whose rows have lived as long as they should. */
  expired: number;
}

/** What one topic is held against its table with, and what is counted of it. */
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
