/**
 * `POST /v1/events`, `GET /health`, `GET /ready`, `GET /metrics`. The token is judged before the body
 * is read, so that nobody unknown can make the server hold megabytes.
 */
import { type EventLog, EventLogError } from '@waywarden/event-log';
import { TOPICS } from '@waywarden/schemas';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { TokenEntry, TokenStore } from '../adapters/token-store.ts';
import type { IngestTelemetry } from '../telemetry.ts';
import type { EventIntake } from './event-intake.ts';
import { errorBody, HTTP_ERRORS, type HttpErrorCode, HttpRefusal } from './http-error.ts';
import { readBody } from './read-body.ts';

export interface ServerParts {
  readonly log: EventLog;
  readonly intake: EventIntake;
  readonly tokens: () => TokenStore;
  readonly telemetry: IngestTelemetry;
  readonly nowMs: () => number;
  readonly bodyBytesMax: number;
}

const NDJSON = ['application/x-ndjson', 'application/ndjson', 'application/jsonl'];
const JSON_TYPES = ['application/json'];
const RETRY_AFTER_S = 2;
const BEARER = /^Bearer ([\w.~+/=-]{8,512})$/i;

/** fastify's own errors, as far as a sender can cause them. */
const FASTIFY_CODES: ReadonlyMap<string, HttpErrorCode> = new Map([
  ['FST_ERR_CTP_INVALID_MEDIA_TYPE', 'unsupported_media_type'],
  ['FST_ERR_CTP_BODY_TOO_LARGE', 'body_too_large'],
  ['FST_ERR_CTP_EMPTY_JSON_BODY', 'empty_body'],
]);

function tokenOf(request: FastifyRequest, parts: ServerParts): TokenEntry {
  const token = BEARER.exec(request.headers.authorization ?? '')?.[1];
  if (token === undefined) throw new HttpRefusal('no_token');
  const verdict = parts.tokens().judge(token, parts.nowMs());
  if (verdict.is === 'known') return verdict.entry;
  throw new HttpRefusal(`${verdict.is}_token`);
}

function codeOf(error: unknown): HttpErrorCode {
  if (error instanceof HttpRefusal) return error.code;
  if (!(error instanceof Error)) return 'internal';
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const known = FASTIFY_CODES.get(code);
  if (known !== undefined) return known;
  const status = 'statusCode' in error ? error.statusCode : undefined;
  return typeof status === 'number' && status >= 400 && status < 500 ? 'bad_request' : 'internal';
}

function answerError(error: unknown, reply: FastifyReply, parts: ServerParts): FastifyReply {
  const code = codeOf(error);
  const { status } = HTTP_ERRORS[code];
  parts.telemetry.refused(status, code);
  if (code === 'internal') parts.telemetry.failed(error);
  if (status === 503) reply.header('retry-after', String(RETRY_AFTER_S));
  if (status === 401) reply.header('www-authenticate', 'Bearer');
  return reply.code(status).send(errorBody(code));
}

function addEvents(server: FastifyInstance, parts: ServerParts): void {
  const grants = new WeakMap<FastifyRequest, TokenEntry>();
  server.route({
    method: 'POST',
    url: '/v1/events',
    onRequest: async (request) => {
      grants.set(request, tokenOf(request, parts));
      const encoding = request.headers['content-encoding'];
      if (encoding !== undefined && encoding !== 'identity') {
        throw new HttpRefusal('unsupported_media_type');
      }
    },
    handler: async (request, reply) => {
      const grant = grants.get(request);
      if (grant === undefined) throw new HttpRefusal('no_token');
      if (!(request.body instanceof Uint8Array)) throw new HttpRefusal('empty_body');
      const mediaType = (request.headers['content-type'] ?? '').split(';')[0]?.trim() ?? '';
      const items = readBody(request.body, NDJSON.includes(mediaType.toLowerCase()));
      return reply.code(202).send(await parts.intake.take(items, grant));
    },
  });
}

function addStatus(server: FastifyInstance, parts: ServerParts): void {
  server.get('/health', async () => ({ status: 'ok' }));
  server.get('/ready', async (_request, reply) => {
    try {
      await parts.log.describe(TOPICS.auditEvents.name);
      await parts.log.describe(TOPICS.auditDeadletter.name);
      return { ready: true };
    } catch (cause) {
      const reason = cause instanceof EventLogError ? cause.code : 'unavailable';
      return reply.code(503).send({ ready: false, reason });
    }
  });
  server.get('/metrics', async (_request, reply) =>
    reply.type('text/plain; version=0.0.4').send(parts.telemetry.exposition()),
  );
}

export function ingestServer(parts: ServerParts): FastifyInstance {
  const server = fastify({ logger: false, bodyLimit: parts.bodyBytesMax });
  server.removeAllContentTypeParsers();
  server.addContentTypeParser(
    [...NDJSON, ...JSON_TYPES],
    { parseAs: 'buffer' },
    (_request, body, done) => done(null, body),
  );
  server.setErrorHandler((error, _request, reply) => answerError(error, reply, parts));
  server.setNotFoundHandler((_request, reply) =>
    answerError(new HttpRefusal('not_found'), reply, parts),
  );
  addEvents(server, parts);
  addStatus(server, parts);
  return server;
}
