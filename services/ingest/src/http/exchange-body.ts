/**
 * A proxy's observations: what a client sent over it, and what the server answered. Bodies stand in base64, since
 * they are not always text. The request inside is read as the client sent it, by its own path.
 */
import type { ClientRequest } from '@waywarden/agent-telemetry';
import { z } from 'zod';

/** Exchanges of one request. */
export const EXCHANGES_MAX = 1_000;

const shortText = z.string().max(8_192);
const headers = z.record(z.string().max(256), shortText);
const exchange = z.looseObject({
  method: z.string().max(32).default('POST'),
  /** Of standard input and output: `client->server` and `server->client`. */
  path: shortText,
  headers: headers.default({}),
  body_b64: z.base64().default(''),
  response: z
    .looseObject({
      status: z.number().int().min(0).max(999),
      headers: headers.default({}),
      body_b64: z.base64().default(''),
    })
    .optional(),
});
const exchanges = z.union([z.array(exchange).max(EXCHANGES_MAX), exchange]);

const lower = (all: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(all).map(([name, value]) => [name.toLowerCase(), value]));

/** Undefined for what is not of this shape. */
export function readExchanges(
  body: Uint8Array,
  receivedAt: number,
): readonly ClientRequest[] | undefined {
  let json: unknown;
  try {
    json = JSON.parse(Buffer.from(body).toString('utf8'));
  } catch {
    return undefined;
  }
  const parsed = exchanges.safeParse(json);
  if (!parsed.success) return undefined;
  return [parsed.data].flat().map(({ method, path, headers: own, body_b64: sent, response }) => ({
    method,
    path,
    headers: lower(own),
    body: Buffer.from(sent, 'base64'),
    receivedAt,
    ...(response !== undefined && {
      response: {
        status: response.status,
        headers: lower(response.headers),
        body: Buffer.from(response.body_b64, 'base64'),
      },
    }),
  }));
}
