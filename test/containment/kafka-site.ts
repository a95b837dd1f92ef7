/**
 * Ingest, detector, responder and receivers as processes of their own on a real broker; where it asks
 * who comes, each under a login of its own.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openKafkaLog } from '@waywarden/event-log/kafka';
import { kafkaOptions, readSettings } from '@waywarden/event-log/kafka/settings';
import { publishPolicy } from '@waywarden/responder';
import {
  activeSigningKey,
  type Decision,
  loadKeyFile,
  policySchema,
  TOPICS,
} from '@waywarden/schemas';
import { stringify } from 'yaml';
import { type Environment, runCommandAs } from '../support/run-command.ts';
import { until } from '../support/until.ts';
import { KillableProcess } from './child-process.ts';
import { type Site, TENANT } from './containment-site.ts';
import { freePort } from './free-port.ts';
import { readTopic } from './read-topic.ts';
import { issueTokens, POLICY, registryOf, runningReceivers } from './scenario-rules.ts';

const SERVICES = fileURLToPath(new URL('../../services/', import.meta.url));
const RECEIVERS = fileURLToPath(new URL('receivers.mjs', import.meta.url));

const answers = (url: string) => async () => {
  await until(async () => ((await fetch(url)).ok ? true : undefined));
};

/** Whoever is at the broker; `init` is also who publishes and reads what happened. */
export type Role = 'init' | 'ingest' | 'detector' | 'responder' | 'receivers' | 'canary';

export interface KafkaSiteOptions {
  readonly rounds: number;
  readonly prefix?: string;
  /** Settings with which a role comes to the broker. Default: none, as anybody may come. */
  readonly loginOf?: (role: Role) => Environment;
}

export async function kafkaSite(
  folder: string,
  brokers: readonly string[],
  { rounds, prefix = `containment${Date.now()}.`, loginOf = () => ({}) }: KafkaSiteOptions,
): Promise<Site> {
  const at = (name: string) => join(folder, name);
  const keys = at('keys');
  const shared = {
    WW_KAFKA_BROKERS: brokers.join(','),
    WW_KAFKA_TOPIC_PREFIX: prefix,
    WW_LOG_LEVEL: 'warn',
    // Each killed responder would keep its partitions for half a minute, and eight are killed.
    WW_KAFKA_SESSION_MS: '10000',
  };
  writeFileSync(at('policy.yaml'), stringify(POLICY));
  const files = { '--folder': folder, '--policy': at('policy.yaml') };
  const log = { '--brokers': shared.WW_KAFKA_BROKERS, '--topic-prefix': prefix };
  const init = { ...log, ...files, '--partitions': '3' };
  const prepared = await runCommandAs(
    loginOf('init'),
    'init',
    ...Object.entries(init).flat(),
    '--json',
  );
  writeFileSync(at('registry.yaml'), stringify(registryOf(keys, rounds)));
  const again = { ...init, '--registry': at('registry.yaml') };
  await runCommandAs(loginOf('init'), 'init', ...Object.entries(again).flat(), '--json');
  const tokens = issueTokens(String(prepared['tokens']));
  const [eventsPort, apiPort] = [await freePort(), await freePort()];
  const [eventsUrl, apiUrl] = [eventsPort, apiPort].map((port) => `http://127.0.0.1:${port}`) as [
    string,
    string,
  ];
  const service = (
    name: 'ingest' | 'detector' | 'responder',
    env: Record<string, string>,
    ready: string,
  ) =>
    new KillableProcess({
      args: [join(SERVICES, name, 'dist/main.js')],
      env: { ...shared, ...loginOf(name), ...env },
      isReady: ready === '' ? async () => true : answers(ready),
    });
  const key = (name: string) => join(keys, `${name}.json`);
  const ingest = service(
    'ingest',
    {
      WW_KEY_FILE: key('ingest'),
      WW_TOKENS_FILE: String(prepared['tokens']),
      WW_REGISTRY_KEY_FILE: key('responder'),
      WW_INGEST_PORT: String(eventsPort),
    },
    `${eventsUrl}/ready`,
  );
  const detector = service(
    'detector',
    {
      WW_STATE_DIR: at('state/detector'),
      WW_KEY_FILE: key('detector'),
      WW_SEQUENCER_KEY_FILE: key('responder'),
    },
    '',
  );
  const responder = service(
    'responder',
    {
      WW_STATE_DIR: at('state/responder'),
      WW_KEY_FILE: key('responder'),
      WW_DETECTOR_KEY_FILE: key('detector'),
      WW_WATERMARK_MS: '500',
      WW_RESPONDER_PORT: String(apiPort),
    },
    `${apiUrl}/v1/enforcement`,
  );
  await Promise.all([ingest.start(), detector.start(), responder.start()]);
  const settingsOf = (role: Role) => {
    const settings = readSettings({}, { ...shared, ...loginOf(role) });
    if (!settings.ok) throw new Error(settings.problems.join('\n'));
    return settings.config;
  };
  const config = {
    ...{ tenant: TENANT, url: apiUrl, keys, folder, receivers: runningReceivers() },
    kafka: { settings: settingsOf('receivers'), responderKey: key('responder') },
  };
  writeFileSync(at('receivers.json'), JSON.stringify(config));
  const receivers = new KillableProcess({ args: [RECEIVERS, at('receivers.json')] });
  await receivers.start();
  const reading = await openKafkaLog(kafkaOptions(settingsOf('init'), 'waywarden-init'));
  const signingKey = activeSigningKey(loadKeyFile(key('responder')));
  const wallClock = () => new Date().toISOString();
  return {
    name: 'processes on Kafka',
    eventsUrl,
    apiUrl,
    keys,
    tokens,
    decisions: () => readTopic<Decision>(reading, TOPICS.decisions.name),
    publishPolicy: async (policy) => {
      const publisher = { log: reading, signingKey, wallClock };
      await publishPolicy(publisher, TENANT, policySchema.parse(policy));
    },
    kill: (victim) => (victim === 'responder' ? responder : receivers).again(),
    stop: async () => {
      await receivers.end('SIGKILL');
      await Promise.all([ingest, detector, responder].map((one) => one.end('SIGTERM')));
      return (topic) => readTopic(reading, topic);
    },
    close: () => reading.close(),
  };
}
