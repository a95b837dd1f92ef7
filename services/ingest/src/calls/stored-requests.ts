/**
 * Answered requests whose calls are not concluded: appended first, reread at start. Marks say what is done; one
 * process a source.
 */
import type { EventLog } from '@waywarden/event-log';
import { type KeyFile, TOPICS, tenantFingerprintKey } from '@waywarden/schemas';
import type { DeadLetterSeal } from '../adapters/dead-letter.ts';
import { openDeadLetter } from '../adapters/dead-letter-seal.ts';
import { scanNewest } from '../adapters/scan-log.ts';
import type { TokenEntry } from '../adapters/token-store.ts';
import { within } from '../intake/event-intake.ts';
import { HttpRefusal } from '../intake/http-error.ts';
import {
  markRecord,
  openedRequest,
  requestRecord,
  type StoredRequest,
  storedRecord,
  tenantOf,
} from './stored-request.ts';

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
