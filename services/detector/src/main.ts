/** The detector as a process of its own, against Kafka. Exits 2 on bad configuration, 1 when a stage failed. */
import { openKafkaLog } from '@waywarden/event-log/kafka';
import { kafkaOptions } from '@waywarden/event-log/kafka/settings';
import { activeMacKey, loadKeyFile, loadOrCreateKeyFile, macKeyRing } from '@waywarden/schemas';
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
import { type StageEvents, setCollector } from '@waywarden/stage';
import { type Logger, pino } from 'pino';
import { type DetectorConfig, readDetectorConfig } from './config.ts';
import { observeAssembly } from './observe-assembly.ts';
import { detectorStages, startDetector } from './start-detector.ts';

/** What the detector reports: a refused record is somebody's duty, a decided batch is not. */
function logDetectorEvents(logger: Logger): StageEvents {
  return {
    recordRefused: (info) => logger.warn(info, 'a record was refused and dead-lettered'),
    historyShortened: (gap) =>
      logger.error(gap, 'the log no longer holds what was due: history begins later from here'),
    batchDecided: (info) => logger.debug(info, 'batch decided'),
  };
}

const wallClock = () => new Date().toISOString();

async function run(config: DetectorConfig): Promise<number> {
  const logger = pino({ name: 'detector', level: config.WW_LOG_LEVEL });
  const health = makeHealth('detector');
  const monitor = new StageMonitor({ ...health, logger });
  const server = await startHealthServer(health, config, logger);
  logger.info({ health: server.url }, 'the detector starts');
  try {
    return await detect(config, { logger, monitor, health });
  } catch (error) {
    logger.error(error, 'the detector failed');
    return 1;
  } finally {
    await server.stop();
    logger.info('the detector has stopped');
  }
}

interface Observers {
  readonly logger: Logger;
  readonly monitor: StageMonitor;
  readonly health: ServiceHealth;
}

async function detect(config: DetectorConfig, { logger, monitor, health }: Observers) {
  const own = loadOrCreateKeyFile(config.WW_KEY_FILE, {
    service: 'detector',
    uses: ['mac'],
    createdAt: wallClock(),
  });
  const sequencer = loadKeyFile(config.WW_SEQUENCER_KEY_FILE, 'responder');
  const log = await openKafkaLog(kafkaOptions(config, 'waywarden-detector'));
  const detector = startDetector({
    log,
    stateDir: config.WW_STATE_DIR,
    macKey: activeMacKey(own),
    trustedKeys: new Map([...macKeyRing(own), ...macKeyRing(sequencer)]),
    wallClock,
    events: joinStageEvents(logDetectorEvents(logger), monitor.events),
  });
  monitor.follow(log, detectorStages(detector));
  observeAssembly(health.metrics, detector);
  const stop = () => void detector.stop();
  endOnSignals(stop);
  try {
    health.readiness.clear(STARTING);
    await detector.run(() => endWithin(1));
    return 0;
  } finally {
    await log.close();
  }
}

setCollector();
const result = readDetectorConfig();
if (result.ok) {
  await runToEnd(() => run(result.config));
} else {
  process.stderr.write(`The detector is not configured:\n  ${result.problems.join('\n  ')}\n`);
  process.exitCode = 2;
}
