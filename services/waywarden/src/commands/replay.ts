/**
 * `waywarden replay FILE…`: feeds files through the whole embedded pipeline. The same files give
 * byte-identical alerts, decisions and commands in any folder, and a second replay adds nothing.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clickhouseClient } from '@waywarden/archiver';
import { FormatReader } from '@waywarden/ingest';
import {
  type Alert,
  type Decision,
  epochMs,
  type RevocationCommand,
  TOPICS,
} from '@waywarden/schemas';
import { Command } from 'commander';
import { dataPaths } from '../embedded/data-folder.ts';
import { openPipeline, type Pipeline } from '../embedded/pipeline.ts';
import { lastByKey } from '../embedded/read-outputs.ts';
import { loadPolicy, loadRegistry } from '../embedded/rule-files.ts';
import { readLines } from '../read-lines.ts';
import { Progress, report } from './command-output.ts';
import { addInputOptions, fileAcceptor, type InputFlags } from './input-options.ts';

/** Events appended together; also how often time can move. */
const BATCH_EVENTS = 1000;
/** Log time between watermarks while files are fed: what falls due does so to this grain. */
const WATERMARK_EVERY_MS = 600_000;

interface ReplayFlags extends InputFlags {
  readonly data?: string;
  readonly out?: string;
  readonly partitions: string;
}

interface Fed {
  read: number;
  accepted: number;
  deadLettered: number;
  duplicates: number;
  readonly ids: { readonly event_id: string; readonly native_id: string | undefined }[];
}

/** Feeds the files in order; a watermark stands at the same places whenever they are fed. */
async function feed(
  pipeline: Pipeline,
  files: readonly string[],
  flags: ReplayFlags,
): Promise<Fed> {
  const acceptor = fileAcceptor(flags, loadRegistry(flags.registry));
  const fed: Fed = { read: 0, accepted: 0, deadLettered: 0, duplicates: 0, ids: [] };
  const progress = new Progress('Replaying');
  let sequencedMs = Number.NEGATIVE_INFINITY;
  let latest = '';
  let pending: ReturnType<FormatReader['read']>[number][] = [];
  const flush = async () => {
    const batch = acceptor.accept(pending);
    pending = [];
    fed.accepted += batch.accepted + batch.duplicates;
    fed.duplicates += batch.duplicates;
    fed.deadLettered += batch.deadLettered;
    fed.ids.push(...batch.ids);
    if (batch.records.length > 0) await pipeline.log.append(batch.records);
    for (const event of batch.events) if (event.event_time > latest) latest = event.event_time;
    if (latest !== '' && epochMs(latest) - sequencedMs >= WATERMARK_EVERY_MS) {
      sequencedMs = epochMs(latest);
      await pipeline.sequencer.advance(latest);
    }
    progress.show(`${fed.read} calls read, ${fed.accepted} accepted`);
  };
  for (const file of files) {
    const reader = new FormatReader(flags.format);
    for await (const line of readLines(file)) {
      const items = reader.read(line.text, line.number);
      fed.read += items.length;
      pending.push(...items);
      if (pending.length >= BATCH_EVENTS) await flush();
    }
  }
  await flush();
  if (latest !== '') await pipeline.sequencer.advance(latest);
  progress.done(
    `${fed.read} calls read, ${fed.accepted} accepted, ${fed.deadLettered} dead-lettered`,
  );
  return fed;
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

async function run(files: readonly string[], flags: ReplayFlags, folder: string): Promise<void> {
  const registry = loadRegistry(flags.registry);
  const policy = loadPolicy(flags.policy);
  const pipeline = await openPipeline({
    paths: dataPaths(folder),
    command: 'replay',
    partitions: Number(flags.partitions),
    journal: 'replay',
  });
  try {
    await pipeline.publish(flags.tenant, registry, policy);
    const before = await countRows(pipeline, flags.tenant);
    const started = performance.now();
    const fed = await feed(pipeline, files, flags);
    const settling = new Progress('Deciding and archiving');
    await pipeline.settle();
    const seconds = (performance.now() - started) / 1000;
    settling.done('all settled');
    const alerts = await lastByKey<Alert>(pipeline.log, TOPICS.alerts.name, (a) => a.alert_id);
    const decisions = await lastByKey<Decision>(
      pipeline.log,
      TOPICS.decisions.name,
      (d) => d.decision_id,
    );
    const commands = await lastByKey<RevocationCommand>(
      pipeline.log,
      TOPICS.revocationCommands.name,
      (c) => c.command_id,
    );
    if (flags.out !== undefined) {
      const events = [...new Map(fed.ids.map((id) => [id.event_id, id])).values()].sort((a, b) =>
        a.event_id < b.event_id ? -1 : 1,
      );
      writeOutputs(flags.out, { alerts, decisions, commands, events });
    }
    const rows = await countRows(pipeline, flags.tenant);
    const open = alerts.filter((a) => a.state === 'open').length;
    const value = {
      read: fed.read,
      accepted: fed.accepted,
      dead_lettered: fed.deadLettered,
      duplicates: fed.accepted - (rows - before),
      alerts: open,
      decisions: decisions.length,
      commands: commands.length,
      rows,
      events_per_s: Math.round(fed.read / seconds),
    };
    report(flags.json === true, value, [
      `${value.read} calls read, ${value.accepted} accepted, ${value.dead_lettered} dead-lettered, ${value.duplicates} known before`,
      `${open} open alerts, ${value.decisions} decisions, ${value.commands} commands; ${rows} rows in the store`,
      `${value.events_per_s} events/s through everything`,
      ...(flags.out === undefined
        ? []
        : [`Written to ${flags.out}: alerts, decisions, commands, events (.ndjson)`]),
    ]);
  } finally {
    await pipeline.stop();
  }
}

async function replay(files: readonly string[], flags: ReplayFlags): Promise<void> {
  if (flags.data !== undefined) return run(files, flags, flags.data);
  const folder = mkdtempSync(join(tmpdir(), 'waywarden-replay-'));
  try {
    await run(files, flags, folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export const replayCommand = addInputOptions(
  new Command('replay')
    .description('feed files through the whole embedded pipeline')
    .argument('<files...>', 'files (.gz is unpacked; - is standard input)'),
)
  .option('--data <folder>', 'data folder to replay into; default: a temporary one')
  .option('--out <folder>', 'writes alerts, decisions, commands and events as .ndjson here')
  .option('--partitions <n>', 'partitions of a new data folder', '1')
  .action(replay);
