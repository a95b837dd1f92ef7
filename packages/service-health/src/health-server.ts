/**
 * `/health`, `/ready` (503 with the reason) and `/metrics`, on an own server or an existing one. A
 * default address that is taken gives way to a free port; one that was set does not.
 */

import type { EventLog } from '@waywarden/event-log';
import { type FastifyInstance, fastify, LogController } from 'fastify';
import type { Logger } from 'pino';
import { z } from 'zod';
import { Readiness, type ReadinessProblem } from './readiness.ts';
import { ServiceMetrics } from './service-metrics.ts';

/** As exporters of OpenTelemetry have it. */
export const HEALTH_PORT_DEFAULT = 9464;
const UNMATCHED = 'unmatched';

/** Answered whatever else a server refuses. */
export const HEALTH_PATHS: ReadonlySet<string> = new Set(['/health', '/ready', '/metrics']);

export interface ServiceHealth {
  readonly metrics: ServiceMetrics;
  readonly readiness: Readiness;
}

/** For a service's `config.ts`. */
export const healthSettings = {
  /** Where health, readiness and metrics are served. The default is reachable from this machine only. */
  WW_HEALTH_HOST: z.string().min(1).default('127.0.0.1'),
  /** 0: any free port. Absent: 9464, or a free one where that is taken; the start line says which. */
  WW_HEALTH_PORT: z.coerce.number().int().min(0).max(65_535).optional(),
};

export function healthRoutes(app: FastifyInstance, { metrics, readiness }: ServiceHealth): void {
  app.get('/health', async () => ({ status: 'ok' }));
  app.get('/ready', async (_request, reply) => {
    await readiness.refresh();
    const report = readiness.report();
    return reply.code(report.ready ? 200 : 503).send(report);
  });
  app.get('/metrics', async (_request, reply) => {
    await readiness.refresh();
    return reply.type(metrics.contentType).send(await metrics.text());
  });
}

/** Counts how long each request takes, by the route's pattern: paths are the sender's to choose. */
export function timeRequests(app: FastifyInstance, metrics: ServiceMetrics): void {
  metrics.declare('waywarden_http_request_duration_seconds');
  app.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? UNMATCHED;
    const labels = { method: request.method, route, status: String(reply.statusCode) };
    metrics.time('waywarden_http_request_duration_seconds', labels, reply.elapsedTime / 1000);
    done();
  });
}

export function observeReadiness({ metrics, readiness }: ServiceHealth, nowMs = Date.now): void {
  metrics.declare('waywarden_limit_hits_total');
  metrics.observe('waywarden_ready', () => [
    { labels: {}, value: readiness.conditions().length === 0 ? 1 : 0 },
  ]);
  metrics.observe('waywarden_log_up', () => {
    const isDown = readiness.conditions().some(({ reason }) => reason === LOG_UNAVAILABLE.reason);
    return [{ labels: {}, value: isDown ? 0 : 1 }];
  });
  metrics.observe('waywarden_not_ready_seconds', () => {
    const longest = new Map<string, number>();
    for (const { reason, sinceMs } of readiness.conditions()) {
      const seconds = Math.max(0, nowMs() - sinceMs) / 1000;
      longest.set(reason, Math.max(longest.get(reason) ?? 0, seconds));
    }
    return [...longest].map(([reason, value]) => ({ labels: { reason }, value }));
  });
}

interface HealthServer {
  readonly url: string;
  stop(): Promise<void>;
}

export interface HealthAddress {
  readonly WW_HEALTH_HOST: string;
  readonly WW_HEALTH_PORT?: number | undefined;
}

const isTaken = (error: unknown) =>
  error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';

async function listen(app: FastifyInstance, address: HealthAddress, logger: Logger) {
  const { WW_HEALTH_HOST: host, WW_HEALTH_PORT: port } = address;
  try {
    return await app.listen({ host, port: port ?? HEALTH_PORT_DEFAULT });
  } catch (error) {
    if (port !== undefined || !isTaken(error)) throw error;
    const url = await app.listen({ host, port: 0 });
    const message = `port ${HEALTH_PORT_DEFAULT} is taken: health is at ${url}; WW_HEALTH_PORT sets another`;
    logger.warn({ health: url }, message);
    return url;
  }
}

/** Listens at once, so that whoever asks while the service starts gets an answer. */
export async function startHealthServer(
  health: ServiceHealth,
  address: HealthAddress,
  logger: Logger,
): Promise<HealthServer> {
  const app = fastify({
    logController: new LogController({ disableRequestLogging: true }),
    forceCloseConnections: true,
  });
  timeRequests(app, health.metrics);
  healthRoutes(app, health);
  const url = await listen(app, address, logger);
  health.readiness.start();
  const stop = async () => {
    health.readiness.stop();
    await app.close();
  };
  return { url, stop };
}

/** What each service starts with: its metrics, and a readiness that speaks against it until it runs. */
const VERSION = '0.1.0';
/** The condition that `clear` takes away when everything runs. */
export const STARTING = 'start';

export function makeHealth(service: string): ServiceHealth {
  const metrics = new ServiceMetrics({ service, version: VERSION });
  const readiness = new Readiness();
  const health = { metrics, readiness };
  observeReadiness(health);
  readiness.block(STARTING, {
    reason: 'starting',
    sentence: `The ${service} is starting: it does not work yet.`,
  });
  return health;
}

/** What the log answers within a bound below that of readiness, so that it is the log that is named. */

const LOG_MS_MAX = 2_500;

/** The one reason that is a metric of its own, `waywarden_log_up`, whoever finds it out. */
export const LOG_UNAVAILABLE = {
  reason: 'log_unavailable',
  sentence: 'The event log does not answer: nothing is read, decided or written.',
} as const;

/** Undefined when it fails or takes longer. */
async function logAnswer<T>(work: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), LOG_MS_MAX);
  });
  try {
    return await Promise.race([work.catch(() => undefined), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Each topic is asked for once at a time: a log that is away answers all questions when it is back. */
export class TopicEnds {
  readonly #log: Pick<EventLog, 'endOffsets'>;
  readonly #asked = new Map<string, Promise<readonly number[]>>();

  constructor(log: Pick<EventLog, 'endOffsets'>) {
    this.#log = log;
  }

  /** By topic; undefined when not all answer within the bound. */
  of(topics: readonly string[]): Promise<ReadonlyMap<string, readonly number[]> | undefined> {
    const ends = topics.map(async (topic) => [topic, await this.#ask(topic)] as const);
    return logAnswer(Promise.all(ends).then((all) => new Map(all)));
  }

  #ask(topic: string): Promise<readonly number[]> {
    const known = this.#asked.get(topic);
    if (known !== undefined) return known;
    const asked = this.#log.endOffsets(topic).finally(() => this.#asked.delete(topic));
    asked.catch(() => undefined);
    this.#asked.set(topic, asked);
    return asked;
  }
}

/**
 * Whether the store answers `/ping` within a bound: one that hangs takes the connection and says
 * nothing.
 */
const STORE_MS_MAX = 2_500;

/** A condition of readiness, and `waywarden_store_up`. */
export function watchStore(url: string, { metrics, readiness }: ServiceHealth): void {
  let isUp = true;
  metrics.observe('waywarden_store_up', () => [{ labels: {}, value: isUp ? 1 : 0 }]);
  readiness.check('store', async () => {
    const why = await whyAway(new URL('/ping', url).href);
    isUp = why === undefined;
    return why === undefined ? undefined : problemOf(why);
  });
}

async function whyAway(url: string): Promise<string | undefined> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(STORE_MS_MAX) });
    await answer.text();
    return answer.ok ? undefined : `it answers ${answer.status}`;
  } catch (error) {
    const isLate = error instanceof Error && error.name === 'TimeoutError';
    return isLate ? `no answer in ${STORE_MS_MAX / 1000} s` : 'no connection';
  }
}

function problemOf(why: string): ReadinessProblem {
  const sentence = `The store does not answer (${why}). Events are still decided and stay in the log; nothing new is stored or shown.`;
  return { reason: 'store_unavailable', sentence };
}
