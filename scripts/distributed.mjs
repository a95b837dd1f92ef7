/**
 * The same services as separate processes: a Kafka broker (KAFKA_BROKERS, or one from Maven's jars),
 * a ClickHouse (WW_CLICKHOUSE_URL, or the embedded engine), then ingest, detector, responder and
 * archiver, each with its own keys, state and address for health, and the console; all must be ready. `node scripts/distributed.mjs [folder]` runs until
 * Ctrl-C; its last line of standard output is one JSON object once everything is up.
 */
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBuilt, ensureInstalled, ROOT } from './bootstrap.mjs';

await ensureInstalled();
await ensureBuilt({ quiet: true });
const { startNativeKafka, whyNotNative } = await import('./kafka-native.mjs');
const { startClickHouse } = await import('@waywarden/clickhouse-embedded');

const folder = process.argv[2] ?? mkdtempSync(join(tmpdir(), 'waywarden-distributed-'));
const POLICY = process.env.WW_POLICY_FILE;
const REGISTRY = process.env.WW_REGISTRY_FILE;
mkdirSync(folder, { recursive: true });

async function kafka() {
  const given = process.env.KAFKA_BROKERS;
  if (given) return { brokers: given.split(','), stop: async () => undefined };
  const reason = whyNotNative();
  if (reason !== undefined) {
    console.error(`No Kafka: set KAFKA_BROKERS, or make a native broker possible (${reason}).`);
    process.exit(2);
  }
  return startNativeKafka({ log: (line) => console.error(line) });
}

/** Below what systems give to connections and to servers that name no port: nobody takes it meanwhile. */
const PORTS = { from: 20_000, to: 32_000 };
const PORT_TRIES_MAX = 50;

function isFree(port) {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

async function freePort() {
  for (let tries = 0; tries < PORT_TRIES_MAX; tries++) {
    const port = PORTS.from + Math.floor(Math.random() * (PORTS.to - PORTS.from));
    if (await isFree(port)) return port;
  }
  throw new Error(`No port between ${PORTS.from} and ${PORTS.to} is free; set WW_INGEST_PORT.`);
}

const children = [];
let stopping = false;

/** Where each says whether it is ready. */
const health = {};

/** A service that ends by itself ends everything: half a pipeline would look alive. */
async function service(name, env, program = name, args = []) {
  const healthPort = name === 'ingest' ? Number(env.WW_INGEST_PORT) : await freePort();
  health[name] = `http://127.0.0.1:${healthPort}`;
  const main = join(ROOT, 'services', program, 'dist', 'main.js');
  const child = spawn(process.execPath, [main, ...args], {
    env: { ...process.env, ...env, WW_HEALTH_PORT: String(healthPort) },
    // Their logs go to standard error: standard output is for the one line that programs read.
    stdio: ['ignore', 2, 2],
  });
  children.push(child);
  child.once('exit', (code, signal) => {
    if (stopping) return;
    console.error(`${name} ended (${code ?? signal}); stopping the others.`);
    void stop(1);
  });
}

function command(...args) {
  return new Promise((resolve, reject) => {
    const child = spawn(
      process.execPath,
      [join(ROOT, 'services/waywarden/dist/main.js'), ...args],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    let out = '';
    child.stdout.on('data', (data) => {
      out += data;
    });
    child.once('exit', (code) =>
      code === 0
        ? resolve(JSON.parse(out.trim().split('\n').at(-1)))
        : reject(new Error(`waywarden ${args[0]} ended with ${code}`)),
    );
  });
}

const broker = await kafka();
const engine = process.env.WW_CLICKHOUSE_URL
  ? { url: process.env.WW_CLICKHOUSE_URL, stop: async () => undefined }
  : await startClickHouse({ path: join(folder, 'clickhouse') });
const prefix = process.env.WW_KAFKA_TOPIC_PREFIX ?? '';

async function stop(code) {
  if (stopping) return;
  stopping = true;
  const ended = children.map(
    (child) =>
      child.exitCode !== null || new Promise((resolve) => child.once('exit', () => resolve(true))),
  );
  for (const child of children) child.kill('SIGTERM');
  const patience = setTimeout(() => {
    for (const child of children) child.kill('SIGKILL');
  }, 15_000);
  await Promise.all(ended);
  clearTimeout(patience);
  await engine.stop();
  await broker.stop();
  process.exit(code);
}
process.once('SIGINT', () => void stop(0));
process.once('SIGTERM', () => void stop(0));

const brokers = broker.brokers.join(',');
const prepared = await command(
  ...['init', '--brokers', brokers, '--folder', folder, '--partitions', '4', '--json'],
  ...(prefix === '' ? [] : ['--topic-prefix', prefix]),
  ...(POLICY === undefined ? [] : ['--policy', POLICY]),
  ...(REGISTRY === undefined ? [] : ['--registry', REGISTRY]),
);
const port = Number(process.env.WW_INGEST_PORT ?? (await freePort()));
const key = (name) => join(prepared.keys, `${name}.json`);
const state = (name) => join(folder, 'state', name);
const shared = {
  WW_KAFKA_BROKERS: brokers,
  ...(prefix === '' ? {} : { WW_KAFKA_TOPIC_PREFIX: prefix }),
  WW_LOG_LEVEL: process.env.WW_LOG_LEVEL ?? 'warn',
};
await service('ingest', {
  ...shared,
  WW_KEY_FILE: key('ingest'),
  WW_TOKENS_FILE: prepared.tokens,
  WW_REGISTRY_KEY_FILE: key('responder'),
  WW_INGEST_PORT: String(port),
});
await service('detector', {
  ...shared,
  WW_STATE_DIR: state('detector'),
  WW_KEY_FILE: key('detector'),
  WW_SEQUENCER_KEY_FILE: key('responder'),
});
const responderPort = await freePort();
await service('responder', {
  ...shared,
  WW_STATE_DIR: state('responder'),
  WW_KEY_FILE: key('responder'),
  WW_DETECTOR_KEY_FILE: key('detector'),
  WW_RESPONDER_PORT: String(responderPort),
});
await service('archiver', {
  ...shared,
  WW_STATE_DIR: state('archiver'),
  WW_CLICKHOUSE_URL: engine.url,
});
const responderUrl = `http://127.0.0.1:${responderPort}`;
const split = join(folder, 'split');
execFileSync(process.execPath, [join(ROOT, 'deploy/split-keys.mjs'), prepared.keys, split]);
const consolePort = await freePort();
const consoleData = join(folder, 'console');
await service('console', { ...shared, WW_CLICKHOUSE_URL: engine.url }, 'waywarden', [
  ...['console', '--brokers', brokers, '--keys', join(split, 'console'), '--data', consoleData],
  ...['--responder', responderUrl, '--port', String(consolePort)],
]);

const url = `http://127.0.0.1:${port}`;
const READY_TRIES_MAX = 240;

/** Why a service is not ready; undefined when it is. */
async function whyNotReady(name) {
  try {
    const answer = await fetch(`${health[name]}/ready`);
    return answer.ok ? undefined : (await answer.json()).sentence;
  } catch (error) {
    return error.message;
  }
}

for (let tries = 0; ; tries++) {
  const reasons = await Promise.all(
    Object.keys(health).map(async (name) => {
      const why = await whyNotReady(name);
      return why === undefined ? [] : [`${name}: ${why}`];
    }),
  );
  const waiting = reasons.flat();
  if (waiting.length === 0) break;
  if (tries > READY_TRIES_MAX) {
    console.error(`Not ready within two minutes: ${waiting.join('; ')}`);
    await stop(1);
  }
  await new Promise((resolve) => setTimeout(resolve, 500));
}
console.log(
  JSON.stringify({
    url,
    responder_url: responderUrl,
    console_url: `http://127.0.0.1:${consolePort}`,
    console_data: consoleData,
    clickhouse: engine.url,
    database: 'waywarden',
    brokers,
    health,
    token_file: prepared.token_file,
    folder,
    pids: children.map((child) => child.pid),
  }),
);
