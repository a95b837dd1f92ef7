/** The console beside separate services: alerts from the broker, history from the store, acts to the responder. */
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, Socket } from 'node:net';
import { join } from 'node:path';
import type { StoreAddress } from '@waywarden/archiver';
import { consoleRoutes, Workplace } from '@waywarden/console';
import type { EventLog } from '@waywarden/event-log';
import { answerClientError, HTTP_TIMES, serverOptions } from '@waywarden/ingest';
import { audienceOf } from '@waywarden/responder';
import type { JwsKeyRing, MacKey, MacKeyRing } from '@waywarden/schemas';
import { type ServiceHealth, timeRequests } from '@waywarden/service-health';
import { type FastifyBaseLogger, type FastifyInstance, fastify, LogController } from 'fastify';
import type { Logger } from 'pino';
import { UsageError } from '../input/command-output.ts';
import type { DataPaths } from '../runtime/data-folder.ts';
import { FollowedRules } from '../runtime/followed-rules.ts';
import type { OpenAccounts } from '../runtime/open-accounts.ts';
import { withOpenAlerts } from './open-workplace.ts';
import { answersFor, type ReachPlan, refuseHost } from './reach-options.ts';
import { RemoteResponder } from './remote-responder.ts';
import { responseImpactRoute } from './response-impact-route.ts';
import { type Status, StatusReport } from './status-report.ts';
import { statusRoutes } from './status-routes.ts';
import { StoreReader } from './store-reader.ts';
import { whyRoute } from './why-route.ts';

const ELSEWHERE = ['/rules', '/sources'];
const RATE_WINDOW_MS = 10_000;

export interface ConsoleKeys {
  readonly mac: MacKey;
  readonly rings: { readonly alerts: MacKeyRing; readonly triage: MacKeyRing };
  readonly registry: JwsKeyRing;
}

export interface ConsoleServerParts {
  readonly log: EventLog;
  readonly store: StoreAddress;
  readonly keys: ConsoleKeys;
  readonly accounts: OpenAccounts;
  readonly paths: DataPaths;
  readonly tenant: string;
  readonly reach: ReachPlan;
  readonly responderUrls: readonly string[];
  readonly port: BoundPort;
  readonly health: ServiceHealth;
  readonly logger: Logger;
  readonly version: string;
}

export interface ConsoleServer {
  /** Rejects when the lists of alerts no longer follow the log. */
  readonly running: Promise<void>;
  stop(): Promise<void>;
}

const nowMs = () => Date.now();
const now = () => new Date().toISOString();

/** Events a second, by what the store counted. */
class StoredRate {
  #counted: { readonly events: number; readonly atMs: number } | undefined;
  #perSecond = 0;

  take({ counts }: Pick<Status, 'counts'>): void {
    const atMs = nowMs();
    const before = this.#counted;
    if (counts === null || (before && atMs - before.atMs < RATE_WINDOW_MS)) return;
    this.#counted = { events: counts.events, atMs };
    if (before === undefined) return;
    this.#perSecond = Math.max(0, (counts.events - before.events) * 1000) / (atMs - before.atMs);
  }

  perSecond(): number {
    return this.#perSecond;
  }
}

interface Opened extends ConsoleServerParts {
  readonly publicUrl: string;
  readonly reader: StoreReader;
  readonly rules: FollowedRules;
  readonly responder: RemoteResponder;
  readonly report: StatusReport;
  readonly rate: StoredRate;
}

function workplaceOf(parts: Opened): Workplace {
  const { log, reader, tenant, keys, reach, rules, responder, paths, publicUrl, report } = parts;
  const { accounts, accessLog } = parts.accounts;
  const { oidc, sla, notify, localViewers } = reach;
  return new Workplace({
    ...{ log, store: reader, tenant, accounts, accessLog, oidc, sla, localViewers, publicUrl },
    demoAccounts: [],
    group: `waywarden-console.read.${randomUUID()}`,
    notify: notify && { settings: notify, stateFile: join(paths.root, 'notify.json') },
    audience: audienceOf(tenant),
    rings: keys.rings,
    macKey: keys.mac,
    registry: () => rules.registry,
    take: responder.take,
    isControl: () => false,
    nowMs,
    onProblem: (message) => report.problem(message),
  });
}

function routesOf(app: FastifyInstance, parts: Opened, work: Workplace) {
  const { log, reader: store, tenant, rules, responder, report, rate } = parts;
  work.guard(app);
  timeRequests(app, parts.health.metrics);
  const status = async () => {
    const current = withOpenAlerts(await report.current(), work);
    rate.take(current);
    return current;
  };
  const { lists } = work;
  statusRoutes(app, { store, log, tenant, status, lists });
  whyRoute(app, { store, log, tenant });
  work.routes(app);
  responder.routes(app, (target, days) => store.inUse(target, days));
  responseImpactRoute(app, { store, registry: () => rules.registry });
  const inForce = () => ({ policy: rules.policy, registry: rules.registry });
  const shown = { store, log, tenant, rules: inForce, queue: lists, status, now };
  const nothing = { tryIt: '', connect: [], sources: () => [], absent: ELSEWHERE };
  return consoleRoutes(app, { ...shown, ...nothing });
}

/** Answers on `port` until it is stopped; the log stays its owner's. */
export async function startConsoleServer(given: ConsoleServerParts): Promise<ConsoleServer> {
  const { log, store: address, tenant, paths, port, health, logger, version, reach } = given;
  const reader = new StoreReader(address, tenant);
  const rate = new StoredRate();
  const report = new StatusReport({
    ...{ version, tenant, data: paths.root, store: reader, rate, nowMs },
    progress: { stages: () => [] },
    proof: () => null,
    readiness: () => health.readiness.conditions(),
    disk: { hasRoom: true, sentence: undefined },
    quiet:
      'Log and store answer. How far ingest, detector and archiver are, their own /ready says.',
  });
  const onProblem = (message: string) => report.problem(message);
  const rules = new FollowedRules({ log, tenantId: tenant, keys: given.keys.registry, onProblem });
  await rules.start();
  const parts = {
    ...given,
    ...{ publicUrl: reach.publicUrl ?? port.url, reader, rules, report, rate },
    responder: new RemoteResponder(given.responderUrls, tenant),
  };
  const work = workplaceOf(parts);
  await work.start();
  const app = fastify({
    logController: new LogController({ disableRequestLogging: true }),
    loggerInstance: logger as FastifyBaseLogger,
    trustProxy: ['loopback', ...reach.proxies],
  });
  const streams = routesOf(app, parts, work);
  await app.ready();
  const isOurs = answersFor([new URL(parts.publicUrl).host, reach.host]);
  port.answerWith((request, response, asks) => {
    if (!isOurs(request.headers.host)) return refuseHost(response);
    if (asks) response.writeContinue();
    app.routing(request, response);
  });
  return {
    running: work.follower.running,
    stop: async () => {
      report.stopping();
      streams.close();
      await port.close();
      await app.close();
      await rules.stop();
      await work.stop();
      await reader.close();
    },
  };
}

const LOOPBACK = '127.0.0.1';
/** Own programs come by the loopback. */
const ANY: ReadonlySet<string> = new Set(['0.0.0.0', '::']);
const PORTS_TRIED_MAX = 20;
const ANSWER_MS_MAX = 2_000;

/** `asks`: the sender waits for `100 Continue`. */
type PortListener = (request: IncomingMessage, response: ServerResponse, asks: boolean) => void;

/**
 * A port taken before anything else: `owner.json` names the URL from the start. Until the application is there,
 * requests hear that it starts.
 */
export interface BoundPort {
  readonly server: Server;
  readonly url: string;
  answerWith(listener: PortListener): void;
  close(): Promise<void>;
}

const starting: PortListener = (_request, response) => {
  response.writeHead(503, { 'content-type': 'application/json', 'retry-after': '1' });
  response.end('{"error":"starting","message":"Waywarden is starting. Ask again in a second."}\n');
};

function listen(server: Server, port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const refused = () => resolve(false);
    server.once('error', refused);
    server.listen(port, host, () => {
      server.off('error', refused);
      resolve(true);
    });
  });
}

/** Keep-alive connections are not waited for. */
function shut(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const late = setTimeout(() => server.closeAllConnections(), ANSWER_MS_MAX);
    server.close(() => {
      clearTimeout(late);
      resolve();
    });
    server.closeIdleConnections();
  });
}

/** `named`: the port asked for (0: any); else the first free from `from` on. UsageError where none is. */
export async function bindPort(
  named: number | undefined,
  from: number,
  host: string = LOOPBACK,
): Promise<BoundPort> {
  let listener = starting;
  const server = createServer(serverOptions(HTTP_TIMES));
  server.on('request', (request, response) => listener(request, response, false));
  server.on('checkContinue', (request, response) => listener(request, response, true));
  server.on('clientError', (error, socket) => {
    if (socket instanceof Socket) answerClientError(error, socket);
    else socket.destroy();
  });
  const tried = named === undefined ? PORTS_TRIED_MAX : 1;
  for (let i = 0; i < tried; i++) {
    if (!(await listen(server, (named ?? from) + i, host))) continue;
    const { port } = server.address() as AddressInfo;
    return {
      server,
      url: `http://${ANY.has(host) ? LOOPBACK : host.includes(':') ? `[${host}]` : host}:${port}`,
      answerWith: (next) => {
        listener = next;
      },
      close: () => shut(server),
    };
  }
  throw new UsageError(
    `Port ${named ?? from} of ${host} can't be used (another program has it, or it needs more rights). ` +
      'Name another with --port, or leave --port out to take the next free one.',
  );
}
