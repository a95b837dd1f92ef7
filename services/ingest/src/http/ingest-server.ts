/**
 * `POST /v1/events`, `GET /health`, `GET /ready`, `GET /metrics`. The token is judged before the body
 * is read, and a place is taken before its first byte, so that nobody unknown can make the server
 * hold anything and nobody known more than there is room for.
 */
import { type EventLog, EventLogError } from '@waywarden/event-log';
import { TOPICS } from '@waywarden/schemas';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { TokenEntry, TokenStore } from '../adapters/token-store.ts';
import type { ReadItem } from '../core/formats/format-reader.ts';
import type { IngestTelemetry } from '../telemetry.ts';
import {
  CONNECTIONS_MAX,
  codeOfClientError,
  discardRest,
  HEADER_BYTES_MAX,
  type HttpTimes,
  lookEveryMs,
  refuseConnection,
} from './connection-limits.ts';
import type { EventIntake, IntakeAnswer } from './event-intake.ts';
import {
  errorBody,
  HTTP_ERRORS,
  type HttpErrorCode,
  HttpRefusal,
  lineErrorBody,
} from './http-error.ts';
import type { Hold, InHand } from './in-hand.ts';
import { type BodyForm, bodyForm, isPacked } from './media-type.ts';
import { BodyReader, type ReadBody } from './read-body.ts';
import { receiveBody, SenderGone } from './receive-body.ts';

export interface ServerParts {
  readonly log: EventLog;
  readonly intake: EventIntake;
  readonly inHand: InHand;
  readonly tokens: () => TokenStore;
  readonly telemetry: IngestTelemetry;
  readonly nowMs: () => number;
  readonly bodyBytesMax: number;
  readonly times: HttpTimes;
}

const RETRY_AFTER_S = 2;
const BEARER = /^Bearer ([\w.~+/=-]{8,512})$/i;

function tokenOf(request: FastifyRequest, parts: ServerParts): TokenEntry {
  const token = BEARER.exec(request.headers.authorization ?? '')?.[1];
  if (token === undefined) throw new HttpRefusal('no_token');
  const verdict = parts.tokens().judge(token, parts.nowMs());
  if (verdict.is === 'known') return verdict.entry;
  throw new HttpRefusal(`${verdict.is}_token`);
}

function codeOf(error: unknown): HttpErrorCode {
  if (error instanceof HttpRefusal) return error.code;
  const status = error instanceof Error && 'statusCode' in error ? error.statusCode : undefined;
  if (status === 415) return 'unsupported_media_type';
  return typeof status === 'number' && status >= 400 && status < 500 ? 'bad_request' : 'internal';
}

function answerError(error: unknown, reply: FastifyReply, parts: ServerParts): FastifyReply {
  const code = codeOf(error);
  const { status } = HTTP_ERRORS[code];
  parts.telemetry.refused(status, code);
  if (code === 'internal') parts.telemetry.failed(error);
  if (status === 503 || status === 429) reply.header('retry-after', String(RETRY_AFTER_S));
  if (status === 401) reply.header('www-authenticate', 'Bearer');
  // A late sender's rest is not waited for: it would only be late again.
  if (status === 408) reply.header('connection', 'close');
  else discardRest(reply.request.raw);
  return reply.code(status).send(errorBody(code));
}

interface Admitted {
  readonly token: TokenEntry;
  readonly form: BodyForm;
  readonly packed: boolean;
  readonly hold: Hold;
}

/** All that can be refused by the headers alone. */
function admit(request: FastifyRequest, parts: ServerParts): Admitted {
  const token = tokenOf(request, parts);
  const form = bodyForm(request.headers);
  const packed = isPacked(request.headers);
  if (form === undefined || packed === undefined) throw new HttpRefusal('unsupported_media_type');
  const length = Number(request.headers['content-length'] ?? 0);
  if (length > parts.bodyBytesMax) throw new HttpRefusal('body_too_large');
  if (parts.intake.unwell === 'append_overdue') throw new HttpRefusal('log_unavailable');
  const hold = parts.inHand.take(token.tenant, length);
  if (hold === undefined) throw new HttpRefusal('busy');
  return { token, form, packed, hold };
}

/** Lines and elements become items one by one, when the acceptor asks for them. */
function* itemsOf(body: ReadBody & { readonly ok: true }): Generator<ReadItem> {
  for (const piece of body.pieces) yield body.read(piece);
}

const NOT_JSON = { code: 'not_json', field: '', reason: 'the document is not JSON' } as const;

/** The first element of a document that is not JSON; undefined when all are. */
function brokenElement(body: ReadBody & { readonly ok: true }): number | undefined {
  for (const item of itemsOf(body)) if (item.problem?.code === 'not_json') return item.line;
  return undefined;
}

async function receive(request: FastifyRequest, admitted: Admitted, parts: ServerParts) {
  const { form, packed, hold } = admitted;
  const reader = new BodyReader(form, request.headers);
  await receiveBody(request.raw, {
    packed,
    hold,
    bytesMax: parts.bodyBytesMax,
    pauseMsMax: parts.times.bodyPauseMsMax,
    sink: (chunk) => reader.push(chunk),
  });
  const body = reader.end();
  if (!body.ok) return { broken: body.line } as const;
  const broken = reader.isDocument ? brokenElement(body) : undefined;
  return broken === undefined ? ({ body } as const) : ({ broken } as const);
}

function answer(taken: IntakeAnswer, reply: FastifyReply, parts: ServerParts): FastifyReply {
  const [first] = taken.errors;
  if (first === undefined || taken.accepted + taken.duplicates > 0) {
    return reply.code(202).send(taken);
  }
  parts.telemetry.refused(400, first.code);
  return reply.code(400).send({ ...lineErrorBody(first), ...taken });
}

async function takeEvents(
  request: FastifyRequest,
  reply: FastifyReply,
  parts: ServerParts,
): Promise<FastifyReply> {
  const admitted = admit(request, parts);
  let received: Awaited<ReturnType<typeof receive>>;
  try {
    received = await receive(request, admitted, parts);
  } catch (error) {
    admitted.hold.release();
    // Nobody is there to answer; nothing was written.
    if (error instanceof SenderGone) return reply.hijack();
    throw error;
  }
  if (received.body === undefined) {
    admitted.hold.release();
    parts.telemetry.refused(400, NOT_JSON.code);
    return reply.code(400).send(lineErrorBody({ ...NOT_JSON, line: received.broken }));
  }
  const { token, hold } = admitted;
  const taken = await parts.intake.take(itemsOf(received.body), token, hold.release);
  return answer(taken, reply, parts);
}

function addStatus(server: FastifyInstance, parts: ServerParts): void {
  server.get('/health', async () => ({ status: 'ok' }));
  server.get('/ready', async (_request, reply) => {
    try {
      await parts.log.describe(TOPICS.auditEvents.name);
      await parts.log.describe(TOPICS.auditDeadletter.name);
      const reason = parts.intake.unwell;
      if (reason === undefined) return { ready: true };
      return reply.code(503).send({ ready: false, reason });
    } catch (cause) {
      const reason = cause instanceof EventLogError ? cause.code : 'unavailable';
      return reply.code(503).send({ ready: false, reason });
    }
  });
  server.get('/metrics', async (_request, reply) => {
    const { bodies, bytes } = parts.inHand;
    const text = `ingest_bodies_in_hand ${bodies}\ningest_bytes_in_hand ${bytes}\n`;
    return reply.type('text/plain; version=0.0.4').send(parts.telemetry.exposition() + text);
  });
}

export function ingestServer(parts: ServerParts): FastifyInstance {
  const { times } = parts;
  const server = fastify({
    logger: false,
    requestTimeout: times.requestMsMax,
    keepAliveTimeout: times.idleMsMax,
    http: {
      headersTimeout: times.headersMsMax,
      maxHeaderSize: HEADER_BYTES_MAX,
      connectionsCheckingInterval: lookEveryMs(times),
    },
    clientErrorHandler: (error, socket) => {
      const code = codeOfClientError(error);
      parts.telemetry.refused(HTTP_ERRORS[code].status, code);
      refuseConnection(socket, code);
    },
  });
  server.server.maxConnections = CONNECTIONS_MAX;
  // Bodies are read by the handler, within its bounds, and only after the headers were judged.
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', (_request, _payload, done) => done(null));
  server.setErrorHandler((error, _request, reply) => answerError(error, reply, parts));
  server.setNotFoundHandler((_request, reply) =>
    answerError(new HttpRefusal('not_found'), reply, parts),
  );
  server.post('/v1/events', (request, reply) => takeEvents(request, reply, parts));
  addStatus(server, parts);
  return server;
}
