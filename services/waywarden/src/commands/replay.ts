/** `waywarden replay FILE…`: the command around `replayFiles`. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { replayFiles } from '../embedded/replay-files.ts';
import { loadPolicy, loadRegistry } from '../embedded/rule-files.ts';
import { report, UsageError } from './command-output.ts';
import { addInputOptions, type InputFlags } from './input-options.ts';

const PARTITIONS_MAX = 1024;

interface ReplayFlags extends InputFlags {
  readonly data?: string;
  readonly out?: string;
  readonly partitions: string;
}

async function replayInto(folder: string, files: readonly string[], flags: ReplayFlags) {
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

async function replay(files: readonly string[], flags: ReplayFlags): Promise<void> {
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
    .argument('<files...>', 'files (.gz is unpacked; - is standard input)'),
)
  .option('--data <folder>', 'data folder to replay into; default: a temporary one')
  .option('--out <folder>', 'writes alerts, decisions, commands and events as .ndjson here')
  .option('--partitions <n>', 'partitions of a new data folder', '1')
  .action(replay);
