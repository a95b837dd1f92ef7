/**
 * A call as the subject would make it, through the proxy's own door and code. A name that doesn't
 * come through as itself is not answered for.
 */
import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { isDeepStrictEqual } from 'node:util';
import type { RevocationCommand } from '@waywarden/schemas';
import { type CallFacts, factsOfTarget } from '../orders/call-facts.ts';
import type { ProbeFinding } from '../orders/probe.ts';
import { encodedHeaders, oneHeader } from './header-facts.ts';

const PROBE_HEADER = 'ww-probe';
/** No server has it: where a probe were let through after all, it would find nothing to call. */
const PROBE_TOOL = 'waywarden_probe';
const UNABLE: ProbeFinding = { outcome: 'unable', method: 'call' };
/** What a refusal says that is because of an order. */
const BY_ORDER: ReadonlySet<string> = new Set(['access_revoked', 'step_up_required']);
export const LET_IN_STATUS = 204;

export interface ProbedDoor {
  readonly url: string;
  readonly server: string;
  readonly headersOf: (facts: CallFacts) => Readonly<Record<string, string>>;
}

export class ProbeCalls {
  readonly #asked = new Map<string, CallFacts>();

  async ask(
    { url, server, headersOf }: ProbedDoor,
    { target }: RevocationCommand,
    signal: AbortSignal,
  ): Promise<ProbeFinding> {
    const { tool, ...facts } = factsOfTarget(target);
    const name = tool?.startsWith(`${server}/`) === true ? tool.slice(server.length + 1) : tool;
    if (tool?.includes('/') === true && name === tool) return UNABLE;
    const nonce = randomUUID();
    this.#asked.set(nonce, facts);
    try {
      const answer = await fetch(url, {
        method: 'POST',
        headers: { ...encodedHeaders(headersOf(facts)), [PROBE_HEADER]: nonce },
        body: JSON.stringify({
          ...{ jsonrpc: '2.0', id: nonce, method: 'tools/call' },
          params: { name: name ?? PROBE_TOOL },
        }),
        signal,
      });
      if (answer.status === LET_IN_STATUS) return { outcome: 'open', method: 'call' };
      const { error } = (await answer.json()) as { error?: { data?: { error?: string } } };
      // Refused for want of a fresh view is not refused because of an order.
      if (!BY_ORDER.has(error?.data?.error ?? '')) return UNABLE;
      return { outcome: 'refused', method: 'call' };
    } finally {
      this.#asked.delete(nonce);
    }
  }

  /** Undefined: no probe. Known only to this process and good for one request: no caller passes for one. */
  take(
    headers: IncomingHttpHeaders,
    facts: CallFacts | undefined,
  ): { isSame: boolean } | undefined {
    const nonce = oneHeader(headers[PROBE_HEADER]) ?? '';
    const asked = this.#asked.get(nonce);
    this.#asked.delete(nonce);
    return asked && { isSame: isDeepStrictEqual(facts, asked) };
  }
}
