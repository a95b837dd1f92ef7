/** `waywarden collect`: hands on what stands in files, folders and Kafka topics that are there already. */
import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { openKafkaLog } from '@waywarden/event-log/kafka';
import { kafkaOptions, readSettings } from '@waywarden/event-log/kafka/settings';
import { Command, Option } from 'commander';
import { type CollectFormat, Collector } from '../collect/collector.ts';
import { Positions } from '../collect/log-files.ts';
import { EXIT, Progress, report, UsageError } from '../input/command-output.ts';
import { environment } from '../input/config.ts';

const LOOK_MS = 1_000;

interface CollectFlags {
  readonly url: string;
  readonly tokenFile: string;
  readonly file?: readonly string[];
  readonly folder?: readonly string[];
  readonly brokers?: string;
  readonly topic?: readonly string[];
  readonly format: CollectFormat;
  readonly positions?: string;
  readonly follow?: true;
  readonly json?: true;
}

async function logOf(brokers: string | undefined) {
  if (brokers === undefined) throw new UsageError('--topic needs --brokers host:port.');
  const settings = readSettings({}, { ...environment(), WW_KAFKA_BROKERS: brokers });
  if (!settings.ok) throw new UsageError(settings.problems.join('\n'));
  return openKafkaLog(kafkaOptions(settings.config, 'waywarden-collect'));
}

function tokenIn(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    throw new UsageError(
      `${path}: there is no token to be read. Make one with waywarden token create.`,
    );
  }
}

function endOf(progress: Progress): AbortController {
  const ending = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      progress.show('ending');
      ending.abort();
    });
  }
  return ending;
}

async function collect(flags: CollectFlags): Promise<void> {
  const { file: files = [], folder: folders = [], topic: topics = [] } = flags;
  if (files.length + folders.length + topics.length === 0) {
    throw new UsageError('Nothing to collect: name --file, --folder or --topic.');
  }
  if (flags.follow === true && flags.positions === undefined) {
    throw new UsageError('--follow needs --positions FILE, where it keeps how far it has come.');
  }
  const progress = new Progress('Collecting', flags.json === true);
  const { signal } = endOf(progress);
  const collector = new Collector(new Positions(flags.positions), flags.format, {
    url: flags.url.replace(/\/$/u, ''),
    token: tokenIn(flags.tokenFile),
    signal,
    say: (text) => process.stderr.write(`${text}\n`),
  });
  const log = topics.length === 0 ? undefined : await logOf(flags.brokers);
  try {
    do {
      for (const path of files) await collector.file(path);
      for (const path of folders) await collector.folder(path);
      for (const topic of topics) if (log !== undefined) await collector.topic(log, topic);
      progress.show(`${collector.collected.taken} records`);
      if (flags.follow === true) await wait(LOOK_MS, undefined, { signal });
    } while (flags.follow === true);
  } catch (cause) {
    if (!signal.aborted) throw cause;
  } finally {
    await log?.close();
  }
  const { taken, refused, cut } = collector.collected;
  progress.done(`${taken} records`);
  const words = [
    `${taken} records delivered, ${refused} refused.`,
    ...(cut === 0 ? [] : [`${cut} bytes of lines that are too long were left out.`]),
  ];
  report(flags.json === true, collector.collected, words);
  if (refused > 0 || cut > 0) process.exitCode = EXIT.findings;
}

const many = (value: string, all: readonly string[] = []) => [...all, value];

export const collectCommand = new Command('collect')
  .description('hand on the JSON logs of files, folders and Kafka topics')
  .requiredOption('--url <url>', 'ingest, without a path')
  .requiredOption('--token-file <file>', 'a token of waywarden token create')
  .option('--file <file>', 'a log that may grow, one record a line; repeatable', many)
  .option('--folder <folder>', 'files that are written once, .gz too; repeatable', many)
  .option('--brokers <list>', 'Kafka brokers, host:port, separated by commas')
  .option('--topic <name>', 'a topic of JSON records; repeatable', many)
  .addOption(
    new Option('--format <format>', 'what the records are')
      .choices(['records', 'events', 'cloudtrail'])
      .default('records'),
  )
  .option('--positions <file>', 'keeps how far it has come; read on from there next time')
  .option('--follow', 'go on with what is added, until it is ended')
  .option('--json', 'print one JSON object')
  .action(collect);
