/**
 * `policy test`: runs the examples of a policy's combinations, and then the whole policy over events,
 * given or stored, in a scratch folder through the same pipeline that runs for real. So what it says
 * would have happened is what would have happened, guards and budgets included.
 *
 * For a rule that only watches it also says what it would have done if it were promoted: the trial's
 * journal is decided once more with all rules acting (if-enforced.ts).
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { judgeExample } from '@waywarden/detector';
import {
  type Alert,
  CLASS_TRIGGERS,
  type Combination,
  combinationExampleSchema,
  type Decision,
  epochMs,
  type Policy,
  type Registry,
  type RevocationCommand,
  TOPICS,
} from '@waywarden/schemas';
import { NOTHING_REFUSED, type RefusedReport } from '../input/read-lines.ts';
import { dataPaths } from '../runtime/data-folder.ts';
import { openPipeline, type Pipeline } from '../runtime/pipeline.ts';
import { type FeedOptions, feedFiles, WATERMARK_EVERY_MS } from '../runtime/replay-files.ts';
import { lastByKey } from '../runtime/scan-topic.ts';
import { ifEnforced, isOfRule, isWatching, type Ordered } from './if-enforced.ts';
import { type LastDays, lastDays, suppressed, takenBy, targetName } from './last-days.ts';
import {
  type RecordedHistory,
  storedEvents,
  storedRegistries,
  withRecordedHistory,
} from './stored-history.ts';

const UNTRIED = ['containment_leak'] as const;

/**
 * Which of the alerts that a rule answers can't come in a trial, so that its silence there is taken for no promise. A
 * `containment_leak` needs an order that somebody has applied, and nobody carries out the orders of a trial; the
 * receipts of a stored history are about the orders that were given then, to agents that went on as they did because
 * of those.
 */
export function untriedKinds(
  { classes }: Pick<Policy, 'classes'>,
  { when }: Policy['rules'][number],
): readonly string[] {
  const byClass = when.kind.includes(CLASS_TRIGGERS)
    ? Object.values(classes ?? {}).flatMap((row) => row?.revocation_triggers ?? [])
    : [];
  const asked = new Set([...when.kind, ...byClass]);
  return UNTRIED.filter((kind) => asked.has(kind));
}

const BATCH_EVENTS = 1000;
/** Targets that are named of each rule; the counts are of all. */
const TARGETS_NAMED_MAX = 10;

export interface ExampleReport {
  readonly combination: string;
  readonly example: 'fires' | 'quiet';
  readonly ok: boolean;
  readonly problems: readonly string[];
}

function exampleReport(
  policy: Policy,
  one: Combination,
  example: 'fires' | 'quiet',
): ExampleReport | undefined {
  if (one.examples === undefined || one.evaluable === false) return undefined;
  const about = { combination: one.id, example };
  const parsed = combinationExampleSchema.safeParse(one.examples[example]);
  if (!parsed.success) {
    return { ...about, ok: false, problems: parsed.error.issues.map((issue) => issue.message) };
  }
  return { ...about, ...judgeExample(policy, one.id, parsed.data, example) };
}

export function runExamples(policy: Policy): readonly ExampleReport[] {
  return policy.combinations.flatMap((one) =>
    (['fires', 'quiet'] as const).flatMap((which) => exampleReport(policy, one, which) ?? []),
  );
}

export interface RuleReport {
  readonly rule: string;
  readonly mode: string;
  /** Alerts, however often each was revised. */
  readonly matched: number;
  /** Orders that took something, with those on whom they reached; the first by name. */
  readonly ordered: number;
  readonly step_ups: number;
  readonly targets: readonly string[];
  /** Of a rule that only watches: orders that would have been given had all rules acted. */
  readonly if_enforced: number;
  /** Decisive reason for each alert that led to nothing otherwise, and how often. */
  readonly withheld: Readonly<Record<string, number>>;
  /** Alerts that it answers and that can't come in a trial. */
  readonly untried: readonly string[];
}

export interface HistoryReport {
  readonly events: number;
  /** Of given files: what could not be taken, and so was not tried. */
  readonly refused: RefusedReport;
  readonly alerts: number;
  readonly alerts_by_combination: Readonly<Record<string, number>>;
  readonly rules: readonly RuleReport[];
  readonly last_days: LastDays;
}

function count(into: Record<string, number>, key: string): void {
  into[key] = (into[key] ?? 0) + 1;
}

/** What became of the rule's own alerts, and what it gave, with whom that reached. */
function ruleReport(
  policy: Policy,
  rule: Policy['rules'][number],
  { did, would }: { readonly did: Ordered; readonly would: Ordered },
): RuleReport {
  const { decisions, commands } = isWatching(rule) ? would : did;
  const known = new Map(commands.map((command) => [command.command_id, command]));
  const given = decisions.filter((one) => isOfRule(one, rule.id));
  const taken = given.flatMap((one) => takenBy(one, known));
  const own = given.filter((one) => one.rule_id === rule.id);
  // Of what watches no step-up is counted, so one that stands in for an order is what held it back.
  const isGiven = (one: Decision) =>
    isWatching(rule) ? takenBy(one, known).length > 0 : (one.issued_command_ids ?? []).length > 0;
  const asked = given
    .flatMap((one) => (one.issued_command_ids ?? []).map((id) => known.get(id)))
    .filter((command) => command?.action === 'require_step_up');
  return {
    rule: rule.id,
    mode: rule.mode,
    matched: new Set(own.map((one) => one.alert_ids[0] ?? one.decision_id)).size,
    ordered: isWatching(rule) ? 0 : taken.length,
    step_ups: isWatching(rule) ? 0 : asked.length,
    targets: isWatching(rule) ? [] : taken.slice(0, TARGETS_NAMED_MAX).map(targetName),
    if_enforced: isWatching(rule) ? taken.length : 0,
    withheld: suppressed(own, isGiven),
    untried: untriedKinds(policy, rule),
  };
}

interface HistoryOutputs {
  readonly events: number;
  readonly refused: RefusedReport;
  readonly alerts: readonly Alert[];
  readonly decisions: readonly Decision[];
  readonly commands: readonly RevocationCommand[];
  readonly latest: string;
  /** Had all rules acted. */
  readonly enforced: Ordered;
}

function reportHistory(policy: Policy, outputs: HistoryOutputs, days: number): HistoryReport {
  const watching = policy.rules.filter(isWatching).map((rule) => rule.id);
  const open = outputs.alerts.filter((alert) => alert.state === 'open' && alert.hygiene !== true);
  const byCombination: Record<string, number> = {};
  for (const alert of open) if (alert.assembly) count(byCombination, alert.assembly.combination);
  return {
    events: outputs.events,
    refused: outputs.refused,
    alerts: open.length,
    alerts_by_combination: byCombination,
    rules: policy.rules.map((rule) =>
      ruleReport(policy, rule, { did: outputs, would: outputs.enforced }),
    ),
    last_days: lastDays({ ...outputs, watching }, days),
  };
}

/** A folder that is gone afterwards, whatever happened. */
async function inScratch<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'waywarden-policy-'));
  try {
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function outputsOf(
  { log }: Pipeline,
  policy: Policy,
  fed: Pick<HistoryOutputs, 'events' | 'refused' | 'latest'>,
): Promise<HistoryOutputs> {
  const isWatched = policy.rules.some(isWatching);
  return {
    ...fed,
    enforced: isWatched ? await ifEnforced(log) : { decisions: [], commands: [] },
    alerts: await lastByKey<Alert>(log, TOPICS.alerts.name, (one) => one.alert_id),
    decisions: await lastByKey<Decision>(log, TOPICS.decisions.name, (one) => one.decision_id),
    commands: await lastByKey<RevocationCommand>(
      log,
      TOPICS.revocationCommands.name,
      (one) => one.command_id,
    ),
  };
}

/** Nothing of it is kept, so no store is started and nothing waits for the disk. */
async function inScratchPipeline<T>(use: (pipeline: Pipeline) => Promise<T>): Promise<T> {
  return inScratch(async (folder) => {
    const pipeline = await openPipeline({
      ...{ paths: dataPaths(folder), command: 'replay', partitions: 1, journal: 'replay' },
      ...{ archive: false, scratch: true, calls: true },
    });
    try {
      return await use(pipeline);
    } finally {
      await pipeline.stop();
    }
  });
}

export interface TryOptions {
  readonly policy: Policy;
  /** Of all tenants; else each tenant's last in the folder. */
  readonly registry: Registry | undefined;
  /** How far back revocations are listed. */
  readonly days: number;
  readonly onProgress: (events: number) => void;
}

/** Given files under this policy. */
export async function tryOnFiles(
  feed: FeedOptions,
  { policy, registry, days }: Omit<TryOptions, 'onProgress'>,
): Promise<HistoryReport> {
  return inScratchPipeline(async (pipeline) => {
    await pipeline.publish(feed.tenant, registry, policy);
    const { accepted, duplicates, refused, latest } = await feedFiles(pipeline, feed);
    await pipeline.settle();
    const fed = { events: accepted - duplicates, refused, latest };
    return reportHistory(policy, await outputsOf(pipeline, policy, fed), days);
  });
}

/** Time moves as it does when files are fed: once what came before has reached every chain. */
async function feedStored(
  { log, sequencer, detected }: Pick<Pipeline, 'log' | 'sequencer' | 'detected'>,
  stored: RecordedHistory,
  onProgress: TryOptions['onProgress'],
): Promise<Pick<HistoryOutputs, 'events' | 'latest'>> {
  const fed = { events: 0, latest: '' };
  const batch = { records: BATCH_EVENTS, spanMs: WATERMARK_EVERY_MS };
  let sequencedMs = Number.NEGATIVE_INFINITY;
  for await (const { records, latest } of storedEvents(stored, batch)) {
    await log.append(records);
    fed.events += records.length;
    if (latest > fed.latest) fed.latest = latest;
    onProgress(fed.events);
    if (epochMs(fed.latest) - sequencedMs < WATERMARK_EVERY_MS) continue;
    sequencedMs = epochMs(fed.latest);
    await detected();
    await sequencer.advance(fed.latest);
  }
  if (fed.latest !== '') {
    await detected();
    await sequencer.advance(fed.latest);
  }
  return fed;
}

/** The recorded events of a data folder under this policy; nothing in that folder changes. */
export async function tryOnFolder(folder: string, options: TryOptions): Promise<HistoryReport> {
  const { policy, days, onProgress } = options;
  return withRecordedHistory(folder, (stored) =>
    inScratchPipeline(async (pipeline) => {
      for (const [tenant, registry] of await storedRegistries(stored)) {
        await pipeline.publish(tenant, options.registry ?? registry, policy);
      }
      const { log, sequencer } = pipeline;
      const detected = () => pipeline.detected();
      const fed = await feedStored({ log, sequencer, detected }, stored, onProgress);
      await pipeline.settle();
      return reportHistory(
        policy,
        await outputsOf(pipeline, policy, { ...fed, refused: NOTHING_REFUSED }),
        days,
      );
    }),
  );
}
