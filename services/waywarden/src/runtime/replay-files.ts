/**
 * A replay: files through the whole embedded pipeline into a folder, and what came of it. The same
 * files give byte-identical alerts, decisions and commands in any folder, and a second replay into
 * the same folder adds nothing.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { clickhouseClient } from '@waywarden/archiver';
import { type AcceptedBatch, FormatReader, type ReadItem } from '@waywarden/ingest';
import {
  type Alert,
  type Decision,
  epochMs,
  type Policy,
  type Registry,
  type RevocationCommand,
  TOPICS,
} from '@waywarden/schemas';
import { Progress } from '../input/command-output.ts';
import { fileAcceptor, type InputFlags } from '../input/input-options.ts';
import { RefusedLines, type RefusedReport, readLines } from '../input/read-lines.ts';
import { BatchSpan, eventTimeMsOf } from './batch-span.ts';
import { dataPaths } from './data-folder.ts';
import { openPipeline, type Pipeline } from './pipeline.ts';
import { lastByKey } from './scan-topic.ts';

/** Events appended together; also how often time can move. */
const BATCH_EVENTS = 1000;
/** Log time between watermarks while files are fed: what falls due does so to this grain. */
export const WATERMARK_EVERY_MS = 600_000;

/** As the command line prints it with `--json`. */
export interface ReplayReport {
  readonly read: number;
  readonly accepted: number;
  readonly dead_lettered: number;
  readonly duplicates: number;
  readonly alerts: number;
  readonly decisions: number;
  readonly commands: number;
  readonly rows: number;
  readonly events_per_s: number;
}

interface EventId {
  readonly event_id: string;
  readonly native_id: string | undefined;
}

interface Fed {
  read: number;
  accepted: number;
  deadLettered: number;
  duplicates: number;
  /** Time of the last event; empty before the first. */
  latest: string;
}

/** Items of one file, in order. */
interface PendingItems {
  readonly file: string;
  readonly items: ReadItem[];
}

export interface FeedOptions extends Omit<InputFlags, 'registry' | 'policy'> {
  readonly files: readonly string[];
  readonly registry: Registry | undefined;
  readonly batchEvents?: number;
}

export interface ReplayOptions extends FeedOptions {
  readonly folder: string;
  readonly out?: string;
  readonly partitions: number;
  readonly policy: Policy;
  /** For chaos tests: named places before and after every write. */
  readonly failpoint?: (name: string) => void;
}

function countBatch(fed: Fed, batch: AcceptedBatch): void {
  fed.accepted += batch.accepted + batch.duplicates;
  fed.duplicates += batch.duplicates;
  fed.deadLettered += batch.deadLettered;
  for (const event of batch.events)
    if (event.event_time > fed.latest) fed.latest = event.event_time;
}

/** Feeds the files in order; a watermark stands at the same places whenever they are fed. */
export async function feedFiles(
  pipeline: Pick<Pipeline, 'log' | 'sequencer' | 'detected'>,
  options: FeedOptions,
  onIds: (ids: readonly EventId[]) => void = () => undefined,
): Promise<Fed & { readonly refused: RefusedReport }> {
  const acceptor = fileAcceptor(options, options.registry);
  const fed: Fed = { read: 0, accepted: 0, deadLettered: 0, duplicates: 0, latest: '' };
  const progress = new Progress('Replaying');
  let sequencedMs = Number.NEGATIVE_INFINITY;
  const refused = new RefusedLines();
  let pending: PendingItems[] = [];
  let waiting = 0;
  const span = new BatchSpan(WATERMARK_EVERY_MS);
  const flush = async () => {
    const records = pending.flatMap(({ file, items }) => {
      const batch = acceptor.accept(items);
      countBatch(fed, batch);
      refused.take(file, batch.errors);
      onIds(batch.ids);
      return batch.records;
    });
    pending = [];
    waiting = 0;
    span.begin();
    if (records.length > 0) await pipeline.log.append(records);
    const { latest } = fed;
    if (latest !== '' && epochMs(latest) - sequencedMs >= WATERMARK_EVERY_MS) {
      sequencedMs = epochMs(latest);
      // Time lets chains expire: it moves once what came before has reached every chain.
      await pipeline.detected();
      await pipeline.sequencer.advance(latest);
    }
    progress.show(`${fed.read} calls read, ${fed.accepted} accepted`);
  };
  for (const file of options.files) {
    const reader = new FormatReader(options.format);
    for await (const line of readLines(file)) {
      const items = reader.read(line.text, line.number);
      fed.read += items.length;
      for (const item of items) {
        const ms = eventTimeMsOf(item.input);
        if (span.isOver(ms)) await flush();
        span.take(ms);
        if (pending.at(-1)?.file !== file) pending.push({ file, items: [] });
        pending.at(-1)?.items.push(item);
        waiting += 1;
      }
      if (waiting >= (options.batchEvents ?? BATCH_EVENTS)) await flush();
    }
  }
  await flush();
  if (fed.latest !== '') {
    await pipeline.detected();
    await pipeline.sequencer.advance(fed.latest);
  }
  progress.done(
    `${fed.read} calls read, ${fed.accepted} accepted, ${fed.deadLettered} dead-lettered`,
  );
  return { ...fed, refused: refused.report() };
}

function writeOutputs(folder: string, outputs: Readonly<Record<string, readonly unknown[]>>): void {
  mkdirSync(folder, { recursive: true });
  for (const [name, values] of Object.entries(outputs)) {
    const text = values.map((value) => `${JSON.stringify(value)}\n`).join('');
    writeFileSync(join(folder, `${name}.ndjson`), text);
  }
}

async function countRows(pipeline: Pipeline, tenant: string): Promise<number> {
  const client = clickhouseClient(pipeline.store);
  try {
    const result = await client.query({
      query: 'SELECT count() AS n FROM audit_events_v1 FINAL WHERE tenant_id = {tenant:String}',
      query_params: { tenant },
      format: 'JSONEachRow',
    });
    const [row] = await result.json<{ n: string | number }>();
    return Number(row?.n ?? 0);
  } finally {
    await client.close();
  }
}

async function readOutputs(pipeline: Pipeline) {
  const { log } = pipeline;
  return {
    alerts: await lastByKey<Alert>(log, TOPICS.alerts.name, (a) => a.alert_id),
    decisions: await lastByKey<Decision>(log, TOPICS.decisions.name, (d) => d.decision_id),
    commands: await lastByKey<RevocationCommand>(
      log,
      TOPICS.revocationCommands.name,
      (c) => c.command_id,
    ),
  };
}

/** UsageError for files that can't be read; DataFolderError when another process has the folder. */
export async function replayFiles(options: ReplayOptions): Promise<ReplayReport> {
  const { tenant, failpoint, out } = options;
  const pipeline = await openPipeline({
    paths: dataPaths(options.folder),
    command: 'replay',
    partitions: options.partitions,
    journal: 'replay',
    ...(failpoint === undefined ? {} : { failpoint }),
  });
  try {
    await pipeline.publish(tenant, options.registry, options.policy);
    const before = await countRows(pipeline, tenant);
    const started = performance.now();
    // Only where they are written: a million of them is a part of what a replay holds.
    const ids = new Map<string, EventId>();
    const onIds = (some: readonly EventId[]) => {
      for (const id of some) ids.set(id.event_id, id);
    };
    const fed = await feedFiles(pipeline, options, out === undefined ? undefined : onIds);
    const settling = new Progress('Deciding and archiving');
    await pipeline.settle();
    settling.done('all settled');
    const seconds = (performance.now() - started) / 1000;
    const outputs = await readOutputs(pipeline);
    if (out !== undefined) {
      const events = [...ids.values()].sort((a, b) => (a.event_id < b.event_id ? -1 : 1));
      writeOutputs(out, { ...outputs, events });
    }
    const rows = await countRows(pipeline, tenant);
    return {
      read: fed.read,
      accepted: fed.accepted,
      dead_lettered: fed.deadLettered,
      duplicates: fed.accepted - (rows - before),
      // Posture is listed and not queued, so it is no alarm to count.
      alerts: outputs.alerts.filter((a) => a.state === 'open' && a.hygiene !== true).length,
      decisions: outputs.decisions.length,
      commands: outputs.commands.length,
      rows,
      events_per_s: Math.round(fed.read / seconds),
    };
  } finally {
    await pipeline.stop();
  }
}
