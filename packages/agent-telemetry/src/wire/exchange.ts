/** One line of a proxy: an HTTP exchange or a stdio line; base64 bodies, proxy's times. */
import { createHash } from 'node:crypto';
import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';
import { z } from 'zod';
import { entryOf, idOf, parsedJson, timeOf } from '../json/path.ts';

const LINE_CHARS_MAX = 16_000_000;
const BODY_BYTES_MAX = 8_000_000;
const HEADERS_MAX = 200;

const HEADERS = z.union([
  z.record(z.string(), z.unknown()),
  z.array(z.tuple([z.string(), z.unknown()])).max(HEADERS_MAX),
]);

const TIME = z.union([z.number(), z.string()]).nullish();

const LINE = z.object({
  kind: z.enum(['http', 'wire']),
  method: z.string().nullish(),
  path: z.string().nullish(),
  headers: HEADERS.nullish(),
  body_b64: z.string().nullish(),
  response: z
    .object({
      status: z.number().nullish(),
      headers: HEADERS.nullish(),
      at: TIME,
      ended_at: TIME,
      closed_early: z.unknown().optional(),
    })
    .nullish(),
  response_body_b64: z.string().nullish(),
  connection: z.union([z.string(), z.number()]).nullish(),
  at: TIME,
});

export type Headers = Readonly<Record<string, string>>;

/** `undefined`: HTTP, or unknown. */
export type Side = 'client' | 'server';

export interface ExchangeAnswer {
  readonly status: number | undefined;
  readonly headers: Headers;
  readonly body: string;
  readonly closedEarly: boolean;
}

export interface Exchange {
  /** Sent twice is one exchange. */
  readonly digest: string;
  readonly isStdio: boolean;
  readonly side: Side | undefined;
  readonly connection: string;
  readonly method: string;
  readonly path: string;
  readonly headers: Headers;
  readonly body: string;
  readonly answer: ExchangeAnswer | undefined;
  readonly at: number;
  readonly until: number | undefined;
}

export type ExchangeLine =
  | { readonly kind: 'read'; readonly exchange: Exchange }
  | { readonly kind: 'refused'; readonly problem: string };

function lowerCased(headers: z.infer<typeof HEADERS> | null | undefined): Headers {
  const pairs = Array.isArray(headers) ? headers : Object.entries(headers ?? {});
  const out = new Map<string, string>();
  for (const [name, value] of pairs.slice(0, HEADERS_MAX)) {
    const text = idOf(Array.isArray(value) ? value[0] : value);
    if (text !== undefined) out.set(name.toLowerCase().slice(0, 128), text);
  }
  return Object.fromEntries(out);
}

const DECODERS = new Map<string, (bytes: Uint8Array) => Uint8Array>([
  ['gzip', (bytes) => gunzipSync(bytes, { maxOutputLength: BODY_BYTES_MAX })],
  ['x-gzip', (bytes) => gunzipSync(bytes, { maxOutputLength: BODY_BYTES_MAX })],
  ['deflate', (bytes) => inflateSync(bytes, { maxOutputLength: BODY_BYTES_MAX })],
  ['br', (bytes) => brotliDecompressSync(bytes, { maxOutputLength: BODY_BYTES_MAX })],
]);

/** `undefined`: too long, or unreadable. */
function bodyText(base64: string | null | undefined, headers: Headers): string | undefined {
  const bytes = Buffer.from(base64 ?? '', 'base64');
  if (bytes.length > BODY_BYTES_MAX) return undefined;
  const encoding = headers['content-encoding']?.trim().toLowerCase() ?? 'identity';
  if (encoding === 'identity' || bytes.length === 0) return bytes.toString('utf8');
  const first = bytes[0];
  if (first === 0x7b || first === 0x5b) return bytes.toString('utf8');
  try {
    const decode = DECODERS.get(encoding);
    return decode === undefined ? undefined : Buffer.from(decode(bytes)).toString('utf8');
  } catch {
    return undefined;
  }
}

const SIDES: Readonly<Record<string, Side>> = {
  'client->server': 'client',
  'server->client': 'server',
};

function refused(problem: string): ExchangeLine {
  return { kind: 'refused', problem };
}

function answerOf(line: z.infer<typeof LINE>): ExchangeAnswer | 'unreadable' | undefined {
  const response = line.response;
  if (response === undefined || response === null) return undefined;
  const headers = lowerCased(response.headers);
  const body = bodyText(line.response_body_b64, headers);
  if (body === undefined) return 'unreadable';
  const closed = response.closed_early;
  return {
    status: response.status ?? undefined,
    headers,
    body,
    closedEarly: closed !== undefined && closed !== null && closed !== false,
  };
}

function exchangeOf(text: string, line: z.infer<typeof LINE>, receivedAt: number): ExchangeLine {
  const headers = lowerCased(line.headers);
  const body = bodyText(line.body_b64, headers);
  const answer = answerOf(line);
  if (body === undefined || answer === 'unreadable') {
    return refused(
      `A body of ${line.path ?? 'the exchange'} is longer than ${BODY_BYTES_MAX} bytes or compressed in a way that is not read; let the proxy report it as gzip, deflate, br or plain.`,
    );
  }
  const side = entryOf(SIDES, line.path ?? undefined);
  const begun = timeOf(line.at) ?? timeOf(line.response?.at);
  const until = timeOf(line.response?.ended_at);
  return {
    kind: 'read',
    exchange: {
      digest: createHash('sha256').update(text.trim()).digest('hex').slice(0, 24),
      isStdio: line.kind === 'wire' || side !== undefined,
      side,
      connection: idOf(line.connection) ?? '',
      method: (line.method ?? '').toUpperCase(),
      path: line.path ?? '',
      headers,
      body,
      answer,
      at: begun ?? until ?? receivedAt,
      until,
    },
  };
}

export function readExchange(text: string, receivedAt: number): ExchangeLine {
  if (text.length > LINE_CHARS_MAX) {
    return refused(
      `An exchange of ${text.length} characters is longer than ${LINE_CHARS_MAX}; report long bodies cut.`,
    );
  }
  const parsed = LINE.safeParse(parsedJson(text));
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const where = issue?.path.join('.') ?? '';
    return refused(
      `A line is no exchange: ${where === '' ? 'it is not one JSON object' : `${where}: ${issue?.message ?? 'wrong'}`}. Send one object a line with kind, method, path, headers, body_b64, response and response_body_b64.`,
    );
  }
  return exchangeOf(text, parsed.data, receivedAt);
}
