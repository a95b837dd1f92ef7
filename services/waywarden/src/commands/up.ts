/**
 * `waywarden up`: everything in one process, which is what `npm start` runs. Binds the port first, so
 * that `owner.json` names the URL, then opens the pipeline, then answers; stops in the opposite order.
 *
 * A part that fails ends the process with exit code 1: half a Waywarden would look alive and see
 * nothing. Starting again goes on where the log stands.
 */
import { mkdirSync } from 'node:fs';
import { Command, InvalidArgumentError } from 'commander';
import { type Logger, pino } from 'pino';
import pretty from 'pino-pretty';
import { dataPaths } from '../embedded/data-folder.ts';
import { FIRST_SOURCE, firstToken } from '../embedded/first-token.ts';
import { openPipeline, type Pipeline } from '../embedded/pipeline.ts';
import { loadPolicy, loadRegistry } from '../embedded/rule-files.ts';
import { type BoundPort, bindPort, PortTakenError } from '../status/bound-port.ts';
import { firstEvent } from '../status/first-event.ts';
import { EventRate } from '../status/pipeline-progress.ts';
import { StageWatch } from '../status/stage-watch.ts';
import { type StatusServer, startStatusServer } from '../status/status-server.ts';
import { report, UsageError } from './command-output.ts';

const VERSION = '0.1.0';
const PORT_DEFAULT = 8787;
const PORT_MAX = 65_535;
const PARTITIONS_MAX = 64;
/** Stopping that takes longer hangs; the log has all that was accepted, so ending is safe. */
const STOP_MS_MAX = 30_000;

interface UpFlags {
  readonly data: string;
  readonly port?: number;
  readonly demo: boolean;
  readonly partitions: number;
  readonly registry?: string;
  readonly policy?: string;
  readonly tenant: string;
  readonly json?: true;
}

function wholeBetween(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (Number.isInteger(value) && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`Give a whole number from ${min} to ${max}.`);
  };
}

/** Sparse and for operators; lines for people on a terminal, JSON elsewhere. */
function stderrLogger(): Logger {
  const options = { name: 'waywarden', level: 'info' };
  return process.stderr.isTTY === true
    ? pino(options, pretty({ destination: 2, sync: true, ignore: 'pid,hostname,name' }))
    : pino(options, pino.destination({ dest: 2, sync: true }));
}

async function bind(flags: UpFlags): Promise<BoundPort> {
  try {
    return await bindPort(flags.port, PORT_DEFAULT);
  } catch (error) {
    throw error instanceof PortTakenError ? new UsageError(error.message) : error;
  }
}

/** Resolves at the first signal; a second one ends the process at once. */
function stopRequested(logger: Logger): Promise<string> {
  return new Promise((resolve) => {
    let asked = false;
    const onSignal = (signal: NodeJS.Signals) => {
      if (asked) process.exit(1);
      asked = true;
      logger.info({ signal }, 'stopping; once more to force it');
      resolve(signal);
    };
    process.on('SIGINT', onSignal);
    process.on('SIGTERM', onSignal);
  });
}

interface Running {
  readonly pipeline: Pipeline;
  readonly server: StatusServer;
}

async function start(flags: UpFlags, port: BoundPort, logger: Logger): Promise<Running> {
  const registry = loadRegistry(flags.registry);
  const policy = loadPolicy(flags.policy);
  const paths = dataPaths(flags.data);
  const { url } = port;
  const rate = new EventRate(() => Date.now());
  const events = new StageWatch({ logger, rate, nowMs: () => Date.now() });
  const { partitions, tenant } = flags;
  mkdirSync(paths.keys, { recursive: true, mode: 0o700 });
  const tokenFile = firstToken(paths, tenant);
  const pipeline = await openPipeline({
    paths,
    command: 'up',
    partitions,
    journal: 'live',
    url,
    tokenFile,
    events,
  });
  try {
    await pipeline.publish(tenant, registry, policy);
    const startedAt = new Date().toISOString();
    const curl = { url, tokenFile, tenant, source: FIRST_SOURCE, startedAt };
    const server = await startStatusServer({
      pipeline,
      port,
      registry,
      paths,
      curl,
      rate,
      logger,
      version: VERSION,
    });
    const { send, show } = firstEvent(curl);
    report(
      flags.json === true,
      { url, pid: process.pid, data: paths.root, token_file: tokenFile },
      [
        `Waywarden ${VERSION} is watching.`,
        '',
        `  Page     ${url}/`,
        `  Status   ${url}/v1/status`,
        `  Data     ${paths.root}`,
        `  Token    ${tokenFile} (only you can read it)`,
        '',
        'Send a first event:',
        '',
        send,
        '',
        'See what became of it (a second later):',
        '',
        show,
        '',
        'Stop with Ctrl-C; everything is kept, and the next start goes on from there.',
      ],
    );
    return { pipeline, server };
  } catch (error) {
    await pipeline.stop();
    throw error;
  }
}

/** The exit code: 0 when a signal ended it, 1 when a part failed. */
async function untilEnded({ pipeline }: Running, logger: Logger, asked: Promise<unknown>) {
  const failure = pipeline.failed.then(() => {
    throw new Error('A part ended without being asked to.');
  });
  try {
    await Promise.race([asked, failure]);
    return 0;
  } catch (error) {
    logger.fatal(
      error,
      'a part failed, so everything stops: nothing that was accepted is lost. Start again; if it fails again, the message says where to look (disk space, memory, rights of the data folder)',
    );
    return 1;
  } finally {
    failure.catch(() => undefined);
  }
}

async function up(flags: UpFlags): Promise<void> {
  const logger = stderrLogger();
  const asked = stopRequested(logger);
  const port = await bind(flags);
  let running: Running;
  try {
    running = await start(flags, port, logger);
  } catch (error) {
    await port.close();
    throw error;
  }
  process.exitCode = await untilEnded(running, logger, asked);
  setTimeout(() => process.exit(1), STOP_MS_MAX).unref();
  await running.server.stop();
  await running.pipeline.stop();
  logger.info('stopped');
}

export const upCommand = new Command('up')
  .description('run everything in one process: ingest, detection, response, store, status page')
  .option('--data <folder>', 'data folder, made at the first start', '.waywarden/data')
  .option(
    '--port <n>',
    `port on 127.0.0.1; 0: any free one; default: ${PORT_DEFAULT} or the next free one`,
    wholeBetween(0, PORT_MAX),
  )
  .option(
    '--no-demo',
    'start without demonstration data (there is none yet, so this changes nothing)',
  )
  .option('--partitions <n>', 'partitions of a new data folder', wholeBetween(1, PARTITIONS_MAX), 4)
  .option('--registry <file>', 'registry file (YAML)')
  .option('--policy <file>', 'policy file (YAML); default: the shipped one, which only watches')
  .option('--tenant <id>', 'tenant that events belong to', 'default')
  .option('--json', 'print one line of JSON when ready: {url, pid, data, token_file}')
  .action(up);
