/**
 * Whether the store says what the log says: the library behind `waywarden verify`.
 *
 * Everything is recomputed from the log, which is the original, and compared exactly; memory is
 * bounded by a chunk of the log, a month of roll-ups and a fixed number of problems. It is meant for
 * a log and a store at rest (the archiver flushed): on moving ones it names what is still on its way.
 */
import type { ClickHouseClient } from '@clickhouse/client';
import type { EventLog } from '@waywarden/event-log';
import { ARCHIVED_TOPICS } from '../archived-topics.ts';
import { PER_HOUR, PER_MINUTE } from '../rollup-statements.ts';
import { Findings, type Problem } from './problem.ts';
import {
  type VerifyDecisions,
  verifyAlerts,
  verifyChain,
  verifyCommands,
} from './verify-response.ts';
import { verifyRollUp } from './verify-rollup.ts';
import { type TopicCounts, verifyTopic } from './verify-topic.ts';

export interface VerifyProgress {
  readonly what: string;
  /** Records held against the store so far. */
  readonly records: number;
}

export interface VerifyStoreOptions {
  /** May be opened read-only. */
  readonly log: EventLog;
  readonly client: ClickHouseClient;
  /** The responder's check of the chain of hashes. */
  readonly verifyDecisions: VerifyDecisions;
  readonly onProgress?: (progress: VerifyProgress) => void;
}

export interface VerifyReport {
  readonly ok: boolean;
  /** The first of each code; `problem_counts` has them all. */
  readonly problems: readonly Problem[];
  readonly problem_counts: Readonly<Record<string, number>>;
  readonly counts: {
    readonly records: number;
    readonly rows: number;
    readonly repeats: number;
    /** Physical repeats that FINAL reads do not see and merging removes: no problem. */
    readonly unmerged_copies: number;
    readonly minutes: number;
    readonly hours: number;
    readonly by_table: Readonly<Record<string, Readonly<TopicCounts>>>;
  };
}

export async function verifyStore(options: VerifyStoreOptions): Promise<VerifyReport> {
  const { log, client } = options;
  const findings = new Findings();
  const byTable: Record<string, TopicCounts> = {};
  const total = { records: 0, rows: 0, repeats: 0, copies: 0 };
  let done = 0;
  for (const topic of ARCHIVED_TOPICS) {
    const counts = { records: 0, rows: 0, repeats: 0, copies: 0 };
    byTable[topic.table] = counts;
    const onProgress = (records: number): void => {
      done += records;
      options.onProgress?.({ what: topic.table, records: done });
    };
    await verifyTopic({ log, client, topic, findings, counts, onProgress });
    total.records += counts.records;
    total.rows += counts.rows;
    total.repeats += counts.repeats;
    total.copies += counts.copies;
  }
  options.onProgress?.({ what: 'roll-ups', records: done });
  const minutes = await verifyRollUp(client, PER_MINUTE, findings);
  const hours = await verifyRollUp(client, PER_HOUR, findings);
  options.onProgress?.({ what: 'alerts, decisions and commands', records: done });
  await verifyAlerts(client, findings);
  await verifyChain(client, findings, options.verifyDecisions);
  await verifyCommands(client, findings);
  return {
    ok: findings.problems.length === 0,
    problems: findings.problems,
    problem_counts: findings.counts(),
    counts: {
      records: total.records,
      rows: total.rows,
      repeats: total.repeats,
      unmerged_copies: total.copies,
      minutes,
      hours,
      by_table: byTable,
    },
  };
}
