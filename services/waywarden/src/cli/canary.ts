/** `waywarden canary`: sends made-up attacks to separate services, and says when they are not found. */
import { readSettings } from '@waywarden/event-log/kafka/settings';
import { healthSettings } from '@waywarden/service-health';
import { Command } from 'commander';
import { pino } from 'pino';
import { runCanary } from '../canary/run-canary.ts';
import { UsageError } from '../input/command-output.ts';
import { environment } from '../input/config.ts';
import { intervalMs } from '../input/input-options.ts';

const FIRST_AFTER_MS_MAX = 120_000;

interface CanaryFlags {
  readonly brokers: string;
  readonly topicPrefix?: string;
  readonly keys: string;
  readonly url: string;
  readonly every: string;
  readonly patience?: string;
}

function interval(flag: string, text: string): number {
  const ms = intervalMs(text);
  if (ms !== undefined) return ms;
  throw new UsageError(`--${flag} ${text}: give an interval such as 30m, 6h or 1d.`);
}

async function canary(flags: CanaryFlags): Promise<void> {
  const settings = readSettings(healthSettings, {
    ...environment(),
    WW_KAFKA_BROKERS: flags.brokers,
    ...(flags.topicPrefix === undefined ? {} : { WW_KAFKA_TOPIC_PREFIX: flags.topicPrefix }),
  });
  if (!settings.ok) throw new UsageError(settings.problems.join('\n'));
  const everyMs = interval('every', flags.every);
  const { patience } = flags;
  await runCanary({
    settings: settings.config,
    url: flags.url,
    keys: flags.keys,
    everyMs,
    firstAfterMs: Math.min(FIRST_AFTER_MS_MAX, everyMs),
    ...(patience === undefined ? {} : { patienceMs: interval('patience', patience) }),
    logger: pino({ name: 'canary' }, pino.destination({ dest: 2, sync: true })),
  });
}

export const canaryCommand = new Command('canary')
  .description('send made-up attacks to separate services, and say when they are not found')
  .requiredOption('--brokers <list>', 'Kafka brokers, host:port, separated by commas')
  .requiredOption('--url <url>', 'ingest, without a path')
  .requiredOption('--keys <folder>', 'what deploy/split-keys.mjs made for the canary')
  .option('--topic-prefix <prefix>', 'prefix of every topic')
  .option('--every <interval>', 'how often (30m, 6h, 1d)', '1h')
  .option('--patience <interval>', 'how long one run may take (default: 10m)')
  .action(canary);
