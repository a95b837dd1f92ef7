/** The canary as its own process: metric, readiness and log, no alert. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openKafkaLog } from '@waywarden/event-log/kafka';
import { type KafkaSettings, kafkaOptions } from '@waywarden/event-log/kafka/settings';
import { loadRegistryKeys } from '@waywarden/ingest';
import { activeSigningKey, loadKeyFile, macKeyRing, TOPICS } from '@waywarden/schemas';
import {
  endOnSignals,
  type HealthAddress,
  LOG_UNAVAILABLE,
  makeHealth,
  STARTING,
  startHealthServer,
  TopicEnds,
} from '@waywarden/service-health';
import type { Logger } from 'pino';
import { Canary, type CanaryKeys } from './canary-runner.ts';
import { CANARY_FILES, canaryKeyFile, canaryTokenFile } from './canary-tenant.ts';

export interface CanaryRun {
  readonly settings: KafkaSettings & HealthAddress;
  readonly url: string;
  readonly keys: string;
  readonly everyMs: number;
  readonly firstAfterMs: number;
  readonly patienceMs?: number;
  readonly logger: Logger;
}

function readKeys(folder: string): CanaryKeys {
  const macKeys = (file: string) => macKeyRing(loadKeyFile(join(folder, file)));
  return {
    alerts: new Map([...macKeys(CANARY_FILES.detector), ...macKeys(CANARY_FILES.responder)]),
    commands: loadRegistryKeys(join(folder, CANARY_FILES.commands)),
    receiver: activeSigningKey(loadKeyFile(canaryKeyFile(folder))),
  };
}

export async function runCanary(run: CanaryRun): Promise<void> {
  const { settings, url, keys: folder, logger, ...pace } = run;
  const health = makeHealth('canary');
  const keys = readKeys(folder);
  const token = readFileSync(canaryTokenFile(folder), 'utf8').trim();
  const server = await startHealthServer(health, settings, logger);
  logger.info({ health: server.url }, 'the canary starts');
  const stopped = new Promise<void>((resolve) => {
    endOnSignals(resolve);
  });
  try {
    const log = await openKafkaLog(kafkaOptions(settings, 'waywarden-canary'));
    try {
      const canary = await Canary.start({
        ...{ log, keys, url, token, logger, health, ...pace },
      });
      const ends = new TopicEnds(log);
      health.readiness.check('log', async () =>
        (await ends.of([TOPICS.alerts.name])) === undefined ? LOG_UNAVAILABLE : undefined,
      );
      health.readiness.clear(STARTING);
      await Promise.race([stopped, canary.finished]).finally(() => canary.stop());
    } finally {
      await log.close();
    }
  } finally {
    await server.stop();
    logger.info('the canary has stopped');
  }
}
