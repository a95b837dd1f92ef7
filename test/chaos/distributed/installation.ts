/** All services as supervised processes on a real broker, two detectors and two responders among them. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { EventLog } from '@waywarden/event-log';
import { openKafkaLog } from '@waywarden/event-log/kafka';
import { issueToken } from '@waywarden/ingest';
import { HEADERS, TOPICS } from '@waywarden/schemas';
import { stringify } from 'yaml';
import { freePort } from '../../containment/free-port.ts';
import { FLEET_REGISTRY } from '../../support/fleet.ts';
import { runCommandAs } from '../../support/run-command.ts';
import { until } from '../../support/until.ts';
import { Supervised } from './supervised.ts';

const SERVICES = fileURLToPath(new URL('../../../services/', import.meta.url));
const POLICY = fileURLToPath(new URL('../../policies/enforcing.yaml', import.meta.url));
const RECEIVER = { id: 'mcp-gateway', kind: 'kafka' };
export const PARTITIONS = 4;
const CONTROLS_MAX = 100;

export interface Installation {
  readonly prefix: string;
  readonly url: string;
  readonly token: string;
  readonly services: Readonly<Record<string, Supervised>>;
  stop(): Promise<void>;
}

export interface InstallationOptions {
  readonly folder: string;
  readonly brokers: readonly string[];
  readonly prefix: string;
  /** Absent: nothing is archived. */
  readonly store?: { readonly url: string; readonly database: string };
  /** Detectors, and responders. */
  readonly each: number;
}

/** Keys are made once in `folder`, so that two installations of it derive the same ids. */
export async function install(options: InstallationOptions): Promise<Installation> {
  const { folder, brokers, prefix } = options;
  mkdirSync(folder, { recursive: true });
  const registry = join(folder, 'registry.yaml');
  writeFileSync(registry, stringify({ ...FLEET_REGISTRY, receivers: [RECEIVER] }));
  const prepared = await runCommandAs(
    {},
    ...['init', '--brokers', brokers.join(','), '--topic-prefix', prefix, '--folder', folder],
    ...['--partitions', String(PARTITIONS), '--policy', POLICY, '--registry', registry, '--json'],
  );
  const tokens = String(prepared['tokens']);
  const token = issueToken(tokens, {
    ...{ id: `gateway-${prefix}`, tenant: 'default', assurance: 'authenticated', state: 'active' },
    ...{ source: { kind: 'gateway', instance: 'gateway' }, trust_fields: true },
  });
  const port = await freePort();
  const services = servicesOf(options, { tokens, port });
  const url = `http://127.0.0.1:${port}`;
  await until(async () => ((await fetch(`${url}/ready`)).ok ? true : undefined));
  await rulesInEveryPartition(options);
  const stop = async () => {
    await Promise.all(Object.values(services).map((one) => one.stop()));
  };
  return { prefix, url, token, services, stop };
}

/** What is sent before is judged without grants, in as many partitions as the rules have not reached yet. */
async function rulesInEveryPartition({ brokers, prefix }: InstallationOptions): Promise<void> {
  const log = await openKafkaLog({ brokers, clientId: `rules-${prefix}`, topicPrefix: prefix });
  try {
    const { name } = TOPICS.auditEvents;
    await until(async () => {
      const kinds = await Promise.all(
        Array.from({ length: PARTITIONS }, (_, partition) => controlsIn(log, name, partition)),
      );
      return kinds.every((one) => one.has('registry') && one.has('policy')) ? true : undefined;
    });
  } finally {
    await log.close();
  }
}

async function controlsIn(log: EventLog, topic: string, partition: number) {
  const records = await log.read(topic, partition, 0, CONTROLS_MAX);
  const controls = records.filter(({ headers }) => headers[HEADERS.type] === 'control');
  return new Set(
    controls.map(({ value }) => JSON.parse(new TextDecoder().decode(value ?? undefined)).kind),
  );
}

function servicesOf(
  { folder, brokers, prefix, store, each }: InstallationOptions,
  { tokens, port }: { readonly tokens: string; readonly port: number },
): Readonly<Record<string, Supervised>> {
  const key = (name: string) => join(folder, 'keys', `${name}.json`);
  const shared = { WW_KAFKA_BROKERS: brokers.join(','), WW_KAFKA_TOPIC_PREFIX: prefix };
  const service = (name: string, program: string, env: Record<string, string>) =>
    new Supervised(name, [join(SERVICES, program, 'dist/main.js')], {
      ...{ ...shared, WW_STATE_DIR: join(folder, `state-${prefix}`, name) },
      ...env,
    });
  const detector = { WW_KEY_FILE: key('detector'), WW_SEQUENCER_KEY_FILE: key('responder') };
  const responder = { WW_KEY_FILE: key('responder'), WW_DETECTOR_KEY_FILE: key('detector') };
  const numbered = (name: string, env: Record<string, string>) =>
    Array.from({ length: each }, (_, at) => service(`${name}-${at + 1}`, name, env));
  const ingest = service('ingest', 'ingest', {
    ...{ WW_KEY_FILE: key('ingest'), WW_TOKENS_FILE: tokens },
    ...{ WW_REGISTRY_KEY_FILE: key('responder'), WW_INGEST_PORT: String(port) },
  });
  const archiver = (at: { readonly url: string; readonly database: string }) =>
    service('archiver', 'archiver', {
      ...{ WW_CLICKHOUSE_URL: at.url, WW_CLICKHOUSE_DATABASE: at.database },
    });
  const all = [
    ingest,
    ...numbered('detector', detector),
    ...numbered('responder', responder),
    ...(store === undefined ? [] : [archiver(store)]),
  ];
  return Object.fromEntries(all.map((one) => [one.name, one]));
}
