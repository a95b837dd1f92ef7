/**
 * The archiver as a process of its own, against Kafka and a ClickHouse server. Exits 2 on bad
 * configuration and 1 when it failed.
 */
import { openKafkaLog } from '@waywarden/event-log/kafka';
import { kafkaOptions } from '@waywarden/event-log/kafka/settings';
import {
  endOnSignals,
  endWithin,
  makeHealth,
  runToEnd,
  type ServiceHealth,
  STARTING,
  StageMonitor,
  startHealthServer,
  watchStore,
} from '@waywarden/service-health';
import { type Logger, pino } from 'pino';
import { type ArchiverConfig, readArchiverConfig } from './config.ts';
import { startArchiver } from './start-archiver.ts';
import { archiverCounters, joinArchiverEvents, logArchiverEvents } from './telemetry.ts';

const DAY_MS = 86_400_000;

async function main(): Promise<number> {
  const result = readArchiverConfig();
  if (!result.ok) {
    process.stderr.write(`The archiver is not configured:\n  ${result.problems.join('\n  ')}\n`);
    return 2;
  }
  const { config } = result;
  const logger = pino({ name: 'archiver', level: config.WW_LOG_LEVEL });
  const health = makeHealth('archiver');
  const server = await startHealthServer(health, config, logger);
  logger.info({ health: server.url }, 'the archiver starts');
  try {
    await archive(config, logger, health);
    return 0;
  } catch (error) {
    logger.error(error, 'the archiver failed');
    return 1;
  } finally {
    await server.stop();
    logger.info('the archiver has stopped');
  }
}

/** Resolves when stopped; rejects with what failed. */
async function archive(
  config: ArchiverConfig,
  logger: Logger,
  health: ServiceHealth,
): Promise<void> {
  watchStore(config.WW_CLICKHOUSE_URL, health);
  const monitor = new StageMonitor({ ...health, logger });
  const log = await openKafkaLog(kafkaOptions(config, 'waywarden-archiver'));
  try {
    const archiver = await startArchiver({
      log,
      clickhouse: {
        url: config.WW_CLICKHOUSE_URL,
        database: config.WW_CLICKHOUSE_DATABASE,
        username: config.WW_CLICKHOUSE_USERNAME,
        password: config.WW_CLICKHOUSE_PASSWORD,
      },
      stateDir: config.WW_STATE_DIR,
      deadLettersMs: config.WW_DEAD_LETTER_DAYS * DAY_MS,
      now: Date.now,
      events: joinArchiverEvents(logArchiverEvents(logger), archiverCounters(health.metrics)),
    });
    monitor.follow(log, [archiver.workload]);
    health.readiness.clear(STARTING);
    const stop = (): void => void archiver.stop();
    endOnSignals(stop);
    await archiver.done.finally(() => {
      endWithin(1);
      return archiver.stop();
    });
  } finally {
    await log.close();
  }
}

await runToEnd(main);
