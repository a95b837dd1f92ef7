/** Addresses of command receivers (docs/receiver-openapi.yaml). */
import { createHash, type Hash } from 'node:crypto';
import { type Readable, Transform } from 'node:stream';
import { ID_LENGTH_MAX, type JwsKeyRing } from '@waywarden/schemas';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { CommandFeed } from '../runtime/command-feed.ts';
import { NO_BODY } from '../runtime/request-proof.ts';

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

export interface ReceiverRouteParts {
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
