/**
 * `waywarden up`: everything in one process; port, pipeline, answers, and back. A failed part ends it: exit 1, 2
 * for a damaged log.
 */
import { CANARY_TENANT } from '@waywarden/schemas';
import { makeHealth, type ServiceHealth, STARTING } from '@waywarden/service-health';
import { Command } from 'commander';
import { type Logger, pino } from 'pino';
import pretty from 'pino-pretty';
import { type BoundPort, bindPort } from '../api/console-server.ts';
import { EventRate } from '../api/pipeline-progress.ts';
import { type ReachFlags, reachOptions } from '../api/reach-options.ts';
import { type StatusServer, startStatusServer } from '../api/status-server.ts';
import type { Canary } from '../canary/canary-runner.ts';
import { startEmbeddedCanary } from '../canary/canary-runner.ts';
import { canaryRegistryOf, issueCanaryToken } from '../canary/canary-tenant.ts';
import { issueDemoToken, type RunningDemo, startDemo } from '../demo/start-demo.ts';
import { Narrator } from '../demo/story/narrator.ts';
import { EXIT, report, VERSION } from '../input/command-output.ts';
import { PORT_MAX, wholeBetween } from '../input/whole-between.ts';
import { controlTokenFile, issueControlToken } from '../runtime/control-token.ts';
import { DiskWatch, observeDisk } from '../runtime/disk-watch.ts';
import { FIRST_SOURCE, firstToken } from '../runtime/first-token.ts';
import type { LiveRules } from '../runtime/live-rules.ts';
import { openAccounts } from '../runtime/open-accounts.ts';
import type { Pipeline, PipelineOptions } from '../runtime/pipeline.ts';
import { isDamage, sayError } from './say-error.ts';
import { UpEnd } from './up/up-end.ts';
import { keepOption, type PlanFlags, planUp, type UpPlan } from './up/up-plan.ts';
import { demoNext, demoWelcome, realWelcome } from './up/up-welcome.ts';
import { liveRules, openWatchedPipeline } from './up/watched-pipeline.ts';

const PORT_DEFAULT = 8787;
const PARTITIONS_MAX = 64;
/** A start is busy. */
const FIRST_CANARY_MS = 120_000;

interface UpFlags extends PlanFlags, ReachFlags {
  readonly port?: number;
  readonly demoSpeed: number;
  readonly partitions?: number;
  readonly json?: true;
}

/** On a terminal lines, else JSON. */
function stderrLogger(demo: boolean): Logger {
  const options = { name: 'waywarden', level: demo ? 'warn' : 'info' };
  return process.stderr.isTTY === true
    ? pino(options, pretty({ destination: 2, sync: true, ignore: 'pid,hostname,name' }))
    : pino(options, pino.destination({ dest: 2, sync: true }));
}

interface Running {
  readonly pipeline: Pipeline;
  readonly rules: LiveRules;
  readonly server: StatusServer;
  readonly demo: RunningDemo | undefined;
  readonly proof: Canary | undefined;
  readonly health: ServiceHealth;
}

function provingOf({ paths, canaryEveryMs }: UpPlan) {
  if (canaryEveryMs === undefined) return undefined;
  return {
    token: issueCanaryToken(paths),
    registry: canaryRegistryOf(paths.keys),
    everyMs: canaryEveryMs,
    firstAfterMs: Math.min(FIRST_CANARY_MS, canaryEveryMs),
  };
}

function narratorFor(flags: UpFlags): Narrator {
  return new Narrator({
    json: flags.json === true,
    isTerminal: process.stdout.isTTY === true,
    nowMs: () => Date.now(),
    write: (text) => process.stdout.write(text),
  });
}

function watchDemo(demo: RunningDemo, logger: Logger): void {
  demo.finished.catch((error: unknown) => {
    logger.error(error, 'the demo stopped; everything else runs on. Start again to see it anew');
  });
}

interface DemoStart {
  readonly flags: UpFlags;
  readonly plan: UpPlan;
  readonly pipeline: Pipeline;
  readonly url: string;
  readonly token: string;
}

async function playDemo(parts: DemoStart): Promise<RunningDemo | undefined> {
  const { flags, plan, pipeline, url, token } = parts;
  const { paths, registry, demo } = plan;
  if (demo === undefined || registry === undefined) return undefined;
  const narrator = narratorFor(flags);
  const speed = flags.demoSpeed;
  const end = () => {
    if (flags.json === true) narrator.say({ kind: 'end', text: 'The story is told.' });
    else process.stdout.write(`${demoNext(url, paths.root).join('\n')}\n`);
  };
  return startDemo({ pipeline, paths, url, token, ...demo, registry, narrator, speed, end });
}

interface UpStart {
  readonly flags: UpFlags;
  readonly plan: UpPlan;
  readonly port: BoundPort;
  readonly logger: Logger;
  readonly end: UpEnd;
}

async function start({ flags, plan, port, logger, end }: UpStart): Promise<Running> {
  const { paths, tenant, retention, reach } = plan;
  const { url } = port;
  const rate = new EventRate(() => Date.now());
  const health = makeHealth('up');
  const tokenFile = firstToken(paths, tenant);
  const options: PipelineOptions = {
    paths,
    command: 'up',
    ...(flags.partitions === undefined ? {} : { partitions: flags.partitions }),
    journal: 'live',
    retention,
    url,
    tokenFile,
    tenant,
    controlTokenFile: controlTokenFile(paths),
  };
  const pipeline = await openWatchedPipeline(options, { logger, health, rate });
  try {
    const accounts = await openAccounts(paths, { tenant, demo: plan.demo !== undefined });
    const rules = await liveRules(plan, pipeline, accounts, logger);
    // A new token voids the old.
    const controlToken = issueControlToken(paths);
    const token = plan.demo === undefined ? '' : issueDemoToken(paths);
    const proving = provingOf(plan);
    const startedAt = new Date().toISOString();
    const disk = new DiskWatch(paths.root, logger);
    observeDisk(health, disk);
    const curl = { url, tokenFile, tenant, source: FIRST_SOURCE, startedAt };
    let demo: RunningDemo | undefined;
    let proof: Canary | undefined;
    const server = await startStatusServer({
      pipeline,
      port,
      rules,
      controlToken,
      accounts,
      reach: { ...reach, publicUrl: reach.publicUrl ?? url },
      paths,
      curl,
      rate,
      retention,
      logger,
      health,
      disk,
      version: VERSION,
      story: () => demo?.story() ?? null,
      proof: () => proof,
      registryOf: (of) => (of === CANARY_TENANT ? proving?.registry : undefined),
    });
    const ready = { url, pid: process.pid, data: paths.root, token_file: tokenFile };
    const welcome = plan.demo === undefined ? realWelcome : demoWelcome;
    report(flags.json === true, ready, welcome({ version: VERSION, data: paths.root, curl }));
    demo = await playDemo({ flags, plan, pipeline, url, token });
    if (demo !== undefined) watchDemo(demo, logger);
    if (proving !== undefined) {
      const { registry: _, ...given } = proving;
      proof = await startEmbeddedCanary({
        ...{ pipeline, paths, url, tenant, logger, health, ...given },
      });
    }
    health.readiness.clear(STARTING);
    health.readiness.start();
    return { pipeline, server, rules, demo, proof, health };
  } catch (error) {
    await end.within(pipeline.stop());
    throw error;
  }
}

/** 0 asked, 1 failed, 2 damaged log. */
async function untilEnded({ pipeline }: Running, logger: Logger, asked: Promise<unknown>) {
  const failure = pipeline.failed.then(() => {
    throw new Error('A part ended without being asked to.');
  });
  try {
    await Promise.race([asked, failure]);
    return EXIT.done;
  } catch (error) {
    if (isDamage(error)) {
      logger.fatal(sayError(error));
      return EXIT.badUse;
    }
    logger.fatal(
      error,
      'a part failed, so everything stops: nothing that was accepted is lost. Start again; if it fails again, the message says where to look (disk space, memory, rights of the data folder)',
    );
    return EXIT.findings;
  } finally {
    failure.catch(() => undefined);
  }
}

async function up(flags: UpFlags): Promise<void> {
  const plan = planUp(flags);
  const logger = stderrLogger(plan.demo !== undefined);
  const end = new UpEnd(logger);
  const port = await bindPort(flags.port, PORT_DEFAULT, flags.host);
  let running: Running;
  try {
    running = await start({ flags, plan, port, logger, end });
  } catch (error) {
    await end.within(port.close());
    throw error;
  }
  process.exitCode = await untilEnded(running, logger, end.asked);
  end.begin();
  running.health.readiness.stop();
  running.rules.stop();
  await running.demo?.stop();
  await running.proof?.stop();
  await running.server.stop();
  await running.pipeline.stop();
  logger.info('stopped');
  end.done();
}

export const upCommand = new Command('up')
  .description('run everything in one process: ingest, detection, response, store, page')
  .option(
    '--data <folder>',
    'data folder, made at the first start (default: .waywarden/demo, for real .waywarden/data)',
  )
  .option(
    '--port <n>',
    `port on 127.0.0.1; 0: any free one; default: ${PORT_DEFAULT} or the next free one`,
    wholeBetween(0, PORT_MAX),
  )
  .option(
    '--no-demo',
    'run for real, without the made-up fleet; also meant by --registry, --policy and --tenant',
  )
  .option('--demo-speed <n>', 'play the demo so many times faster', wholeBetween(1, 20), 1)
  .option(
    '--partitions <n>',
    'partitions of a new data folder (default: 4); one that exists keeps its own',
    wholeBetween(1, PARTITIONS_MAX),
  )
  .option('--registry <file>', 'registry file (YAML); read again when it changes')
  .option(
    '--policy <file>',
    'policy file (YAML), read again when it changes; default: the shipped one, which only watches',
  )
  .addOption(keepOption())
  .option(
    '--canary <interval>',
    'send made-up attacks so often (30m, 6h, 1d) and tell when they are not found; off: never',
    '1d',
  )
  .option('--tenant <id>', 'tenant that events belong to (default: "default")')
  .option(
    '--json',
    'print one line of JSON when ready: {url, pid, data, token_file}; then one for each line of the demo',
  )
  .action(up);
for (const option of reachOptions()) upCommand.addOption(option);
