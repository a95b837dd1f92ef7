/**
 * Commands over HTTP long-poll (docs/receiver-openapi.yaml). Requests are signed by the receiver's
 * own key: there is no second secret.
 */
import type { JwsKeyRing, JwsSigningKey } from '@waywarden/schemas';
import type { CommandBatch, CommandSource, RefusedReceipt } from './consumer-options.ts';
import { attach, detach, keyRing, type SignedReceipt, signRequest } from './signed-record.ts';

/** Longer than the server holds a poll. */
const REQUEST_MS_MAX = 45_000;
const WAIT_S = 25;

export interface HttpSourceOptions {
  /** Of Waywarden, without a path. */
  readonly url: string;
  readonly receiver: string;
  readonly tenantId: string;
  readonly signingKey: JwsSigningKey;
  readonly nowMs?: () => number;
  /** How long the server may wait for a command, in seconds. */
  readonly waitSeconds?: number;
}

export class HttpSourceError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = 'HttpSourceError';
    this.status = status;
  }
}

interface Polled {
  readonly commands: readonly { readonly key: string; readonly jws: string }[];
  readonly cursor: string;
}

export class HttpSource implements CommandSource {
  readonly #options: HttpSourceOptions;
  /** The first answer comes at once: until it does the view is stale, and whoever then fails closed refuses all. */
  #hasPolled = false;

  constructor(options: HttpSourceOptions) {
    this.#options = options;
  }

  async next(cursor: string | null, signal: AbortSignal): Promise<CommandBatch> {
    const { tenantId, waitSeconds = WAIT_S } = this.#options;
    const wait = this.#hasPolled ? waitSeconds : 0;
    const query = new URLSearchParams({ tenant: tenantId, wait: String(wait) });
    if (cursor !== null) query.set('after', cursor);
    const answer = await this.#ask('GET', `${this.#path()}/commands?${query}`, signal);
    const { commands, cursor: next } = (await answer.json()) as Polled;
    this.#hasPolled = true;
    return { records: commands.map(({ key, jws }) => ({ key, ...detach(jws) })), cursor: next };
  }

  async send(
    receipts: readonly SignedReceipt[],
    signal: AbortSignal,
  ): Promise<readonly RefusedReceipt[]> {
    const body = JSON.stringify({
      tenant: this.#options.tenantId,
      receipts: receipts.map(({ signature, value }) => attach(signature, value)),
    });
    const answer = await this.#ask('POST', `${this.#path()}/receipts`, signal, body);
    const { refused } = (await answer.json()) as { refused: readonly RefusedReceipt[] };
    return refused;
  }

  async commandKeys(signal: AbortSignal): Promise<JwsKeyRing> {
    const answer = await this.#ask('GET', '/v1/receivers/command-keys', signal);
    return keyRing((await answer.json()) as { keys: Record<string, unknown>[] });
  }

  async close(): Promise<void> {}

  #path(): string {
    return `/v1/receivers/${encodeURIComponent(this.#options.receiver)}`;
  }

  async #ask(method: string, path: string, signal: AbortSignal, body?: string): Promise<Response> {
    const { url, tenantId, signingKey, nowMs = Date.now } = this.#options;
    const response = await fetch(url + path, {
      method,
      headers: {
        'ww-proof': await signRequest({ tenantId, method, path, body }, signingKey, nowMs()),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body }),
      signal: AbortSignal.any([signal, AbortSignal.timeout(REQUEST_MS_MAX)]),
    });
    if (response.ok) return response;
    throw new HttpSourceError(
      response.status,
      `${method} ${path.split('?')[0]}: ${response.status} ${(await response.text()).slice(0, 500)}`,
    );
  }
}
