/**
 * A real Apache Kafka broker without Docker: Maven's jars, one process, KRaft mode.
 *
 *   node scripts/kafka-native.mjs          in the foreground until Ctrl-C (also: run)
 *   node scripts/kafka-native.mjs start    in the background; prints KAFKA_BROKERS=…
 *   node scripts/kafka-native.mjs stop     ends the one that `start` began
 *
 * The contract tests start their broker with the same code (test/support/kafka-broker.ts). Jars are
 * fetched once into .cache/kafka (43 MB); data lies in a temporary folder and is gone afterwards,
 * because this is for trying out and testing, never for running.
 */
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Kafka, logLevel } from 'kafkajs';

const KAFKA_VERSION = '4.1.0';
const SLF4J_VERSION = '1.7.36';
const HEAP = '-Xmx512m';
const START_MS_MAX = 60_000;
const RETRY_MS = 200;
const CACHE = fileURLToPath(new URL(`../.cache/kafka/${KAFKA_VERSION}`, import.meta.url));
const RUNNING = fileURLToPath(new URL('../.cache/kafka/running.json', import.meta.url));

const POM = `<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>waywarden</groupId><artifactId>kafka-native</artifactId><version>1</version><packaging>pom</packaging>
<dependencies>
<dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>${KAFKA_VERSION}</version></dependency>
<dependency><groupId>org.slf4j</groupId><artifactId>slf4j-simple</artifactId><version>${SLF4J_VERSION}</version></dependency>
</dependencies></project>
`;

function has(command) {
  return spawnSync(command, ['-version'], { stdio: 'ignore' }).error === undefined;
}

/** Why this machine cannot run a broker, or undefined. */
export function whyNotNative() {
  if (!has('java')) return 'no java on the path';
  if (!existsSync(join(CACHE, 'libs')) && !has('mvn')) return 'no Maven to fetch the broker with';
  return undefined;
}

/** The folder of jars; fetched into a folder aside and renamed, so that half a set is never used. */
function fetchJars(log) {
  if (existsSync(join(CACHE, 'libs'))) return CACHE;
  log(`fetching Apache Kafka ${KAFKA_VERSION} from Maven Central (43 MB, once) …`);
  mkdirSync(join(CACHE, '..'), { recursive: true });
  const aside = mkdtempSync(`${CACHE}-`);
  writeFileSync(join(aside, 'pom.xml'), POM);
  const goal = ['dependency:copy-dependencies', '-DincludeScope=runtime'];
  const to = `-DoutputDirectory=${join(aside, 'libs')}`;
  const done = spawnSync('mvn', ['-q', '-B', ...goal, to], { cwd: aside, encoding: 'utf8' });
  if (done.status !== 0) {
    rmSync(aside, { recursive: true, force: true });
    throw new Error(`Maven could not fetch Kafka: ${done.stdout}${done.stderr}`);
  }
  try {
    renameSync(aside, CACHE);
  } catch {
    // Another process fetched the same meanwhile; its set is as good.
    rmSync(aside, { recursive: true, force: true });
  }
  return CACHE;
}

async function freePorts(count) {
  const servers = [];
  for (let i = 0; i < count; i++) {
    const server = createServer();
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    servers.push(server);
  }
  const ports = servers.map((server) => server.address().port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

/** The first user may everything; the others what ACLs allow them. The broker itself comes as nobody. */
function security([admin]) {
  if (admin === undefined) return 'inter.broker.listener.name=CLIENTS';
  const login = `org.apache.kafka.common.security.scram.ScramLoginModule required username="${admin.name}" password="${admin.password}";`;
  return `inter.broker.listener.name=CLIENTS
sasl.enabled.mechanisms=SCRAM-SHA-512
sasl.mechanism.inter.broker.protocol=SCRAM-SHA-512
listener.name.clients.scram-sha-512.sasl.jaas.config=${login}
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
allow.everyone.if.no.acl.found=false
super.users=User:${admin.name};User:ANONYMOUS`;
}

function properties(data, [port, controller], users) {
  const clients = users.length > 0 ? 'SASL_PLAINTEXT' : 'PLAINTEXT';
  return `process.roles=broker,controller
node.id=1
controller.quorum.bootstrap.servers=127.0.0.1:${controller}
listeners=CLIENTS://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controller}
advertised.listeners=CLIENTS://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controller}
controller.listener.names=CONTROLLER
listener.security.protocol.map=CLIENTS:${clients},CONTROLLER:PLAINTEXT
${security(users)}
log.dirs=${data}
num.partitions=1
auto.create.topics.enable=false
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=4
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=1000
log.segment.bytes=67108864
log.index.size.max.bytes=1048576
`;
}

function java(jars, mainClass, args, options) {
  const flags = [HEAP, '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];
  const quiet = '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn';
  const all = [...flags, quiet, '-cp', join(jars, 'libs', '*'), mainClass, ...args];
  return { command: 'java', all, options };
}

/** Resolves when the broker takes requests and its group coordinator answers. */
async function untilReady(brokers, child, [admin]) {
  const kafka = new Kafka({
    brokers,
    ...(admin === undefined
      ? {}
      : { sasl: { mechanism: 'scram-sha-512', username: admin.name, password: admin.password } }),
    clientId: 'kafka-native',
    logLevel: logLevel.NOTHING,
    retry: { retries: 0 },
    connectionTimeout: 1000,
  });
  const deadline = Date.now() + START_MS_MAX;
  for (;;) {
    const admin = kafka.admin();
    try {
      await admin.connect();
      // kafkajs knows brokers only after a request that refreshes its metadata; this makes nothing.
      const probe = { topics: [{ topic: 'kafka-native-probe' }], validateOnly: true };
      await admin.createTopics({ ...probe, waitForLeaders: false });
      // The first request makes the offsets topic; the answer comes once its coordinator has it.
      await admin.fetchOffsets({ groupId: 'kafka-native-probe' });
      return;
    } catch (error) {
      if (child.exitCode !== null) throw new Error('the Kafka broker ended while starting');
      if (Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    } finally {
      await admin.disconnect().catch(() => undefined);
    }
  }
}

/**
 * Starts a broker on free ports; `stop` ends it and deletes its data. With `users` it asks who comes
 * (SCRAM-SHA-512) and allows only what ACLs say, the first of them everything.
 */
export async function startNativeKafka({
  log = () => undefined,
  detached = false,
  users = [],
} = {}) {
  const jars = fetchJars(log);
  const folder = mkdtempSync(join(tmpdir(), 'waywarden-kafka-'));
  const [port = 0, controller = 0] = await freePorts(2);
  const config = join(folder, 'server.properties');
  writeFileSync(config, properties(join(folder, 'data'), [port, controller], users));
  const clusterId = randomBytes(16).toString('base64url');
  // One word: an id may begin with a dash (one in 64 does), and would be read as an option.
  const logins = users.flatMap(({ name, password }) => [
    '--add-scram',
    `SCRAM-SHA-512=[name=${name},password=${password}]`,
  ]);
  const standalone = ['format', '--standalone', `--cluster-id=${clusterId}`, '-c', config];
  const formatArgs = [...standalone, ...logins];
  const format = java(jars, 'kafka.tools.StorageTool', formatArgs);
  const formatted = spawnSync(format.command, format.all, { encoding: 'utf8' });
  if (formatted.status !== 0) throw new Error(`Kafka's storage: ${formatted.stderr}`);
  const server = java(jars, 'kafka.Kafka', [config]);
  const output = openSync(join(folder, 'broker.log'), 'w');
  const begin = () =>
    spawn(server.command, server.all, { detached, stdio: ['ignore', output, output] });
  let child = begin();
  let ended = new Promise((resolve) => child.once('exit', resolve));
  const kill = () => child.kill('SIGKILL');
  if (!detached) process.once('exit', kill);
  /** Killed, away for so long, and there again on the same data and port. */
  const restart = async (awayMs) => {
    kill();
    await ended;
    await new Promise((resolve) => setTimeout(resolve, awayMs));
    child = begin();
    ended = new Promise((resolve) => child.once('exit', resolve));
    await untilReady(brokers, child, users);
  };
  const stop = async () => {
    process.off('exit', kill);
    // Nothing is kept, so there is nothing to shut down in order.
    child.kill('SIGKILL');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  const brokers = [`127.0.0.1:${port}`];
  try {
    await untilReady(brokers, child, users);
  } catch (error) {
    const tail = readFileSync(join(folder, 'broker.log'), 'utf8').slice(-4000);
    await stop();
    throw new Error(`the Kafka broker did not start: ${tail}`, { cause: error });
  }
  return { brokers, folder, child, ended, stop, restart };
}

async function runInForeground() {
  const broker = await startNativeKafka({ log: console.error });
  console.log(`KAFKA_BROKERS=${broker.brokers.join(',')}`);
  const finish = () => void broker.stop();
  process.once('SIGINT', finish);
  process.once('SIGTERM', finish);
  await broker.ended;
}

async function startInBackground() {
  if (existsSync(RUNNING)) stopBackground();
  const broker = await startNativeKafka({ log: console.error, detached: true });
  const state = { pid: broker.child.pid, folder: broker.folder, brokers: broker.brokers };
  writeFileSync(RUNNING, JSON.stringify(state));
  console.log(`KAFKA_BROKERS=${broker.brokers.join(',')}`);
  broker.child.unref();
}

/** Only if the process is still that broker: ids are used again. */
function stopBackground() {
  if (!existsSync(RUNNING)) return;
  const { pid, folder } = JSON.parse(readFileSync(RUNNING, 'utf8'));
  const command = existsSync(`/proc/${pid}/cmdline`)
    ? readFileSync(`/proc/${pid}/cmdline`, 'utf8')
    : '';
  if (command.includes(folder)) process.kill(pid, 'SIGKILL');
  rmSync(folder, { recursive: true, force: true });
  rmSync(RUNNING, { force: true });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const actions = { run: runInForeground, start: startInBackground, stop: stopBackground };
  const action = actions[process.argv[2] ?? 'run'];
  if (action === undefined) {
    console.error('usage: node scripts/kafka-native.mjs [run|start|stop]');
    process.exitCode = 2;
  } else {
    await action();
  }
}
