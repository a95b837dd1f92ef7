/**
 * Whether the store says what the log says: all is recomputed and compared exactly, in bounded
 * memory. Of a running installation, rows as far as archived at the beginning; what does not fit is
 * compared twice.
 */
import type { ClickHouseClient } from '@clickhouse/client';
import { ALERTS } from '../rows/alert-row.ts';
import type { ArchivedTopic, EndOffsets } from '../rows/archived-topic.ts';
import { ARCHIVED_TOPICS } from '../rows/archived-topics.ts';
import { AUDIT_EVENTS } from '../rows/audit-event-row.ts';
import { DECISIONS, REVOCATION_COMMANDS } from '../rows/response-rows.ts';
import { PER_HOUR, PER_MINUTE } from '../rows/rollup-statements.ts';
import { type RowLives, rowLives } from '../rows/row-lives.ts';
import { Findings, type VerifyProblem } from './problem.ts';
import type { TopicCounts } from './row-places.ts';
import { rawSince, type StoredRange, storedRange, type VerifiedLog } from './stored-range.ts';
import {
  type ResponseRanges,
  type VerifyDecisions,
  verifyAlerts,
  verifyChain,
  verifyCommands,
} from './verify-response.ts';
import { verifyRollUp } from './verify-rollup.ts';
import { verifyTopic } from './verify-topic.ts';

/** How often what does not fit together is looked at again in a running installation. */
const LOOKS_MAX = 3;

export interface VerifyProgress {
  readonly what: string;
  /** Records held against the store so far. */
  readonly records: number;
}

export interface RunningArchiver {
  /** Resolves when everything that the log holds now is in the store, and says how far that is. */
  settle(): Promise<EndOffsets>;
  /** Nothing is written to the store while `work` runs. */
  hold<T>(work: () => Promise<T>): Promise<T>;
}

export interface VerifyStoreOptions {
  /** May be opened read-only. */
  readonly log: VerifiedLog;
  readonly client: ClickHouseClient;
  /** The responder's check of the chain of hashes. */
  readonly verifyDecisions: VerifyDecisions;
  /** Default: nobody writes to log and store. */
  readonly running?: RunningArchiver;
  /** How long rows of dead letters live; default 30 days. */
  readonly deadLettersMs?: number | undefined;
  readonly nowMs: number;
  readonly onProgress?: (progress: VerifyProgress) => void;
}

export interface VerifyReport {
  readonly ok: boolean;
  /** The first of each code; `problem_counts` has them all. */
  readonly problems: readonly VerifyProblem[];
  readonly problem_counts: Readonly<Record<string, number>>;
  readonly counts: {
    readonly records: number;
    readonly rows: number;
    readonly repeats: number;
    /** Second physical rows of a record, each of them a problem. */
    readonly unmerged_copies: number;
    /** Records whose rows have lived as long as they should. */
    readonly expired_rows: number;
    /** Minutes of a time whose raw rows have. */
    readonly outlived_minutes: number;
    readonly minutes: number;
    readonly hours: number;
    readonly by_table: Readonly<Record<string, Readonly<TopicCounts>>>;
  };
  /** By topic, the first offset of each partition. */
  readonly stored_from: Readonly<Record<string, readonly number[]>>;
}

interface Verification {
  readonly options: VerifyStoreOptions;
  readonly findings: Findings;
  readonly lives: RowLives;
  readonly ranges: Map<ArchivedTopic, StoredRange>;
  readonly byTable: Record<string, TopicCounts>;
}

async function verifyRows(verification: Verification): Promise<void> {
  const { options, findings, lives, ranges, byTable } = verification;
  const { log, client, nowMs } = options;
  const until = await options.running?.settle();
  let done = 0;
  for (const topic of ARCHIVED_TOPICS) {
    const counts = { records: 0, rows: 0, repeats: 0, copies: 0, expired: 0 };
    byTable[topic.table] = counts;
    const onProgress = (records: number): void => {
      done += records;
      options.onProgress?.({ what: topic.table, records: done });
    };
    const retained = await storedRange(log, client, topic, findings);
    ranges.set(topic, retained);
    const own = { topic, retained, counts, until: until?.[topic.topic] };
    await verifyTopic({ log, client, findings, lives, nowMs, onProgress, ...own });
  }
}

async function verifyResponse(
  { client, verifyDecisions }: VerifyStoreOptions,
  findings: Findings,
  ranges: ResponseRanges,
): Promise<void> {
  await verifyAlerts(client, findings, ranges);
  await verifyChain(client, findings, verifyDecisions, ranges);
  await verifyCommands(client, findings, ranges);
}

/** What does not fit together each time that one looks, with everything archived before. */
async function lastingProblems(
  options: VerifyStoreOptions,
  running: RunningArchiver,
  ranges: ResponseRanges,
): Promise<readonly VerifyProblem[]> {
  const look = async () => {
    const found = new Findings();
    await verifyResponse(options, found, ranges);
    return found.problems;
  };
  let lasting: readonly VerifyProblem[] | undefined;
  for (let looks = 0; looks < LOOKS_MAX && lasting?.length !== 0; looks++) {
    await running.settle();
    const now = await running.hold(look);
    const seen = new Set(lasting?.map(({ code, where }) => `${code} ${where}`));
    lasting = lasting === undefined ? now : now.filter((p) => seen.has(`${p.code} ${p.where}`));
  }
  return lasting ?? [];
}

function rangesOf({ ranges }: Verification, rawSinceMs: number): ResponseRanges {
  const of = (topic: ArchivedTopic): StoredRange => {
    const range = ranges.get(topic);
    if (range === undefined) throw new Error(`${topic.topic} was not verified.`);
    return range;
  };
  return {
    events: of(AUDIT_EVENTS),
    alerts: of(ALERTS),
    decisions: of(DECISIONS),
    commands: of(REVOCATION_COMMANDS),
    rawSinceMs,
  };
}

export async function verifyStore(options: VerifyStoreOptions): Promise<VerifyReport> {
  const { client, nowMs, running } = options;
  const findings = new Findings();
  const lives = rowLives(options.deadLettersMs);
  const verification = { options, findings, lives, ranges: new Map(), byTable: {} } as Verification;
  await verifyRows(verification);
  const counted = Object.values(verification.byTable);
  const total = (field: keyof TopicCounts) => counted.reduce((sum, one) => sum + one[field], 0);
  const say = (what: string) => options.onProgress?.({ what, records: total('records') });
  const rawSinceMs = await rawSince(client, lives.eventsMs, nowMs);
  say('roll-ups');
  const hold = running === undefined ? <T>(work: () => Promise<T>) => work() : running.hold;
  const [minutes, hours] = await hold(async () => [
    await verifyRollUp(client, PER_MINUTE, findings, rawSinceMs),
    await verifyRollUp(client, PER_HOUR, findings),
  ]);
  say('alerts, decisions and commands');
  const ranges = rangesOf(verification, rawSinceMs);
  if (running === undefined) await verifyResponse(options, findings, ranges);
  else for (const one of await lastingProblems(options, running, ranges)) findings.keep(one);
  return {
    ok: findings.problems.length === 0,
    problems: findings.problems,
    problem_counts: findings.counts(),
    counts: {
      records: total('records'),
      rows: total('rows'),
      repeats: total('repeats'),
      unmerged_copies: total('copies'),
      expired_rows: total('expired'),
      outlived_minutes: minutes?.outlived ?? 0,
      minutes: minutes?.buckets ?? 0,
      hours: hours?.buckets ?? 0,
      by_table: verification.byTable,
    },
    stored_from: Object.fromEntries(
      [...verification.ranges].map(([{ topic }, { starts }]) => [topic, starts]),
    ),
  };
}
