/** `waywarden console`: the page and its API beside separate services. Exits 1 when it no longer follows the log. */
import { join } from 'node:path';
import { storeSettings } from '@waywarden/archiver';
import { openKafkaLog } from '@waywarden/event-log/kafka';
import { kafkaOptions, readSettings } from '@waywarden/event-log/kafka/settings';
import { loadRegistryKeys } from '@waywarden/ingest';
import { activeMacKey, loadKeyFile, macKeyRing, TOPICS } from '@waywarden/schemas';
import {
  endOnSignals,
  healthSettings,
  LOG_UNAVAILABLE,
  makeHealth,
  STARTING,
  startHealthServer,
  TopicEnds,
  watchStore,
} from '@waywarden/service-health';
import { Command } from 'commander';
import { pino } from 'pino';
import { bindPort, PortTakenError } from '../api/bound-port.ts';
import { type ConsoleKeys, startConsoleServer } from '../api/console-server.ts';
import { planReach, type ReachFlags, reachOptions } from '../api/reach-options.ts';
import { EXIT, report, UsageError } from '../input/command-output.ts';
import { environment } from '../input/config.ts';
import { dataPaths, makeFolder } from '../runtime/data-folder.ts';
import { TENANT_DEFAULT } from '../runtime/first-token.ts';
import { firstPasswordFile, openAccounts } from '../runtime/open-accounts.ts';

const VERSION = '0.1.0';
const PORT_DEFAULT = 8787;

interface ConsoleFlags extends ReachFlags {
  readonly brokers: string;
  readonly topicPrefix?: string;
  readonly keys: string;
  readonly data: string;
  readonly tenant: string;
  readonly responder?: string;
  readonly port?: string;
  readonly json?: true;
}

function settingsOf({ brokers, topicPrefix }: ConsoleFlags) {
  const given = { ...environment(), WW_KAFKA_BROKERS: brokers };
  const prefix = topicPrefix === undefined ? {} : { WW_KAFKA_TOPIC_PREFIX: topicPrefix };
  const settings = readSettings({ ...storeSettings, ...healthSettings }, { ...given, ...prefix });
  if (!settings.ok) throw new UsageError(settings.problems.join('\n'));
  return settings.config;
}

function keysOf(folder: string): ConsoleKeys {
  const ring = (name: string) => macKeyRing(loadKeyFile(join(folder, `${name}.json`)));
  return {
    mac: activeMacKey(loadKeyFile(join(folder, 'console.json'))),
    rings: {
      alerts: new Map([...ring('detector'), ...ring('responder')]),
      triage: ring('console'),
    },
    registry: loadRegistryKeys(join(folder, 'registry-keys.json')),
  };
}

function portOf({ port }: ConsoleFlags): number | undefined {
  if (port === undefined) return undefined;
  const number = Number(port);
  if (Number.isInteger(number) && number >= 0 && number <= 65_535) return number;
  throw new UsageError(`--port ${port}: give a whole number from 0 to 65535.`);
}

function responderOf({ responder }: ConsoleFlags): string | undefined {
  if (responder === undefined || URL.canParse(responder)) return responder;
  throw new UsageError(`--responder ${responder}: give an address such as http://10.0.0.7:8781.`);
}

async function openPort(flags: ConsoleFlags) {
  try {
    return await bindPort(portOf(flags), PORT_DEFAULT, flags.host);
  } catch (error) {
    throw error instanceof PortTakenError ? new UsageError(error.message) : error;
  }
}

async function run(flags: ConsoleFlags): Promise<void> {
  const settings = settingsOf(flags);
  const reach = planReach(flags, false);
  const responderUrl = responderOf(flags);
  const keys = keysOf(flags.keys);
  const { tenant } = flags;
  const paths = dataPaths(flags.data);
  makeFolder(paths.root);
  makeFolder(paths.keys);
  const logger = pino({ name: 'console' }, pino.destination({ dest: 2, sync: true }));
  const health = makeHealth('console');
  const store = {
    url: settings.WW_CLICKHOUSE_URL,
    database: settings.WW_CLICKHOUSE_DATABASE,
    username: settings.WW_CLICKHOUSE_USERNAME,
    password: settings.WW_CLICKHOUSE_PASSWORD,
  };
  const port = await openPort(flags);
  const asked = new Promise<void>((resolve) => {
    endOnSignals(resolve);
  });
  const healthServer = await startHealthServer(health, settings, logger);
  const log = await openKafkaLog(kafkaOptions(settings, 'waywarden-console'));
  try {
    const ends = new TopicEnds(log);
    health.readiness.check('log', async () =>
      (await ends.of([TOPICS.alerts.name])) === undefined ? LOG_UNAVAILABLE : undefined,
    );
    watchStore(store.url, health);
    const accounts = await openAccounts(paths, { tenant, demo: false });
    const server = await startConsoleServer({
      ...{ log, store, keys, accounts, paths, tenant, reach, responderUrl },
      ...{ port, health, logger, version: VERSION },
    });
    health.readiness.clear(STARTING);
    health.readiness.start();
    const password = firstPasswordFile(paths);
    const ready = { url: port.url, health: healthServer.url, first_password_file: password };
    report(flags.json === true, ready, [
      `Console: ${reach.publicUrl ?? port.url}`,
      `First account: admin; its password stands in ${password} until it is changed.`,
    ]);
    try {
      await Promise.race([asked, server.running]);
    } catch (error) {
      logger.fatal(error, 'the console no longer follows the log');
      process.exitCode = EXIT.findings;
    }
    health.readiness.stop();
    await server.stop();
  } finally {
    await log.close();
    await healthServer.stop();
    await port.close();
  }
}

export const consoleCommand = new Command('console')
  .description('the console beside separate services: page, API, sign-in, notifications')
  .requiredOption('--brokers <list>', 'Kafka brokers, host:port, separated by commas')
  .requiredOption('--keys <folder>', 'what deploy/split-keys.mjs made for the console')
  .requiredOption('--data <folder>', 'accounts, access log and what was sent to whom')
  .option('--responder <url>', 'responder that takes acts; without one nothing is taken away')
  .option('--topic-prefix <prefix>', 'prefix of every topic')
  .option('--tenant <id>', 'whose alerts', TENANT_DEFAULT)
  .option('--port <n>', `port; 0: any free one; default: ${PORT_DEFAULT} or the next free one`)
  .option('--json', 'print one line of JSON when ready')
  .action(run);
for (const option of reachOptions()) consoleCommand.addOption(option);
