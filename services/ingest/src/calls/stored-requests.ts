/**
 * Answered requests whose calls are not concluded: appended first, reread at start. Marks say what is done; one
 * process a source.
 */
import type { AppendRecord, EventLog, LogRecord } from '@waywarden/event-log';
import {
  HEADERS,
  type KeyFile,
  splitKey,
  TOPICS,
  telemetryKey,
  tenantFingerprintKey,
} from '@waywarden/schemas';
import { z } from 'zod';
import type { DeadLetterSeal } from '../adapters/dead-letter-seal.ts';
import { openDeadLetter } from '../adapters/dead-letter-seal.ts';
import { scanNewest } from '../adapters/scan-log.ts';
import type { TokenEntry } from '../adapters/token-store.ts';
import { within } from '../intake/event-intake.ts';
import { HttpRefusal } from '../intake/http-error.ts';

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

/** A client's request, sealed, until its calls are concluded. */
interface StoredRequest extends z.infer<typeof head> {
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

function tenantOf(key: string): string | undefined {
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

const READ_MAX = 8;
export const STORED_REQUESTS_MAX = 20_000;

interface StoredRequestsOptions {
  readonly log: EventLog;
  readonly keyFile: KeyFile;
  readonly sealOf: (tenant: string) => DeadLetterSeal | undefined;
  readonly appendMsMax: number;
  readonly onFailed: (cause: unknown) => void;
}

interface Recalled {
  readonly requests: number;
  readonly lost: number;
}

export class StoredRequests {
  readonly #options: StoredRequestsOptions;

  constructor(options: StoredRequestsOptions) {
    this.#options = options;
  }

  /** Rejects with `HttpRefusal` `log_unavailable`. */
  async keep(request: StoredRequest, token: TokenEntry): Promise<void> {
    const { log, sealOf, appendMsMax, onFailed } = this.#options;
    const seal = sealOf(token.tenant);
    if (seal === undefined) return;
    try {
      await within(log.append([requestRecord(request, token, seal)]), appendMsMax);
    } catch (cause) {
      onFailed(cause);
      throw new HttpRefusal('log_unavailable');
    }
  }

  async mark(token: TokenEntry, untilMs: number): Promise<void> {
    await this.#options.log.append([markRecord(token, untilMs)]);
  }

  /** In log order. */
  async recall(
    tokens: readonly TokenEntry[],
    take: (request: StoredRequest, token: TokenEntry) => void,
  ): Promise<Recalled> {
    const byId = new Map(tokens.map((token) => [token.id, token]));
    const marks = new Map<string, number>();
    await this.#each((retained) => {
      if (retained.is !== 'mark') return;
      marks.set(retained.key, Math.max(retained.at, marks.get(retained.key) ?? 0));
    });
    let [requests, lost] = [0, 0];
    await this.#each((retained, value) => {
      if (retained.is === 'mark' || retained.at <= (marks.get(retained.key) ?? 0)) return;
      const request = this.#open(retained.key, value);
      const token = request?.sender ?? byId.get(retained.tokenId);
      // Revoked tokens bring nothing.
      const isKnown = token?.state === 'active' && token.tenant === tenantOf(retained.key);
      if (token === undefined || !isKnown || request === undefined) {
        lost += 1;
        return;
      }
      take(request, token);
      requests += 1;
    });
    return { requests, lost };
  }

  #open(key: string, value: Uint8Array | null): StoredRequest | undefined {
    const tenant = tenantOf(key);
    if (value === null || tenant === undefined) return undefined;
    const opened = openDeadLetter(tenantFingerprintKey(this.#options.keyFile, tenant), value);
    return opened === undefined ? undefined : openedRequest(opened);
  }

  async #each(
    look: (
      retained: NonNullable<ReturnType<typeof storedRecord>>,
      value: Uint8Array | null,
    ) => void,
  ): Promise<void> {
    const scanned = { topic: TOPICS.telemetry.name, readMax: READ_MAX };
    for await (const record of scanNewest(this.#options.log, scanned, STORED_REQUESTS_MAX)) {
      const retained = storedRecord(record);
      if (retained !== undefined) look(retained, record.value);
    }
  }
}
