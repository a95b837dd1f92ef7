/**
 * `POST /v1/events`, the addresses of clients, `GET /health`, `/ready` and `/metrics`: what is
 * answered to whom. `admission.ts` decides whether a body is read, `turns.ts` when it is worked on.
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { healthRoutes, type ServiceHealth, timeRequests } from '@waywarden/service-health';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { TokenEntry } from '../adapters/token-store.ts';
import type { ClientCalls } from '../calls/client-calls.ts';
import type { StoredRequests } from '../calls/stored-requests.ts';
import type { ReadItem } from '../core/formats/format-reader.ts';
import type { IntakeAnswer } from '../intake/event-intake.ts';
import {
  errorBody,
  HTTP_ERRORS,
  type HttpErrorCode,
  HttpRefusal,
  lineErrorBody,
} from '../intake/http-error.ts';
import { senderOf } from '../intake/in-hand.ts';
import type { IngestTelemetry } from '../intake/telemetry.ts';
import { sliceOf, type Turns } from '../intake/turns.ts';
import { type AdmissionParts, type Admitted, admit, RetryAfter, tokenOf } from './admission.ts';
import { otlpRefused, serverInfo } from './client-answer.ts';
import {
  CLIENT_ROUTES,
  type ClientRoute,
  clientPath,
  INFO_PATH,
  SEEN_PATH,
} from './client-routes.ts';
import {
  answerClientError,
  Connections,
  DISCARD_BYTES_MAX,
  discardRest,
  type HttpTimes,
  serverOptions,
} from './connection-limits.ts';
import { BodyReader, type ReadBody } from './read-body.ts';
import { receiveBody, SenderGone } from './receive-body.ts';
import { takeClient } from './take-client.ts';

export interface ServerParts extends AdmissionParts {
  readonly telemetry: IngestTelemetry;
  readonly calls: ClientCalls;
  readonly retained: StoredRequests;
  readonly health: ServiceHealth;
  readonly times: HttpTimes;
  readonly connectionsMax: number;
  readonly turns: Turns;
}

/** Says which of LangSmith's features are understood; SDKs compare it. */
const INFO_VERSION = '0.13.0';

interface Serving extends ServerParts {
  readonly connections: Connections;
  readonly retryAfter: RetryAfter;
  readonly asking: WeakSet<IncomingMessage>;
}

const OTLP_PATHS: ReadonlySet<string> = new Set(
  CLIENT_ROUTES.filter(({ answer }) => answer === 'otlp').map(({ path }) => path),
);

function codeOf(error: unknown): HttpErrorCode {
  if (error instanceof HttpRefusal) return error.code;
  const status = error instanceof Error && 'statusCode' in error ? error.statusCode : undefined;
  if (status === 415) return 'unsupported_media_type';
  return typeof status === 'number' && status >= 400 && status < 500 ? 'bad_request' : 'internal';
}

/** Closing comes before the answer: a socket closed with something unread takes it along. */
async function noteSeenOut(status: number, reply: FastifyReply, parts: Serving): Promise<void> {
  const { raw } = reply.request;
  // A late sender's rest would only be late again, and who asked first has sent nothing yet.
  if (status === 408 || parts.asking.has(raw)) {
    reply.header('connection', 'close');
    return;
  }
  const isKnown = status === 413 || status === 415 || status === 429 || status >= 500;
  const discarded = discardRest(raw, isKnown ? parts.bodyBytesMax : DISCARD_BYTES_MAX);
  if (!parts.connections.isTooMany(raw.socket)) return;
  await discarded;
  reply.header('connection', 'close');
}

async function answerError(error: unknown, reply: FastifyReply, parts: Serving) {
  const code = codeOf(error);
  const { status } = HTTP_ERRORS[code];
  parts.telemetry.refused(status, code);
  if (code === 'internal') parts.telemetry.failed(error);
  if (status === 503 || status === 429) {
    const sender = error instanceof HttpRefusal ? error.sender : undefined;
    reply.header('retry-after', String(parts.retryAfter.seconds(sender)));
  }
  if (status === 401) reply.header('www-authenticate', 'Bearer');
  await noteSeenOut(status, reply, parts);
  const { headers, routeOptions } = reply.request;
  if (!OTLP_PATHS.has(routeOptions.url ?? '')) return reply.code(status).send(errorBody(code));
  const { type, body } = otlpRefused(headers, code);
  return reply.code(status).type(type).send(body);
}

function* itemsOf(body: ReadBody & { readonly ok: true }): Generator<ReadItem> {
  for (const piece of body.pieces) yield body.read(piece);
}

type Slice = ReturnType<typeof sliceOf>;

const NOT_JSON = { code: 'not_json', field: '', reason: 'the document is not JSON' } as const;

async function brokenElement(
  body: ReadBody & { readonly ok: true },
  run: (slice: () => Slice) => Promise<Slice>,
): Promise<number | undefined> {
  const items = itemsOf(body);
  for (;;) {
    const { slice, isLast } = await run(() => sliceOf(items));
    const broken = slice.find(({ problem }) => problem?.code === 'not_json');
    if (broken !== undefined || isLast) return broken?.line;
  }
}

async function receive(request: FastifyRequest, admitted: Admitted, parts: Serving) {
  const { form, packing, hold, token } = admitted;
  const reader = new BodyReader(form, request.headers);
  await receiveBody(request.raw, {
    packing,
    hold,
    bytesMax: parts.bodyBytesMax,
    pauseMsMax: parts.times.bodyPauseMsMax,
    sink: (chunk) => reader.push(chunk),
  });
  const body = reader.end();
  if (!body.ok) return { broken: body.line } as const;
  const sender = senderOf(token);
  const run = (slice: () => Slice) => parts.turns.run(sender, slice);
  const broken = reader.isDocument ? await brokenElement(body, run) : undefined;
  return broken === undefined ? ({ body } as const) : ({ broken } as const);
}

function answer(taken: IntakeAnswer, reply: FastifyReply, parts: Serving): FastifyReply {
  const [first] = taken.errors;
  if (first === undefined || taken.accepted + taken.duplicates > 0) {
    return reply.code(202).send(taken);
  }
  parts.telemetry.refused(400, first.code);
  return reply.code(400).send({ ...lineErrorBody(first), ...taken });
}

function noteEvents(token: TokenEntry, { accepted, errors }: IntakeAnswer, parts: Serving): void {
  const summary = parts.calls.seen.summaryOf(token);
  const now = parts.nowMs();
  summary.noteEvents(accepted, now);
  const [first] = errors;
  if (first !== undefined) summary.noteRefused('records', errors.length, first.code, now);
}

async function takeEvents(
  request: FastifyRequest,
  reply: FastifyReply,
  parts: Serving,
): Promise<FastifyReply> {
  const admitted = await admit(request, parts, parts.connections);
  if (parts.asking.delete(request.raw)) reply.raw.writeContinue();
  let received: Awaited<ReturnType<typeof receive>>;
  try {
    received = await receive(request, admitted, parts);
  } catch (error) {
    admitted.hold.release();
    if (error instanceof SenderGone) return reply.hijack();
    if (error instanceof HttpRefusal) parts.refusedTo(admitted.token, error);
    throw error;
  }
  if (received.body === undefined) {
    admitted.hold.release();
    parts.telemetry.refused(400, NOT_JSON.code);
    return reply.code(400).send(lineErrorBody({ ...NOT_JSON, line: received.broken }));
  }
  const { token, hold } = admitted;
  const taken = await parts.intake.take(itemsOf(received.body), token, hold.release);
  noteEvents(token, taken, parts);
  return answer(taken, reply, parts);
}

export interface IngestServer {
  /** For whoever listens on another server. `asks`: its sender waits for `100 Continue`. */
  answer(request: IncomingMessage, response: ServerResponse, asks?: boolean): void;
  listen(at: { readonly host: string; readonly port: number }): Promise<string>;
  close(): Promise<void>;
}

function clientRoutes(server: FastifyInstance, serving: Serving): void {
  const goOn = ({ raw }: FastifyRequest, reply: FastifyReply) => {
    if (serving.asking.delete(raw)) reply.raw.writeContinue();
  };
  const parts = { ...serving, goOn };
  const add = (route: ClientRoute) =>
    server.route({
      method: route.method,
      url: route.path,
      handler: (request, reply) => takeClient(route, request, reply, parts),
    });
  for (const route of CLIENT_ROUTES) add(route);
  const info = serverInfo(INFO_VERSION, serving.bodyBytesMax);
  server.get(INFO_PATH, (_request, reply) => reply.send(info));
  server.get(SEEN_PATH, async (request, reply) => {
    const token = await tokenOf(request.headers, serving, serving.nowMs());
    return reply.send(serving.calls.seen.seenOf(token));
  });
}

function routes(server: FastifyInstance, serving: Serving): void {
  timeRequests(server, serving.health.metrics);
  // Bodies are read by the handler, within its bounds, and only after the headers were judged.
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', (_request, _payload, done) => done(null));
  server.setErrorHandler((error, _request, reply) => answerError(error, reply, serving));
  server.setNotFoundHandler((_request, reply) =>
    answerError(new HttpRefusal('not_found'), reply, serving),
  );
  server.post('/v1/events', (request, reply) => takeEvents(request, reply, serving));
  clientRoutes(server, serving);
  healthRoutes(server, serving.health);
}

export async function ingestServer(parts: ServerParts, front?: Server): Promise<IngestServer> {
  const { keepAliveTimeout, requestTimeout, ...http } = serverOptions(parts.times);
  const server = fastify({
    logger: false,
    rewriteUrl: ({ method, url }) => clientPath(method, url) ?? url ?? '/',
    requestTimeout,
    keepAliveTimeout,
    http,
    // Before any route: a path that isn't one.
    frameworkErrors: (_error, _request, reply: FastifyReply) => {
      parts.telemetry.refused(400, 'bad_request');
      void reply.code(400).send(errorBody('bad_request'));
    },
    clientErrorHandler: (error, socket) => {
      const code = answerClientError(error, socket);
      parts.telemetry.refused(HTTP_ERRORS[code].status, code);
    },
  });
  const arrived = () => parts.turns.arrival();
  const serving: Serving = {
    ...parts,
    connections: new Connections(front ?? server.server, parts.connectionsMax, arrived),
    retryAfter: new RetryAfter(parts.intake),
    asking: new WeakSet(),
  };
  routes(server, serving);
  const answer: IngestServer['answer'] = (request, response, asks = false) => {
    if (asks) serving.asking.add(request);
    server.routing(request, response);
  };
  server.server.on('checkContinue', (request, response) => answer(request, response, true));
  await server.ready();
  return { answer, listen: (at) => server.listen(at), close: () => server.close() };
}
