/** A client's request as its reader takes it: the form by its headers, and single runs as the batch that they are. */
import type { IncomingHttpHeaders } from 'node:http';
import type { ClientRequest } from '@waywarden/agent-telemetry';
import type { ClientForm, ClientRoute } from './client-routes.ts';
import { readExchanges } from './exchange-body.ts';
import { isUtf8, typeOf } from './media-type.ts';
import { PROTOBUF_TYPES } from './otlp-answer.ts';

const JSON_TYPE = /^application\/(?:[\w.+-]+\+)?json$/;

/** Undefined for a type that is not taken at this address; a body of no type is JSON where that is taken. */
export function clientForm(
  { forms }: ClientRoute,
  headers: IncomingHttpHeaders,
): ClientForm | undefined {
  const type = typeOf(headers);
  const isJson = type === '' || JSON_TYPE.test(type);
  const form: ClientForm | undefined = PROTOBUF_TYPES.has(type)
    ? 'protobuf'
    : type === 'multipart/form-data'
      ? 'multipart'
      : isJson && isUtf8(headers)
        ? 'json'
        : undefined;
  return form !== undefined && forms.includes(form) ? form : undefined;
}

export interface Received {
  readonly method: string;
  /** Without prefix, with its query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  readonly receivedAt: number;
}

/** Names in lower case already; what tells who sends is not handed on. */
export function plainHeaders(headers: IncomingHttpHeaders): Readonly<Record<string, string>> {
  const plain: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (name === 'authorization' || name === 'x-api-key' || value === undefined) continue;
    plain[name] = [value].flat().join(', ');
  }
  return plain;
}

const RUN_PATH = /^\/runs(?:\/([^/?]+))?(?:\?|$)/;

/** LangSmith's `POST /runs` and `PATCH /runs/:id`, as a batch of one; undefined for what is no object. */
function batchOfOne({ method, path, body }: Received): Uint8Array | undefined {
  const id = RUN_PATH.exec(path)?.[1];
  try {
    const run: unknown = JSON.parse(Buffer.from(body).toString('utf8'));
    if (typeof run !== 'object' || run === null) return undefined;
    const batch = method === 'PATCH' ? { patch: [{ ...run, id }] } : { post: [run] };
    return Buffer.from(JSON.stringify(batch));
  } catch {
    return undefined;
  }
}

/** What the reader is given; undefined for what can't be read. */
export function clientRequests(
  route: ClientRoute,
  received: Received,
): readonly ClientRequest[] | undefined {
  const { method, headers, body, receivedAt } = received;
  if (route.path === '/v1/exchanges') return readExchanges(body, receivedAt);
  const plain = { method, headers, receivedAt };
  if (route.path === '/runs' || route.path === '/runs/:id') {
    const batch = batchOfOne(received);
    return batch === undefined ? undefined : [{ ...plain, path: '/runs/batch', body: batch }];
  }
  const query = received.path.includes('?') ? received.path.slice(received.path.indexOf('?')) : '';
  const path = route.answer === 'hook' ? `/v1/hooks${query}` : received.path;
  return [{ ...plain, path, body }];
}
