import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Format } from '@waywarden/ingest';
import { Command } from 'commander';
import { replayCaptures } from '../captures/replay-captures.ts';
import { report, UsageError } from '../input/command-output.ts';
import { addInputOptions, type InputFlags } from '../input/input-options.ts';
import { replayFiles } from '../runtime/replay-files.ts';
import { loadPolicy, loadRegistry } from '../runtime/rule-files.ts';

const PARTITIONS_MAX = 1024;

/** Through the HTTP routes. */
const CAPTURES = 'captures';

interface ReplayFlags extends Omit<InputFlags, 'format'> {
  readonly format: Format | typeof CAPTURES;
  readonly data?: string;
  readonly out?: string;
  readonly partitions: string;
}

async function replayRecordings(folders: readonly string[], { out, json }: ReplayFlags) {
  const value = await replayCaptures(folders, out);
  const unresolved = Object.entries(value.unresolved).map(([reason, n]) => `${n} ${reason}`);
  report(json === true, value, [
    `${value.captures} recordings, ${value.requests} requests posted, ${value.refused} refused or taken in part`,
    `${value.calls} calls concluded, ${value.hand_overs} hand-overs between agents; ${value.events} events, ${value.dead_lettered} dead-lettered`,
    `Not resolved: ${unresolved.length === 0 ? 'nothing' : unresolved.join(', ')}`,
    ...(out === undefined ? [] : [`Written to ${out}: captures, delegations, refused (.ndjson)`]),
  ]);
}

type FileFlags = ReplayFlags & Pick<InputFlags, 'format'>;

async function replayInto(folder: string, files: readonly string[], flags: FileFlags) {
  const partitions = Number(flags.partitions);
  if (!Number.isInteger(partitions) || partitions < 1 || partitions > PARTITIONS_MAX) {
    throw new UsageError(
      `--partitions ${flags.partitions}: give a whole number from 1 to ${PARTITIONS_MAX}.`,
    );
  }
  const { registry, policy, ...rest } = flags;
  const value = await replayFiles({
    ...rest,
    files,
    folder,
    partitions,
    registry: loadRegistry(registry),
    policy: loadPolicy(policy),
  });
  report(flags.json === true, value, [
    `${value.read} calls read, ${value.accepted} accepted, ${value.dead_lettered} dead-lettered, ${value.duplicates} known before`,
    `${value.alerts} open alerts, ${value.decisions} decisions, ${value.commands} commands; ${value.rows} rows in the store`,
    `${value.events_per_s} events/s through everything`,
    ...(flags.out === undefined
      ? []
      : [`Written to ${flags.out}: alerts, decisions, commands, events (.ndjson)`]),
  ]);
}

async function replay(files: readonly string[], given: ReplayFlags): Promise<void> {
  const { format } = given;
  if (format === CAPTURES) return replayRecordings(files, given);
  const flags: FileFlags = { ...given, format };
  if (flags.data !== undefined) return replayInto(flags.data, files, flags);
  const folder = mkdtempSync(join(tmpdir(), 'waywarden-replay-'));
  try {
    await replayInto(folder, files, flags);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export const replayCommand = addInputOptions(
  new Command('replay')
    .description('feed files through the whole embedded pipeline')
    .argument('<files...>', 'files (.gz is unpacked; - is standard input); of captures: folders'),
  [CAPTURES],
)
  .option('--data <folder>', 'data folder to replay into; default: a temporary one')
  .option(
    '--out <folder>',
    'writes alerts, decisions, commands and events as .ndjson here; of captures: the calls',
  )
  .option('--partitions <n>', 'partitions of a new data folder', '1')
  .action(replay);
