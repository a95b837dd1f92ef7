/** A client's request as its reader takes it, and of which form its headers say that it is. */
import type { IncomingHttpHeaders } from 'node:http';
import type { ClientRequest } from '@waywarden/agent-telemetry';
import type { ClientForm, ClientRoute } from './client-routes.ts';
import { isLines, isUtf8, typeOf } from './media-type.ts';
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
      : !isUtf8(headers)
        ? undefined
        : isLines(type)
          ? 'lines'
          : isJson
            ? 'json'
            : undefined;
  return form !== undefined && forms.includes(form) ? form : undefined;
}

export interface Received {
  readonly method: string;
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

/** What the reader is given: a hook's address may say whose it is, which its payload says too. */
export function clientRequest(route: ClientRoute, received: Received): ClientRequest {
  const { path, ...rest } = received;
  if (route.answer !== 'hook') return { ...rest, path };
  const query = path.includes('?') ? path.slice(path.indexOf('?')) : '';
  return { ...rest, path: `/v1/hooks${query}` };
}
