/** What each kind of client is told of what it sent: in the words that it knows. */
import type { IncomingHttpHeaders } from 'node:http';
import type { ReadResult } from '@waywarden/agent-telemetry';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { errorBody, HTTP_ERRORS, type HttpErrorCode } from '../intake/http-error.ts';
import type { ClientRoute } from './client-routes.ts';
import { mediaTypeOf } from './read-body.ts';

export const PROTOBUF_TYPES: ReadonlySet<string> = new Set([
  'application/x-protobuf',
  'application/protobuf',
]);

interface EncodedAnswer {
  readonly type: string;
  readonly body: string | Uint8Array;
}

/** Codes of google.rpc.Status (google/rpc/code.proto) by the status of HTTP. */
const RPC_CODES: Readonly<Record<number, number>> = {
  ...{ 400: 3, 401: 16, 403: 7, 404: 5, 408: 4, 413: 8, 415: 3, 429: 8, 431: 8, 500: 13, 503: 14 },
};
const RPC_UNKNOWN = 2;

const VARINT = 0;
const LENGTH_DELIMITED = 2;

function varint(value: number): readonly number[] {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 127) {
    bytes.push((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  return [...bytes, rest];
}

function field(number: number, value: number | Uint8Array): Uint8Array {
  if (typeof value === 'number') return Uint8Array.from([number * 8 + VARINT, ...varint(value)]);
  return Buffer.concat([
    Uint8Array.from([number * 8 + LENGTH_DELIMITED, ...varint(value.length)]),
    value,
  ]);
}

const isProtobuf = (headers: IncomingHttpHeaders): boolean =>
  PROTOBUF_TYPES.has(mediaTypeOf(headers));

const protobuf = (body: Uint8Array): EncodedAnswer => ({ type: 'application/x-protobuf', body });
const json = (value: unknown): EncodedAnswer => ({
  type: 'application/json',
  body: JSON.stringify(value),
});

interface Partial {
  readonly rejected: number;
  readonly problem: string | undefined;
}

export function otlpAccepted(
  headers: IncomingHttpHeaders,
  counted: string,
  { rejected, problem }: Partial,
): EncodedAnswer {
  const isWhole = rejected === 0 && problem === undefined;
  const message = problem ?? 'Some records could not be read.';
  if (isProtobuf(headers)) {
    if (isWhole) return protobuf(new Uint8Array(0));
    const count = rejected === 0 ? new Uint8Array(0) : field(1, rejected);
    return protobuf(field(1, Buffer.concat([count, field(2, Buffer.from(message))])));
  }
  if (isWhole) return json({});
  // 64-bit integers are texts in protobuf's JSON.
  const count = rejected === 0 ? {} : { [`rejected${counted}`]: String(rejected) };
  return json({ partialSuccess: { ...count, errorMessage: message } });
}

export function otlpRefused(headers: IncomingHttpHeaders, code: HttpErrorCode): EncodedAnswer {
  const { detail, what_to_do: whatToDo } = errorBody(code);
  const message = `${detail} ${whatToDo}`;
  const rpc = RPC_CODES[HTTP_ERRORS[code].status] ?? RPC_UNKNOWN;
  if (!isProtobuf(headers)) return json({ code: rpc, message, error: code });
  return protobuf(Buffer.concat([field(1, rpc), field(2, Buffer.from(message))]));
}

const PROBLEM_LENGTH_MAX = 500;
const BATCH_ITEMS_MAX = 100;

export type Taken = Pick<ReadResult, 'rejected' | 'problem'> & { readonly observed: number };

/** Nothing of it could be read: the same body would be refused again. */
export function isUnreadable({ observed, rejected, problem }: Taken): boolean {
  return observed === 0 && rejected > 0 && problem !== undefined;
}

export function answerClient(
  { answer, counted = 'Spans' }: ClientRoute,
  taken: Taken,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const problem = taken.problem?.slice(0, PROBLEM_LENGTH_MAX);
  switch (answer) {
    case 'otlp': {
      const { rejected } = taken;
      const { type, body } = otlpAccepted(request.headers, counted, { rejected, problem });
      return reply.code(200).type(type).send(body);
    }
    case 'langsmith':
      return reply.code(202).send({ message: 'Runs batch ingested' });
    case 'hook':
      // Anything else would be a decision about the call, which a coding agent would obey.
      return reply.code(200).send({});
    case 'plain':
      return reply
        .code(202)
        .send({ rejected: taken.rejected, ...(problem !== undefined && { problem }) });
  }
}

/** As LangSmith's server describes itself; SDKs choose their address and encoding by it. */
export function serverInfo(version: string, bodyBytesMax: number): object {
  return {
    version,
    license_expiration_time: null,
    batch_ingest_config: {
      use_multipart_endpoint: true,
      scale_up_qsize_trigger: 1_000,
      scale_up_nthreads_limit: 4,
      scale_down_nempty_trigger: 4,
      size_limit: BATCH_ITEMS_MAX,
      size_limit_bytes: bodyBytesMax,
    },
    instance_flags: { zstd_compression_enabled: true, gzip_body_enabled: true },
  };
}
