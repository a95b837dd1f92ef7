/** `waywarden init`: topics, keys, a token, registry and policy. Idempotent. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { openKafkaLog } from '@waywarden/event-log/kafka';
import { kafkaOptions, readSettings } from '@waywarden/event-log/kafka/settings';
import { publishPolicy, publishRegistry } from '@waywarden/responder';
import { activeSigningKey, CANARY_TENANT, loadOrCreateKeyFile } from '@waywarden/schemas';
import { Command } from 'commander';
import { canaryPolicy } from '../canary/canary-rules.ts';
import { canaryRegistryOf, keepCanaryToken } from '../canary/canary-tenant.ts';
import { report, UsageError } from '../input/command-output.ts';
import { environment } from '../input/config.ts';
import { dataPaths } from '../runtime/data-folder.ts';
import { firstToken } from '../runtime/first-token.ts';
import { storedFor } from '../runtime/retention-plan.ts';
import { loadPolicy, loadRegistry } from '../runtime/rule-files.ts';
import { ensureTopics } from '../runtime/topic-plan.ts';
import { keepOption, storedBy } from './up/up-plan.ts';

interface InitFlags {
  readonly brokers: string;
  readonly topicPrefix?: string;
  readonly partitions: string;
  readonly folder: string;
  readonly tenant: string;
  readonly registry?: string;
  readonly policy?: string;
  readonly keep?: readonly string[];
  readonly json?: true;
}

const wallClock = () => new Date().toISOString();

function makeKeys(folder: string) {
  const make = (service: string, uses: readonly ('mac' | 'sign' | 'fingerprint')[]) =>
    loadOrCreateKeyFile(join(folder, `${service}.json`), { service, uses, createdAt: wallClock() });
  make('ingest', ['fingerprint']);
  make('detector', ['mac']);
  make('console', ['mac']);
  return make('responder', ['mac', 'sign']);
}

async function init(flags: InitFlags): Promise<void> {
  const settings = readSettings(
    {},
    {
      ...environment(),
      WW_KAFKA_BROKERS: flags.brokers,
      ...(flags.topicPrefix === undefined ? {} : { WW_KAFKA_TOPIC_PREFIX: flags.topicPrefix }),
    },
  );
  if (!settings.ok) throw new UsageError(settings.problems.join('\n'));
  const retention = storedBy(flags.keep);
  const paths = dataPaths(flags.folder);
  mkdirSync(paths.keys, { recursive: true, mode: 0o700 });
  const registry = loadRegistry(flags.registry);
  const policy = loadPolicy(flags.policy);
  const responder = makeKeys(paths.keys);
  const tokenFile = firstToken(paths, flags.tenant);
  const canaryToken = keepCanaryToken(paths);
  const log = await openKafkaLog(kafkaOptions(settings.config, 'waywarden-init'));
  try {
    await ensureTopics(log, Number(flags.partitions), retention);
    const publisher = { log, signingKey: activeSigningKey(responder), wallClock };
    // No rule acts while never_revoke is unknown.
    if (registry !== undefined) await publishRegistry(publisher, flags.tenant, registry);
    const { version } = await publishPolicy(publisher, flags.tenant, policy);
    await publishRegistry(publisher, CANARY_TENANT, canaryRegistryOf(paths.keys));
    await publishPolicy(publisher, CANARY_TENANT, canaryPolicy());
    const value = {
      keys: paths.keys,
      token_file: tokenFile,
      canary_token_file: canaryToken,
      tokens: paths.tokens,
      policy_version: version,
      stored_for: storedFor(retention),
    };
    report(flags.json === true, value, [
      `Topics are there; policy ${version.slice(0, 12)}… is published.`,
      `Key files: ${paths.keys}. Give each service only the files that docs/run-distributed.md names.`,
      `First token: ${tokenFile}`,
    ]);
  } finally {
    await log.close();
  }
}

export const initCommand = new Command('init')
  .description('prepare a distributed installation: topics, keys, registry and policy')
  .requiredOption('--brokers <list>', 'Kafka brokers, host:port, separated by commas')
  .requiredOption('--folder <folder>', 'where key files and the first token are kept')
  .option('--topic-prefix <prefix>', 'prefix of every topic')
  .option('--partitions <n>', 'partitions of each topic', '8')
  .option('--tenant <id>', 'tenant of registry, policy and first token', 'default')
  .option('--registry <file>', 'registry file (YAML)')
  .option('--policy <file>', 'policy file (YAML); default: the shipped one, which only watches')
  .addOption(keepOption())
  .option('--json', 'print one JSON object as the last line')
  .action(init);
