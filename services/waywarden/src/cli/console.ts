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
import { bindPort, type ConsoleKeys, startConsoleServer } from '../api/console-server.ts';
import { planReach, type ReachFlags, reachOptions } from '../api/reach-options.ts';
import { EXIT, report, UsageError, VERSION } from '../input/command-output.ts';
import { environment } from '../input/config.ts';
import { PORT_MAX, wholeBetween } from '../input/whole-between.ts';
import { dataPaths, makeFolder } from '../runtime/data-folder.ts';
import { TENANT_DEFAULT } from '../runtime/first-token.ts';
import { firstPasswordFile, openAccounts } from '../runtime/open-accounts.ts';

const PORT_DEFAULT = 8787;

interface ConsoleFlags extends ReachFlags {
  readonly brokers: string;
  readonly topicPrefix?: string;
  readonly keys: string;
  readonly data: string;
  readonly tenant: string;
  readonly responder?: readonly string[];
  readonly port?: number;
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

function respondersOf({ responder = [] }: ConsoleFlags): readonly string[] {
  const wrong = responder.find((one) => !URL.canParse(one));
  if (wrong === undefined) return responder;
  throw new UsageError(`--responder ${wrong}: give an address such as http://10.0.0.7:8781.`);
}

async function run(flags: ConsoleFlags): Promise<void> {
  const settings = settingsOf(flags);
  const reach = planReach(flags, false);
  const responderUrls = respondersOf(flags);
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
  const port = await bindPort(flags.port, PORT_DEFAULT, flags.host);
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
      ...{ log, store, keys, accounts, paths, tenant, reach, responderUrls },
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
  .option(
    '--responder <urls...>',
    'responders, of which one is active; without one nothing is taken away',
  )
  .option('--topic-prefix <prefix>', 'prefix of every topic')
  .option('--tenant <id>', 'whose alerts', TENANT_DEFAULT)
  .option(
    '--port <n>',
    `port; 0: any free one; default: ${PORT_DEFAULT} or the next free one`,
    wholeBetween(0, PORT_MAX),
  )
  .option('--json', 'print one line of JSON when ready')
  .action(run);
for (const option of reachOptions()) consoleCommand.addOption(option);
