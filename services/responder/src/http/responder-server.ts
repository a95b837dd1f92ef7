/** The responder's own address, where it runs apart. */
import type { EventLog } from '@waywarden/event-log';
import type { JwsKeyRing } from '@waywarden/schemas';
import {
  HEALTH_PATHS,
  healthRoutes,
  type ServiceHealth,
  timeRequests,
} from '@waywarden/service-health';
import { type FastifyReply, fastify, LogController } from 'fastify';
import { ZodError } from 'zod';
import type { Lease } from '../lease/lease.ts';
import { CommandFeed } from '../runtime/command-feed.ts';
import { feedOrdersOf } from '../runtime/feed-orders.ts';
import type { Responder } from '../runtime/start-responder.ts';
import { containmentRoutes } from './containment-routes.ts';
import { operatorRoutes } from './operator-routes.ts';
import { RECEIVER_ROUTER, receiverRoutes } from './receiver-routes.ts';

const TENANT_DEFAULT = 'default';

export interface ResponderServerParts {
  readonly log: EventLog;
  readonly responder: Responder;
  readonly lease?: Lease;
  readonly commandKeys: JwsKeyRing;
  readonly health: ServiceHealth;
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
  readonly now: () => string;
}

export interface ResponderServer {
  readonly url: string;
  stop(): Promise<void>;
}

const FOLLOWING = {
  error: 'not_active',
  message: 'Another responder is active, or this one can not tell; ask the active one, or again.',
};

async function refuseUnlessOwner(lease: Lease | undefined, reply: FastifyReply): Promise<void> {
  if (lease === undefined || lease.report().state === 'held') return;
  await reply.code(503).header('retry-after', '1').send(FOLLOWING);
}

export async function startResponderServer(parts: ResponderServerParts): Promise<ResponderServer> {
  const { log, responder, lease, commandKeys, health, host, port, now } = parts;
  const feed = await CommandFeed.open({
    log,
    receiverKeys: responder.receiverKeys,
    orders: feedOrdersOf(responder),
    wallClock: now,
  });
  const app = fastify({
    logController: new LogController({ disableRequestLogging: true }),
    forceCloseConnections: true,
    routerOptions: RECEIVER_ROUTER,
  });
  app.setErrorHandler((error, _, reply) => {
    if (!(error instanceof ZodError)) throw error;
    const message = error.issues.map((one) => `${one.path.join('.')}: ${one.message}`).join('; ');
    return reply.code(400).send({ error: 'bad_request', message });
  });
  timeRequests(app, health.metrics);
  healthRoutes(app, health);
  app.addHook('onRequest', async ({ routeOptions }, reply) => {
    if (!HEALTH_PATHS.has(routeOptions.url ?? '')) await refuseUnlessOwner(lease, reply);
  });
  containmentRoutes(app, { responder, nowMs: () => Date.parse(now()) });
  operatorRoutes(app, { log, responder, tenant: TENANT_DEFAULT, now });
  receiverRoutes(app, { feed, commandKeys });
  const url = await app.listen({ host, port });
  const stop = async () => {
    await feed.close();
    await app.close();
  };
  return { url, stop };
}
