/** The console beside separate services: alerts from the broker, history from the store, acts to the responder. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { StoreAddress } from '@waywarden/archiver';
import { consoleRoutes, Workplace } from '@waywarden/console';
import type { EventLog } from '@waywarden/event-log';
import { audienceOf } from '@waywarden/responder';
import type { JwsKeyRing, MacKey, MacKeyRing } from '@waywarden/schemas';
import { type ServiceHealth, timeRequests } from '@waywarden/service-health';
import { type FastifyBaseLogger, type FastifyInstance, fastify, LogController } from 'fastify';
import type { Logger } from 'pino';
import type { DataPaths } from '../runtime/data-folder.ts';
import { FollowedRules } from '../runtime/followed-rules.ts';
import type { OpenAccounts } from '../runtime/open-accounts.ts';
import type { BoundPort } from './bound-port.ts';
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
