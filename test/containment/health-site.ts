/** Separate services with an address for health each, over a broker and a store that a test may stop. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runCommandAs } from '../support/run-command.ts';
import { until } from '../support/until.ts';
import { KillableProcess } from './child-process.ts';
import { freePort } from './free-port.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const PREFIX = 'health.';

/** `follower`: a second responder. */
export const HEALTH_SERVICES = [
  'ingest',
  'detector',
  'responder',
  'follower',
  'archiver',
  'canary',
] as const;
export type HealthService = (typeof HEALTH_SERVICES)[number];

export interface Ready {
  readonly ready: boolean;
  readonly reason?: string;
  readonly sentence?: string;
  readonly conditions?: readonly { readonly reason: string; readonly sentence: string }[];
  readonly notes?: readonly { readonly reason: string }[];
}

export interface HealthSite {
  /** Body of `/ready`, with its status as `ready`. */
  ready(service: HealthService): Promise<Ready>;
  metrics(service: HealthService): Promise<string>;
  /** Sends a signal to the process of a service. */
  signal(service: HealthService, signal: NodeJS.Signals): void;
  /** Starts what has ended by itself, as a supervisor would. */
  revive(): Promise<void>;
  stop(): Promise<void>;
}

export interface HealthSiteOptions {
  readonly folder: string;
  readonly brokers: readonly string[];
  readonly storeUrl: string;
}

async function prepared({ folder, brokers }: HealthSiteOptions) {
  const flags = ['--brokers', brokers.join(','), '--folder', folder, '--partitions', '2'];
  const done = await runCommandAs({}, 'init', ...flags, '--topic-prefix', PREFIX, '--json');
  const split = spawnSync(process.execPath, [
    join(ROOT, 'deploy/split-keys.mjs'),
    ...[join(folder, 'keys'), join(folder, 'split')],
  ]);
  if (split.status !== 0) throw new Error(String(split.stderr));
  return done;
}

export async function startHealthSite(options: HealthSiteOptions): Promise<HealthSite> {
  const { folder, brokers, storeUrl } = options;
  await prepared(options);
  const at = (...parts: string[]) => join(folder, ...parts);
  const ports = new Map<HealthService, number>();
  for (const name of HEALTH_SERVICES) ports.set(name, await freePort());
  const url = (name: HealthService) => `http://127.0.0.1:${ports.get(name)}`;
  const shared = {
    WW_KAFKA_BROKERS: brokers.join(','),
    WW_KAFKA_TOPIC_PREFIX: PREFIX,
    WW_LOG_LEVEL: 'info',
  };
  const key = (name: string, file: string) => at('split', name, file);
  const responder = {
    WW_KEY_FILE: key('responder', 'responder.json'),
    WW_DETECTOR_KEY_FILE: key('responder', 'detector.json'),
    WW_WATERMARK_MS: '500',
  };
  const own: Record<HealthService, Record<string, string>> = {
    ingest: {
      WW_INGEST_PORT: String(ports.get('ingest')),
      WW_KEY_FILE: key('ingest', 'ingest.json'),
      WW_TOKENS_FILE: key('ingest', 'tokens.json'),
      WW_REGISTRY_KEY_FILE: key('ingest', 'registry-keys.json'),
    },
    detector: {
      WW_STATE_DIR: at('state', 'detector'),
      WW_KEY_FILE: key('detector', 'detector.json'),
      WW_SEQUENCER_KEY_FILE: key('detector', 'responder.json'),
    },
    responder: { ...responder, WW_STATE_DIR: at('state', 'responder') },
    follower: { ...responder, WW_STATE_DIR: at('state', 'follower') },
    archiver: { WW_STATE_DIR: at('state', 'archiver'), WW_CLICKHOUSE_URL: storeUrl },
    canary: {},
  };
  const program = (name: HealthService) =>
    name === 'canary'
      ? [
          join(ROOT, 'services/waywarden/dist/main.js'),
          ...['canary', '--brokers', brokers.join(','), '--topic-prefix', PREFIX],
          ...['--url', url('ingest'), '--keys', at('split', 'canary')],
          ...['--every', '5s', '--patience', '30s'],
        ]
      : [join(ROOT, 'services', name === 'follower' ? 'responder' : name, 'dist/main.js')];
  const processes = new Map(
    HEALTH_SERVICES.map((name) => [
      name,
      new KillableProcess({
        args: program(name),
        env: { ...shared, WW_HEALTH_PORT: String(ports.get(name)), ...own[name] },
        isReady: () => until(async () => (await fetch(`${url(name)}/health`)).ok || undefined),
      }),
    ]),
  );
  // The first of two responders is the active one.
  for (const one of processes.values()) await one.start();
  return {
    ready: async (name) => {
      const answer = await fetch(`${url(name)}/ready`);
      return { ...((await answer.json()) as Ready), ready: answer.status === 200 };
    },
    metrics: async (name) => (await fetch(`${url(name)}/metrics`)).text(),
    signal: (name, signal) => processes.get(name)?.signal(signal),
    revive: async () => {
      await Promise.all([...processes.values()].map((one) => one.revive()));
    },
    stop: async () => {
      await Promise.all([...processes.values()].map((one) => one.end('SIGKILL')));
    },
  };
}
