/** One request of a client: joined with others of its source, answered once the log has it. */
import type { IncomingHttpHeaders } from 'node:http';
import type { ClientRequest } from '@waywarden/agent-telemetry';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { TokenEntry } from '../adapters/token-store.ts';
import type { ClientCalls } from '../calls/client-calls.ts';
import type { StoredRequests } from '../calls/stored-requests.ts';
import { HttpRefusal } from '../intake/http-error.ts';
import { senderOf } from '../intake/in-hand.ts';
import type { IngestTelemetry } from '../intake/telemetry.ts';
import type { Turns } from '../intake/turns.ts';
import { type AdmissionParts, admitAs } from './admission.ts';
import { answerClient, isUnreadable, PROTOBUF_TYPES, type Taken } from './client-answer.ts';
import type { ClientForm, ClientRoute } from './client-routes.ts';
import type { Connections, HttpTimes } from './connection-limits.ts';
import { isLines, isUtf8, mediaTypeOf } from './read-body.ts';
import { receiveBody, SenderGone } from './receive-body.ts';

const JSON_TYPE = /^application\/(?:[\w.+-]+\+)?json$/;

function clientForm({ forms }: ClientRoute, headers: IncomingHttpHeaders): ClientForm | undefined {
  const type = mediaTypeOf(headers);
  const isJson = type === '' || JSON_TYPE.test(type);
  const form: ClientForm | undefined = PROTOBUF_TYPES.has(type)
    ? 'protobuf'
    : type === 'multipart/form-data'
      ? 'multipart'
      : !isUtf8(headers)
        ? undefined
        : isLines(type)
          ? 'lines'
          : isJson
            ? 'json'
            : undefined;
  return form !== undefined && forms.includes(form) ? form : undefined;
}

interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  readonly receivedAt: number;
}

/** Names in lower case already; what tells who sends is not handed on. */
function plainHeaders(headers: IncomingHttpHeaders): Readonly<Record<string, string>> {
  const plain: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (name === 'authorization' || name === 'x-api-key' || value === undefined) continue;
    plain[name] = [value].flat().join(', ');
  }
  return plain;
}

function clientRequest(route: ClientRoute, received: Received): ClientRequest {
  const { path, ...rest } = received;
  if (route.answer !== 'hook') return { ...rest, path };
  const query = path.includes('?') ? path.slice(path.indexOf('?')) : '';
  return { ...rest, path: `/v1/hooks${query}` };
}

interface ClientServing extends AdmissionParts {
  readonly calls: ClientCalls;
  readonly retained: StoredRequests;
  readonly telemetry: IngestTelemetry;
  readonly times: HttpTimes;
  readonly turns: Turns;
  readonly connections: Connections;
  readonly goOn: (request: FastifyRequest, reply: FastifyReply) => void;
}

const DROPPED: Taken = { observed: 0, rejected: 0, problem: undefined };

type Admitted = Awaited<ReturnType<typeof admitAs>>;

async function bodyOf(request: FastifyRequest, admitted: Admitted, parts: ClientServing) {
  const chunks: Uint8Array[] = [];
  await receiveBody(request.raw, {
    packing: admitted.packing,
    hold: admitted.hold,
    bytesMax: parts.bodyBytesMax,
    pauseMsMax: parts.times.bodyPauseMsMax,
    sink: (chunk) => chunks.push(chunk),
  });
  return Buffer.concat(chunks);
}

/** One slice of work: a body can't be read in parts, and its length is bounded. */
export function readReceived(
  route: ClientRoute,
  received: Received,
  token: TokenEntry,
  calls: ClientCalls,
): Taken {
  const { observations, rejected, problem } = calls.take(clientRequest(route, received), token);
  return { observed: observations.length, rejected, problem };
}

export async function takeClient(
  route: ClientRoute,
  request: FastifyRequest,
  reply: FastifyReply,
  parts: ClientServing,
): Promise<FastifyReply> {
  const admitted = await admitAs(request, parts, parts.connections, (headers) =>
    clientForm(route, headers),
  );
  try {
    parts.calls.admit(admitted.token);
    parts.goOn(request, reply);
    const body = await bodyOf(request, admitted, parts);
    if (route.isDropped === true) {
      parts.telemetry.metricsDropped();
      return answerClient(route, DROPPED, request, reply);
    }
    const { token } = admitted;
    const { method, url: path } = request;
    const headers = plainHeaders(request.headers);
    const received = { method, path, headers, body, receivedAt: parts.nowMs() };
    const taken = await parts.turns.run(senderOf(token), () =>
      readReceived(route, received, token, parts.calls),
    );
    parts.telemetry.observed(route.path, taken);
    if (isUnreadable(taken)) throw new HttpRefusal('unreadable_body');
    if (taken.observed > 0) await parts.retained.keep({ ...received, route: route.path }, token);
    return answerClient(route, taken, request, reply);
  } catch (error) {
    if (error instanceof SenderGone) return reply.hijack();
    if (error instanceof HttpRefusal) parts.refusedTo(admitted.token, error);
    throw error;
  } finally {
    admitted.hold.release();
  }
}
