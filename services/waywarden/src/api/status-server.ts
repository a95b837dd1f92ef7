/** What `up` runs beside the pipeline, started after it and stopped before it: HTTP server and clock of the log. */
import type { RequestListener } from 'node:http';
import { consoleRoutes, type Streams, type Workplace } from '@waywarden/console';
import { observeAssembly } from '@waywarden/detector';
import { type RunningIngest, startIngest } from '@waywarden/ingest';
import {
  CommandFeed,
  containmentRoutes,
  feedOrdersOf,
  observeContainments,
  operatorRoutes,
  previewRoute,
  RECEIVER_ROUTER,
  receiverRoutes,
} from '@waywarden/responder';
import { type Registry, TOPICS } from '@waywarden/schemas';
import { type ServiceHealth, timeRequests } from '@waywarden/service-health';
import { type FastifyBaseLogger, type FastifyInstance, fastify, LogController } from 'fastify';
import type { Logger } from 'pino';
import { AUDIT_PATH, auditRunning } from '../audit/audit-folder.ts';
import type { Canary } from '../canary/canary-runner.ts';
import type { DemoStory } from '../demo/story/story.ts';
import type { ControlToken } from '../runtime/control-token.ts';
import type { DataPaths } from '../runtime/data-folder.ts';
import type { DiskWatch } from '../runtime/disk-watch.ts';
import type { LiveRules } from '../runtime/live-rules.ts';
import { LogKeeper } from '../runtime/log-keeper.ts';
import type { OpenAccounts } from '../runtime/open-accounts.ts';
import type { Pipeline } from '../runtime/pipeline.ts';
import type { RetentionPlan } from '../runtime/retention-plan.ts';
import { verifyRunning } from '../runtime/verify-running.ts';
import type { BoundPort } from './console-server.ts';
import { countingContainments } from './containment-counts.ts';
import { knownState } from './containment-facts.ts';
import { deadLetterRoutes } from './dead-letter-routes.ts';
import { type CurlFacts, connectLines, hijackStory } from './first-event.ts';
import { LogClock, logRoute } from './log-route.ts';
import { openWorkplace, withOpenAlerts } from './open-workplace.ts';
import { OwnRoutes } from './own-routes.ts';
import { type EventRate, PipelineProgress } from './pipeline-progress.ts';
import { answersFor, type ReachPlan, refuseHost } from './reach-options.ts';
import { registryRoute } from './registry-route.ts';
import { responseImpactRoute } from './response-impact-route.ts';
import { StatusReport } from './status-report.ts';
import { statusRoutes } from './status-routes.ts';
import { StoreReader } from './store-reader.ts';
import { whyRoute } from './why-route.ts';
import { workRoute } from './work-route.ts';

interface AccessFacts {
  readonly port: BoundPort;
  readonly controlToken: ControlToken;
  readonly accounts: OpenAccounts;
  readonly reach: Reach;
  readonly curl: CurlFacts;
}

interface WatchedParts {
  readonly rate: EventRate;
  readonly retention: RetentionPlan;
  readonly health: ServiceHealth;
  readonly disk: DiskWatch;
  readonly version: string;
  /** Null in a real run. */
  readonly story: () => DemoStory | null;
  /** Undefined where off. */
  readonly proof: () => Canary | undefined;
}

export interface StatusServerParts extends AccessFacts, WatchedParts {
  readonly pipeline: Pipeline;
  readonly rules: LiveRules;
  readonly paths: DataPaths;
  readonly logger: Logger;
  readonly registryOf?: (tenant: string) => Registry | undefined;
}

/** `publicUrl`: as browsers use it. */
type Reach = Omit<ReachPlan, 'publicUrl'> & { readonly publicUrl: string };

export interface StatusServer {
  stop(): Promise<void>;
}

const nowMs = () => Date.now();
const now = () => new Date().toISOString();

function ingestOf(parts: StatusServerParts) {
  const { pipeline, paths, curl, rules, logger, port, health } = parts;
  return startIngest({
    log: pipeline.log,
    keyFile: pipeline.keys.ingest,
    tokensPath: paths.tokens,
    behind: port,
    health,
    hasRoom: () => parts.disk.hasRoom,
    logger: logger.child({ part: 'ingest' }, { level: 'warn' }),
    registryOf: (tenant) => (tenant === curl.tenant ? rules.registry : parts.registryOf?.(tenant)),
  });
}

function observe({ pipeline, health: { metrics } }: StatusServerParts, keeper: LogKeeper): void {
  keeper.observe(metrics);
  observeAssembly(metrics, pipeline.detector);
  observeContainments(metrics, pipeline.responder, nowMs);
}

function keeperOf(parts: StatusServerParts, report: StatusReport): LogKeeper {
  const { pipeline, retention: plan, logger } = parts;
  const { log, detector, sequencer } = pipeline;
  return new LogKeeper({
    log,
    plan,
    logger,
    nowMs,
    repeatRules: () => sequencer.repeatRules(),
    forwarded: (ends) => detector.profile.caughtUp(TOPICS.auditEvents.name, ends),
    history: () => pipeline.history(),
    onLost: (message) => report.problem(message),
  });
}

/** The pipeline reports them. */
function clockOf(
  parts: StatusServerParts,
  progress: PipelineProgress,
  report: StatusReport,
): LogClock {
  const { pipeline, rate, logger } = parts;
  let isReported = false;
  return new LogClock({
    log: pipeline.log,
    advance: (time) => pipeline.sequencer.advance(time),
    now,
    isDue: (time) => {
      const { containments } = pipeline.responder;
      const atMs = Date.parse(time);
      return (containments.nextDueMs() ?? atMs + 1) <= atMs || containments.awaitsSilence(atMs);
    },
    onAdvanced: (copies) => rate.add(-copies),
    onError: (error) => {
      report.problem(error instanceof Error ? error.message : String(error));
      if (!isReported) logger.error(error, 'log time can not move');
      isReported = true;
    },
    each: () => progress.look(),
  });
}

async function apiListener(app: FastifyInstance): Promise<RequestListener> {
  await app.ready();
  return (request, response) => app.routing(request, response);
}

interface Api {
  readonly app: FastifyInstance;
  readonly own: OwnRoutes;
  readonly streams: Streams;
}

interface ApiParts extends StatusServerParts {
  readonly store: StoreReader;
  readonly report: StatusReport;
  readonly ingest: RunningIngest;
  readonly keeper: LogKeeper;
  readonly feed: CommandFeed;
  readonly work: Workplace;
}

function apiOf(parts: ApiParts): Api {
  const { store, report, ingest, keeper, feed, work } = parts;
  const { pipeline, curl, logger, rules, controlToken } = parts;
  const { tenant } = curl;
  const { log, responder } = pipeline;
  const app = fastify({
    logController: new LogController({ disableRequestLogging: true }),
    loggerInstance: logger as FastifyBaseLogger,
    routerOptions: RECEIVER_ROUTER,
    // Nobody else is believed about who asks.
    trustProxy: ['loopback', ...parts.reach.proxies],
  });
  const own = new OwnRoutes(app);
  work.guard(app);
  timeRequests(app, parts.health.metrics);
  const containments = countingContainments(responder, nowMs, tenant);
  const status = async () => ({
    ...withOpenAlerts(await report.current(), work),
    rules: rules.report(),
    log: await keeper.report(),
    containments: await containments(),
  });
  const { lists } = work;
  statusRoutes(app, { store, log, tenant, status, lists });
  whyRoute(app, { store, log, tenant });
  work.routes(app);
  registryRoute(app, { rules, token: controlToken });
  workRoute(app, {
    at: '/v1/verify',
    what: 'Verifying',
    work: (_, announce) => verifyRunning(pipeline, announce),
    controlToken,
  });
  workRoute(app, {
    at: AUDIT_PATH,
    what: 'Verifying the chain',
    work: (body, announce) => auditRunning(pipeline, body, announce),
    controlToken,
  });
  logRoute(app, { log, controlToken });
  containmentRoutes(app, { responder, nowMs, tenant });
  previewRoute(app, { responder, nowMs, tenant, inUse: store.inUse.bind(store) });
  responseImpactRoute(app, { store, registry: () => rules.registry });
  operatorRoutes(app, { log, responder, tenant, now });
  receiverRoutes(app, { feed, commandKeys: pipeline.keys.commandRing });
  deadLetterRoutes(app, { log, redrive: ingest.redrive, controlToken });
  app.get('/api/v1/demo', () => ({ story: parts.story() }));
  const inForce = () => ({ policy: rules.policy, registry: rules.registry });
  const shell = { tryIt: hijackStory(curl), connect: connectLines(parts.paths.root) };
  const sources = () => ingest.sourcesSeen(tenant);
  const known = knownState(pipeline.responder, nowMs);
  const shown = { store, log, tenant, rules: inForce, known, queue: lists };
  const streams = consoleRoutes(app, { ...shown, ...shell, status, now, sources });
  return { app, own, streams };
}

/** Senders' requests in hand are answered first. */
function stopper(parts: {
  readonly port: BoundPort;
  readonly ingest: RunningIngest;
  readonly api: Api;
  readonly clock: LogClock;
  readonly store: StoreReader;
  readonly keeper: LogKeeper;
  readonly feed: CommandFeed;
  readonly work: Workplace;
}): () => Promise<void> {
  return async () => {
    const { port, ingest, api, clock, store, keeper, feed, work } = parts;
    await keeper.stop();
    await feed.close();
    api.streams.close();
    await port.close();
    await ingest.close();
    await api.app.close();
    await clock.stop();
    await work.stop();
    await store.close();
  };
}

export async function startStatusServer(parts: StatusServerParts): Promise<StatusServer> {
  const { pipeline, port, curl, paths, rate, version } = parts;
  const store = new StoreReader(pipeline.store, curl.tenant);
  const progress = new PipelineProgress(pipeline, nowMs);
  const { tenant } = curl;
  const data = paths.root;
  const proof = () => parts.proof()?.report() ?? null;
  const readiness = () => parts.health.readiness.conditions();
  const { disk } = parts;
  const report = new StatusReport({
    ...{ version, tenant, data, store, progress, rate, proof, readiness, disk, nowMs },
  });
  await progress.look();
  const keeper = keeperOf(parts, report);
  const ingest = await ingestOf(parts);
  observe(parts, keeper);
  parts.rules.onRegistryChange(ingest.registryChanged);
  const { log, responder } = pipeline;
  const feed = await CommandFeed.open({
    log,
    receiverKeys: responder.receiverKeys,
    orders: feedOrdersOf(responder),
    wallClock: now,
  });
  const onProblem = (message: string) => report.problem(message);
  const sources = () => ingest.sourcesSeen(tenant);
  const work = openWorkplace({ ...parts, ...parts.reach, store, tenant, sources, onProblem });
  await work.start();
  const api = apiOf({ ...parts, store, report, ingest, keeper, feed, work });
  const answer = await apiListener(api.app);
  const isOurs = answersFor([new URL(parts.reach.publicUrl).host, parts.reach.host]);
  port.answerWith((request, response, asks) => {
    if (!isOurs(request.headers.host)) return refuseHost(response);
    if (api.own.isForIngest(request)) return ingest.answer(request, response, asks);
    if (asks) response.writeContinue();
    answer(request, response);
  });
  const clock = clockOf(parts, progress, report);
  const stop = stopper({ port, ingest, api, clock, store, keeper, feed, work });
  return {
    stop: () => {
      report.stopping();
      return stop();
    },
  };
}
