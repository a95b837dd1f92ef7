/** The responder as its own process. Exits 2 on bad configuration, 1 when a part failed. */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { openKafkaLog } from '@waywarden/event-log/kafka';
import { kafkaOptions } from '@waywarden/event-log/kafka/settings';
import {
  activeMacKey,
  activeSigningKey,
  type KeyFile,
  loadKeyFile,
  loadOrCreateKeyFile,
  macKeyRing,
  signingKeyRing,
} from '@waywarden/schemas';
import {
  endOnSignals,
  endWithin,
  joinStageEvents,
  makeHealth,
  runToEnd,
  type ServiceHealth,
  STARTING,
  StageMonitor,
  startHealthServer,
} from '@waywarden/service-health';
import { setCollector } from '@waywarden/stage';
import { type Logger, pino } from 'pino';
import { type ResponderConfig, readResponderConfig } from './config.ts';
import { startResponderServer } from './http/responder-server.ts';
import { activeEvents, observeLease } from './lease/observe-lease.ts';
import { instanceId } from './runtime/instance-id.ts';
import { observeContainments } from './runtime/observe-containments.ts';
import {
  awaitedBy,
  logLeaseEvents,
  logResponderEvents,
  type ResponderKeys,
  responderStages,
} from './runtime/start-responder.ts';
import { type LeasedResponder, startUnderLease } from './start-under-lease.ts';

const REPEAT_RULES_MS = 86_400_000;
const wallClock = () => new Date().toISOString();

function readKeys(config: ResponderConfig): ResponderKeys {
  const own: KeyFile = loadOrCreateKeyFile(config.WW_KEY_FILE, {
    service: 'responder',
    uses: ['mac', 'sign'],
    createdAt: wallClock(),
  });
  const publisher =
    config.WW_REGISTRY_KEY_FILE === undefined ? own : loadKeyFile(config.WW_REGISTRY_KEY_FILE);
  return {
    signingKey: activeSigningKey(own),
    macKey: activeMacKey(own),
    macKeys: macKeyRing(own),
    alertKeys: macKeyRing(loadKeyFile(config.WW_DETECTOR_KEY_FILE, 'detector')),
    registryKeys: signingKeyRing(publisher),
  };
}

function serve(
  config: ResponderConfig,
  { log, responder, lease }: LeasedResponder,
  health: ServiceHealth,
) {
  const { WW_RESPONDER_PORT: port, WW_RESPONDER_HOST: host } = config;
  if (port === undefined) return undefined;
  const own = loadKeyFile(config.WW_KEY_FILE);
  const commandKeys = signingKeyRing(own);
  return startResponderServer({
    ...{ log, responder, lease, commandKeys, health, host, port, now: wallClock },
  });
}

async function main(): Promise<number> {
  const result = readResponderConfig();
  if (!result.ok) {
    process.stderr.write(`The responder is not configured:\n  ${result.problems.join('\n  ')}\n`);
    return 2;
  }
  const { config } = result;
  const logger = pino({ name: 'responder', level: config.WW_LOG_LEVEL });
  const health = makeHealth('responder');
  const server = await startHealthServer(health, config, logger);
  logger.info({ health: server.url }, 'the responder starts');
  try {
    await respond(config, logger, health);
    return 0;
  } catch (error) {
    logger.error(error, 'the responder failed');
    return 1;
  } finally {
    await server.stop();
    logger.info('the responder has stopped');
  }
}

async function respond(
  config: ResponderConfig,
  logger: Logger,
  health: ServiceHealth,
): Promise<void> {
  const monitor = new StageMonitor({ ...health, logger });
  const logged = logResponderEvents(logger);
  const leaseLogged = logLeaseEvents(logger);
  let isActive = false;
  const [main, lease] = await Promise.all([
    openKafkaLog(kafkaOptions(config, 'waywarden-responder')),
    openKafkaLog(kafkaOptions(config, 'waywarden-responder')),
  ]);
  const instance = instanceId(config.WW_STATE_DIR);
  const leased = await startUnderLease({
    logs: { main, lease },
    instance,
    holder: `${hostname()}/${instance}/${randomUUID()}`,
    stateDir: config.WW_STATE_DIR,
    keys: readKeys(config),
    neverRevoke: config.WW_NEVER_REVOKE,
    wallClock,
    events: {
      ...logged,
      ...joinStageEvents(
        logged,
        activeEvents(monitor.events, () => isActive),
      ),
    },
    leaseEvents: {
      ...leaseLogged,
      acquired: (info) => {
        isActive = true;
        leaseLogged.acquired?.(info);
      },
    },
  });
  const { responder } = leased;
  monitor.follow(leased.log, responderStages(responder), (stage) => awaitedBy(responder, stage));
  observeContainments(health.metrics, responder, () => Date.now());
  observeLease(health, leased.lease);
  // `run` reports a failed advance.
  const server = await serve(config, leased, health);
  if (server !== undefined) logger.info(`receivers and operators: ${server.url}`);
  const tick = () => void responder.sequencer.advance(wallClock()).catch(() => undefined);
  const timer = setInterval(tick, config.WW_WATERMARK_MS);
  // A broker removes old records.
  const repeat = () => void responder.sequencer.repeatRules().catch(() => undefined);
  const repeating = setInterval(repeat, REPEAT_RULES_MS);
  const stop = () => void responder.stop();
  endOnSignals(stop);
  try {
    health.readiness.clear(STARTING);
    await responder.run(() => endWithin(1));
  } finally {
    clearInterval(timer);
    clearInterval(repeating);
    await server?.stop();
    await Promise.all([main.close(), lease.close()]);
  }
}

setCollector();
await runToEnd(main);
