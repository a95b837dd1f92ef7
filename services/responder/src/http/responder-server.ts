/** The responder's own address, where it runs apart. */

import { createHash, type Hash } from 'node:crypto';
import { type Readable, Transform } from 'node:stream';
import type { EventLog } from '@waywarden/event-log';
import { ID_LENGTH_MAX, type JwsKeyRing } from '@waywarden/schemas';
import {
  HEALTH_PATHS,
  healthRoutes,
  type ServiceHealth,
  timeRequests,
} from '@waywarden/service-health';
import {
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  fastify,
  LogController,
} from 'fastify';
import { ZodError, z } from 'zod';
import type { Lease } from '../lease/lease.ts';
import { feedOrdersOf } from '../runtime/collect-commands.ts';
import { CommandFeed } from '../runtime/command-feed.ts';
import { NO_BODY } from '../runtime/request-proof.ts';
import type { Responder } from '../runtime/start-responder.ts';
import { containmentRoutes } from './containment-routes.ts';
import { operatorRoutes } from './operator-routes.ts';
import { previewRoute } from './preview-route.ts';

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
  previewRoute(app, { responder, tenant: TENANT_DEFAULT, nowMs: () => Date.parse(now()) });
  receiverRoutes(app, { feed, commandKeys });
  const url = await app.listen({ host, port });
  const stop = async () => {
    await feed.close();
    await app.close();
  };
  return { url, stop };
}

/** Public keys of commands, as a JWK Set. */
export function commandKeySet(keys: JwsKeyRing): { readonly keys: readonly object[] } {
  return {
    keys: [...keys.values()].map(({ kid, alg, publicKey }) => ({
      ...publicKey.export({ format: 'jwk' }),
      kid,
      alg,
      use: 'sig',
    })),
  };
}

const WAIT_S_MAX = 30;
const LIMIT_MAX = 500;
const RECEIPTS_MAX = 500;
const RECEIPT_LENGTH_MAX = 16_384;
const BODY_BYTES_MAX = 8 * 1024 * 1024;
const receiverParameter = z.object({ receiver: z.string().min(1).max(ID_LENGTH_MAX) });
/** Addresses of command receivers (docs/receiver-openapi.yaml). */
export const RECEIVER_ROUTER = { maxParamLength: 9 * ID_LENGTH_MAX } as const;
const pollQuery = z.object({
  tenant: z.string().min(1).max(128),
  after: z.string().max(65_536).optional(),
  wait: z.coerce.number().min(0).max(WAIT_S_MAX).default(25),
  limit: z.coerce.number().int().min(1).max(LIMIT_MAX).default(100),
});
const receiptsBody = z.object({
  tenant: z.string().min(1).max(128),
  receipts: z.array(z.string().max(RECEIPT_LENGTH_MAX)).min(1).max(RECEIPTS_MAX),
});

interface ReceiverRouteParts {
  readonly feed: CommandFeed;
  readonly commandKeys: JwsKeyRing;
}

const PROVE =
  'Sign "METHOD path?query", a line feed and the body’s SHA-256 with the key that the registry has for this receiver; header aud, iat and a jti of its own for every request. See docs/receiver-openapi.yaml.';

/** The parser keeps no bytes. */
const digests = new WeakMap<FastifyRequest, Hash>();

function digestOf(request: FastifyRequest, body: Readable): Readable {
  const hash = createHash('sha256');
  digests.set(request, hash);
  const through = new Transform({
    transform: (chunk: Buffer, _, done) => {
      hash.update(chunk);
      done(null, chunk);
    },
  });
  return body.pipe(through);
}

interface Asked {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly tenant: string;
}

async function isProven({ feed }: ReceiverRouteParts, { request, reply, tenant }: Asked) {
  const { receiver } = receiverParameter.parse(request.params);
  const proof = request.headers['ww-proof'];
  const of = { tenantId: tenant, receiver, method: request.method, path: request.url };
  const bodyDigest = digests.get(request)?.digest('hex') ?? NO_BODY;
  const refused = await feed.refuse({ ...of, bodyDigest }, Array.isArray(proof) ? proof[0] : proof);
  if (refused === undefined) return true;
  const message = `The header ww-proof does not show that this is receiver ${receiver} of tenant ${tenant}: ${refused}.`;
  await reply.code(401).send({ error: refused, message, what_to_do: PROVE });
  return false;
}

export function receiverRoutes(app: FastifyInstance, parts: ReceiverRouteParts): void {
  const { feed, commandKeys } = parts;
  app.get('/v1/receivers/command-keys', async () => commandKeySet(commandKeys));
  app.get('/v1/receivers/:receiver/commands', async (request, reply) => {
    const { receiver } = receiverParameter.parse(request.params);
    const { tenant: tenantId, after, wait, limit } = pollQuery.parse(request.query);
    if (!(await isProven(parts, { request, reply, tenant: tenantId }))) return reply;
    const gone = new AbortController();
    reply.raw.once('close', () => gone.abort());
    const polled = await feed.poll({
      tenantId,
      receiver,
      after: after ?? null,
      waitMs: wait * 1000,
      limit,
      signal: gone.signal,
    });
    if (polled !== undefined) return polled;
    return reply.code(400).send({
      error: 'bad_cursor',
      message: '`after` is no cursor of an earlier answer.',
      what_to_do: 'Leave it out to begin with the earliest command that is kept.',
    });
  });
  app.post(
    '/v1/receivers/:receiver/receipts',
    {
      bodyLimit: BODY_BYTES_MAX,
      preParsing: async (request, _, body) => digestOf(request, body),
    },
    async (request, reply) => {
      const { receiver } = receiverParameter.parse(request.params);
      const { tenant: tenantId, receipts } = receiptsBody.parse(request.body);
      if (!(await isProven(parts, { request, reply, tenant: tenantId }))) return reply;
      return reply.code(202).send(await feed.take({ tenantId, receiver }, receipts));
    },
  );
}
