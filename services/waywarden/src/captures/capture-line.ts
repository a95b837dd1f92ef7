/** One line of a recording, and its request to ingest with our token. */
import { z } from 'zod';

const text = z.string();
const headers = z.union([z.record(text, text), z.array(z.tuple([text, text]))]);
const line = z.looseObject({
  n: z.number(),
  kind: z.enum(['http', 'wire', 'hook', 'notify']),
  method: text.nullish(),
  path: text.nullish(),
  headers: headers.nullish(),
  body_b64: text.nullish(),
  response: z.looseObject({}).nullish(),
  payload: z.unknown().optional(),
  event: text.nullish(),
});
export type CaptureLine = z.infer<typeof line>;

export interface CaptureRequest {
  readonly n: number;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | undefined;
}

type Headers = Readonly<Record<string, string>>;

/** Undefined: no recording. */
export function parseCaptureLine(json: string): CaptureLine | undefined {
  try {
    const parsed = line.safeParse(JSON.parse(json));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

function lowerHeaders(given: CaptureLine['headers']): Headers {
  const pairs = Array.isArray(given) ? given : Object.entries(given ?? {});
  return Object.fromEntries(pairs.map(([name, value]) => [name.toLowerCase(), value]));
}

const OF_CONNECTION = new Set([
  'host',
  'content-length',
  'connection',
  'keep-alive',
  'transfer-encoding',
  'expect',
  'upgrade',
  'te',
  'trailer',
]);

/** Else as Bearer. */
function withToken(recorded: Headers, token: string): Headers {
  const retained = Object.entries(recorded).filter(
    ([name]) => !OF_CONNECTION.has(name) && name !== 'authorization' && name !== 'x-api-key',
  );
  const { authorization = '' } = recorded;
  const own: Headers =
    recorded['x-api-key'] !== undefined
      ? { 'x-api-key': token }
      : /^basic /i.test(authorization)
        ? { authorization: `Basic ${Buffer.from(`pk:${token}`).toString('base64')}` }
        : { authorization: `Bearer ${token}` };
  return { ...Object.fromEntries(retained), ...own };
}

function jsonRequest(n: number, path: string, token: string, body: unknown): CaptureRequest {
  return {
    n,
    method: 'POST',
    path,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify(body) ?? 'null'),
  };
}

export function captureRequest(one: CaptureLine, token: string): CaptureRequest {
  const { n, kind, method, path, event } = one;
  if (kind === 'notify') return jsonRequest(n, '/v1/hooks?event=notify', token, one.payload);
  if (kind === 'hook') {
    const query =
      event === undefined || event === null ? '' : `?event=${encodeURIComponent(event)}`;
    return jsonRequest(n, `/v1/hooks${query}`, token, one.payload);
  }
  const isSeen = kind === 'wire' || method === 'STDIO' || (one.response ?? null) !== null;
  if (isSeen) return jsonRequest(n, '/v1/exchanges', token, one);
  const sent = Buffer.from(one.body_b64 ?? '', 'base64');
  return {
    n,
    method: method ?? 'POST',
    path: path ?? '/',
    headers: withToken(lowerHeaders(one.headers), token),
    body: method === 'GET' || sent.length === 0 ? undefined : sent,
  };
}
