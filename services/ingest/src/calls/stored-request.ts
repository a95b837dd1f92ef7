/** A client's request, sealed, until its calls are concluded. */
import type { AppendRecord, LogRecord } from '@waywarden/event-log';
import { HEADERS, splitKey, TOPICS, telemetryKey } from '@waywarden/schemas';
import { z } from 'zod';
import type { DeadLetterSeal } from '../adapters/dead-letter.ts';
import type { TokenEntry } from '../adapters/token-store.ts';

const STORED_HEADERS = {
  /** Milliseconds; of a mark: until when all is concluded. */
  at: 'ww_telemetry_at',
  token: 'ww_telemetry_token',
  kind: 'ww_telemetry',
} as const;
const HEAD_LENGTH_BYTES = 4;

const head = z.object({
  route: z.string(),
  method: z.string(),
  path: z.string(),
  headers: z.record(z.string(), z.string()),
  receivedAt: z.number(),
  /** Its token may have ended. */
  sender: z.custom<TokenEntry>((value) => typeof value === 'object' && value !== null).optional(),
});

export interface StoredRequest extends z.infer<typeof head> {
  readonly body: Uint8Array;
}

type StoredRecord =
  | { readonly is: 'request'; readonly at: number; readonly key: string; readonly tokenId: string }
  | { readonly is: 'mark'; readonly at: number; readonly key: string };

const keyOf = ({ tenant, source }: TokenEntry): string =>
  telemetryKey(tenant, `${source.kind}/${source.instance}`);

export function requestRecord(
  { body, ...rest }: StoredRequest,
  token: TokenEntry,
  seal: DeadLetterSeal,
): AppendRecord {
  const sender = token.identity === undefined ? undefined : token;
  const header = Buffer.from(JSON.stringify(head.parse({ ...rest, sender })));
  const length = Buffer.alloc(HEAD_LENGTH_BYTES);
  length.writeUInt32BE(header.length);
  return {
    topic: TOPICS.telemetry.name,
    key: keyOf(token),
    value: seal.seal(Buffer.concat([length, header, body])),
    headers: {
      [HEADERS.type]: 'event',
      [HEADERS.keyId]: seal.keyId,
      [STORED_HEADERS.kind]: 'request',
      [STORED_HEADERS.token]: token.id,
      [STORED_HEADERS.at]: String(rest.receivedAt),
    },
  };
}

export function markRecord(token: TokenEntry, untilMs: number): AppendRecord {
  return {
    topic: TOPICS.telemetry.name,
    key: keyOf(token),
    value: null,
    headers: {
      [HEADERS.type]: 'event',
      [STORED_HEADERS.kind]: 'mark',
      [STORED_HEADERS.at]: String(untilMs),
    },
  };
}

export function storedRecord({ key, headers }: LogRecord): StoredRecord | undefined {
  const at = Number(headers[STORED_HEADERS.at]);
  if (key === null || !Number.isFinite(at)) return undefined;
  if (headers[STORED_HEADERS.kind] === 'mark') return { is: 'mark', at, key };
  const tokenId = headers[STORED_HEADERS.token];
  return tokenId === undefined ? undefined : { is: 'request', at, key, tokenId };
}

export function tenantOf(key: string): string | undefined {
  return splitKey(key)?.tenantId;
}

export function openedRequest(opened: Uint8Array): StoredRequest | undefined {
  const bytes = Buffer.from(opened);
  if (bytes.length < HEAD_LENGTH_BYTES) return undefined;
  const bodyAt = HEAD_LENGTH_BYTES + bytes.readUInt32BE(0);
  try {
    const parsed = head.safeParse(JSON.parse(bytes.toString('utf8', HEAD_LENGTH_BYTES, bodyAt)));
    return parsed.success ? { ...parsed.data, body: bytes.subarray(bodyAt) } : undefined;
  } catch {
    return undefined;
  }
}
