/**
 * Keeps the log of a running installation to its retention, each minute. Two things stay whatever their age: rules, which
 * are repeated in each partition before their last copy goes, and the newest times, from which the sequencer goes on.
 */
import type { LmdbLog, PlannedCut, Shortened } from '@waywarden/event-log/lmdb';
import { TOPICS } from '@waywarden/schemas';
import type { ServiceMetrics } from '@waywarden/service-health';
import type { PlacedGap } from '@waywarden/stage';
import type { Logger } from 'pino';
import { type RetentionPlan, storedFor } from './retention-plan.ts';

type StoredRange = Awaited<ReturnType<LmdbLog['retained']>>[number];

const EVERY_MS = 60_000;
/** Records that stay at the end of each partition of events: the newest time and rules among them. */
const TAIL_RECORDS = 1_024;
const FORWARD_MS_MAX = 20_000;

const EVENTS = TOPICS.auditEvents.name;
/** Topics in whose partitions the rules stand. */
const RULED: readonly string[] = [EVENTS, TOPICS.privilegeSteps.name, TOPICS.valueFlows.name];

export interface LogKeeperParts {
  readonly log: LmdbLog;
  readonly plan: RetentionPlan;
  readonly repeatRules: () => Promise<void>;
  /** Resolves when the profile stage, which forwards rules, has passed these ends of `audit.events`. */
  readonly forwarded: (ends: readonly number[]) => Promise<void>;
  /** What stages and archiver don't know of their past. */
  readonly history: () => readonly PlacedGap[];
  readonly logger: Logger;
  readonly nowMs: () => number;
  /** Told of records that were removed unread, for the status. */
  readonly onLost: (message: string) => void;
  /** How long the detector may take to forward repeated rules; else it gets the next minute. */
  readonly forwardMsMax?: number;
}

/** As the status tells it. */
export interface LogReport {
  readonly bytes: number;
  /** Of `audit.events`: nothing that is kept was appended before. */
  readonly since: string | null;
  readonly stored_for: ReturnType<typeof storedFor>;
  readonly removed_records: number;
  /** Removed although these readers had still to read them. */
  readonly lost: readonly {
    readonly topic: string;
    readonly partition: number;
    readonly from: number;
    readonly to: number;
    readonly at: string;
    readonly readers: readonly string[];
  }[];
  /** Stages that began, or went on, without what was due. */
  readonly history: readonly {
    readonly stage: string;
    readonly topic: string;
    readonly partition: number;
    readonly missing_from: number;
    readonly begins_at: number;
    readonly begins_time: string | null;
  }[];
  readonly sentence: string;
}

const iso = (ms: number): string => new Date(ms).toISOString();

function sentenceOf(report: Omit<LogReport, 'sentence'>): string {
  const lost = report.lost.reduce((sum, { from, to }) => sum + to - from, 0);
  const begins = report.history
    .flatMap(({ begins_time: time }) => time ?? [])
    .sort()
    .at(-1);
  const stages = [...new Set(report.history.map(({ stage }) => stage))].join(', ');
  return [
    report.since === null ? 'The log is empty.' : `The log reaches back to ${report.since}.`,
    ...(lost === 0
      ? []
      : [`${lost} records were removed before they were read, because the log was too large.`]),
    ...(stages === '' ? [] : [`History begins at ${begins ?? 'a later record'} for ${stages}.`]),
  ].join(' ');
}

export class LogKeeper {
  readonly #parts: LogKeeperParts;
  readonly #ending = new AbortController();
  readonly #timer: NodeJS.Timeout;
  #sweep: Promise<unknown> | undefined;
  /** By topic, where the copies begin that were made last. */
  #rulesAt: ReadonlyMap<string, readonly number[]> | undefined;

  constructor(parts: LogKeeperParts) {
    this.#parts = parts;
    this.#timer = setInterval(() => void this.sweep(), EVERY_MS);
    this.#timer.unref();
  }

  /** Removes what is due, now. One at a time; a failure is logged and tried again in a minute. */
  sweep(): Promise<unknown> {
    this.#sweep ??= this.#run().finally(() => {
      this.#sweep = undefined;
    });
    return this.#sweep;
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#ending.abort();
    await this.#sweep;
  }

  async #run(): Promise<void> {
    const { log, logger, nowMs } = this.#parts;
    try {
      const before = (cut: PlannedCut) => this.#before(cut);
      const options = { nowMs: nowMs(), before, signal: this.#ending.signal };
      for (const one of await log.shorten(options)) this.#report(one);
    } catch (error) {
      logger.error(error, 'the log could not be shortened; it grows until that works again');
    }
  }

  #report(cut: Shortened): void {
    const { logger, onLost } = this.#parts;
    const { lost, ...removed } = cut;
    if (lost === undefined) {
      logger.info(removed, 'removed from the log what is kept no longer');
      return;
    }
    const { from, to, readers } = lost;
    const message = `Records ${from} to ${to - 1} of ${cut.topic}, partition ${cut.partition}, were removed before ${readers.join(', ')} had read them: the log was more than twice as large as it may be.`;
    logger.error({ ...removed, lost }, message);
    onLost(message);
  }

  async #before({ topic, partition, from, to }: PlannedCut): Promise<number> {
    if (!RULED.includes(topic)) return Number.POSITIVE_INFINITY;
    const copied = this.#rulesAt?.get(topic)?.[partition] ?? -1;
    if (to > copied && !(await this.#repeatRules())) return from;
    if (topic !== EVENTS) return Number.POSITIVE_INFINITY;
    const end = (await this.#parts.log.endOffsets(EVENTS))[partition] ?? 0;
    return end - TAIL_RECORDS;
  }

  /** False when the detector is too far behind to forward them now. */
  async #repeatRules(): Promise<boolean> {
    const { log, repeatRules, forwarded, forwardMsMax = FORWARD_MS_MAX } = this.#parts;
    const before = new Map<string, readonly number[]>();
    for (const topic of RULED) before.set(topic, await log.endOffsets(topic));
    await repeatRules();
    const passed = forwarded(await log.endOffsets(EVENTS)).then(() => true);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<boolean>((resolve) => {
      timer = setTimeout(() => resolve(false), forwardMsMax);
    });
    const isForwarded = await Promise.race([passed, late]);
    clearTimeout(timer);
    if (isForwarded) this.#rulesAt = before;
    return isForwarded;
  }

  async report(): Promise<LogReport> {
    const { log, plan, history } = this.#parts;
    let bytes = 0;
    let removed = 0;
    const lost: LogReport['lost'][number][] = [];
    const since: number[] = [];
    for (const { name } of Object.values(TOPICS)) {
      for (const [partition, retained] of (await log.retained(name)).entries()) {
        bytes += retained.bytes;
        removed += retained.removed?.records ?? 0;
        if (name === EVENTS && retained.sinceMs !== undefined) since.push(retained.sinceMs);
        for (const { from, to, at, readers } of retained.lost) {
          lost.push({ topic: name, partition, from, to, at: iso(at), readers });
        }
      }
    }
    const report = {
      bytes,
      since: since.length === 0 ? null : iso(Math.min(...since)),
      stored_for: storedFor(plan),
      removed_records: removed,
      lost,
      history: history().map((gap) => ({
        stage: gap.stage,
        topic: gap.topic,
        partition: gap.partition,
        missing_from: gap.missingFrom,
        begins_at: gap.beginsAt,
        begins_time: gap.beginsTime,
      })),
    };
    return { ...report, sentence: sentenceOf(report) };
  }

  /** How far the log reaches, as metrics. */
  observe(metrics: ServiceMetrics): void {
    const each = (value: (range: StoredRange) => number) => () => this.#eachPartition(value);
    metrics.observe(
      'waywarden_log_partition_bytes',
      each(({ bytes }) => bytes),
    );
    metrics.observe(
      'waywarden_log_start_offset',
      each(({ start }) => start),
    );
    metrics.observe(
      'waywarden_log_end_offset',
      each(({ end }) => end),
    );
    metrics.observe(
      'waywarden_log_records_removed_total',
      each(({ removed }) => removed?.records ?? 0),
    );
    metrics.observe(
      'waywarden_log_records_lost_total',
      each(({ lost }) => lost.reduce((sum, { from, to }) => sum + to - from, 0)),
    );
  }

  async #eachPartition(value: (range: StoredRange) => number) {
    const topics = Object.values(TOPICS).map(async ({ name: topic }) =>
      (await this.#parts.log.retained(topic)).map((range, partition) => ({
        labels: { topic, partition: String(partition) },
        value: value(range),
      })),
    );
    return (await Promise.all(topics)).flat();
  }
}
