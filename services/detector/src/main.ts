/**
 * The detector as a process of its own, against Kafka: the only place that wires it. Exits 2 on bad
 * configuration and 1 when a stage failed, so that whoever runs it starts it again.
 */
import { openKafkaLog } from '@waywarden/event-log/kafka';
import { kafkaOptions } from '@waywarden/event-log/kafka/settings';
import { activeMacKey, loadKeyFile, loadOrCreateKeyFile, macKeyRing } from '@waywarden/schemas';
import { setCollector } from '@waywarden/stage';
import { pino } from 'pino';
import { type DetectorConfig, readConfig } from './config.ts';
import { startDetector } from './start-detector.ts';
import { logDetectorEvents } from './telemetry.ts';

const wallClock = () => new Date().toISOString();

async function run(config: DetectorConfig): Promise<number> {
  const logger = pino({ name: 'detector', level: config.WW_LOG_LEVEL });
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
    events: logDetectorEvents(logger),
  });
  const stop = () => void detector.stop();
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  try {
    await detector.run();
    return 0;
  } catch (error) {
    logger.error(error, 'the detector failed');
    return 1;
  } finally {
    await log.close();
  }
}

setCollector();
const result = readConfig();
if (result.ok) {
  process.exitCode = await run(result.config);
} else {
  process.stderr.write(`The detector is not configured:\n  ${result.problems.join('\n  ')}\n`);
  process.exitCode = 2;
}
