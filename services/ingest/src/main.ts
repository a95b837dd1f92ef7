/** The standalone ingest service: the same wiring as in the all-in-one process, against Kafka. */
import { readFileSync } from 'node:fs';
import { openKafkaLog } from '@waywarden/event-log/kafka';
import { kafkaOptions } from '@waywarden/event-log/kafka/settings';
import { loadOrCreateKeyFile, registrySchema } from '@waywarden/schemas';
import { endOnSignals, endWithin } from '@waywarden/service-health';
import { pino } from 'pino';
import { parse } from 'yaml';
import { readIngestConfig } from './config.ts';
import { loadRegistryKeys } from './registry/registry-follower.ts';
import { startIngest } from './start-ingest.ts';

const REFUSING_MS_MAX = 1_000;
/** What still keeps the process alive when all is closed. */
const CLOSED_MS_MAX = 1_000;

async function main(): Promise<void> {
  const read = readIngestConfig();
  if (!read.ok) {
    process.stderr.write(`ingest can't start:\n${read.problems.map((p) => `  ${p}\n`).join('')}`);
    process.exitCode = 2;
    return;
  }
  const { config } = read;
  const logger = pino({ name: 'ingest', level: config.WW_LOG_LEVEL });
  const registry =
    config.WW_REGISTRY_FILE === undefined
      ? undefined
      : registrySchema.parse(parse(readFileSync(config.WW_REGISTRY_FILE, 'utf8')));
  const keyFile = loadOrCreateKeyFile(config.WW_KEY_FILE, {
    service: 'ingest',
    uses: ['fingerprint'],
    createdAt: new Date().toISOString(),
  });
  const onGivenUp = (error: Error) => {
    logger.error(error, 'ingest ends, to be started again: the log takes nothing more');
    endWithin(1, REFUSING_MS_MAX);
  };
  const log = await openKafkaLog({ ...kafkaOptions(config, 'waywarden-ingest'), onGivenUp });
  const running = await startIngest({
    log,
    keyFile,
    tokensPath: config.WW_TOKENS_FILE,
    logger,
    host: config.WW_INGEST_HOST,
    port: config.WW_INGEST_PORT,
    bodyBytesMax: config.WW_BODY_BYTES_MAX,
    bytesMax: config.WW_BYTES_IN_HAND_MAX,
    registryOf: () => registry,
    ...(config.WW_REGISTRY_KEY_FILE !== undefined && {
      follow: { keys: loadRegistryKeys(config.WW_REGISTRY_KEY_FILE) },
    }),
    ...(config.WW_ORGANISATION_DOMAINS !== undefined && {
      organisation: config.WW_ORGANISATION_DOMAINS,
    }),
  });
  process.on('SIGHUP', running.reloadTokens);
  const stop = async () => {
    await running.close();
    await log.close();
  };
  endOnSignals(() => {
    stop().then(
      () => endWithin(0, CLOSED_MS_MAX),
      (error: unknown) => {
        logger.error({ err: error }, 'ingest did not stop cleanly');
        process.exitCode = 1;
      },
    );
  });
}

await main();
