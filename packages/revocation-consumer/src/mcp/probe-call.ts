/**
 * A call as the subject would make it, through the proxy's own door and code. A name that doesn't
 * come through as itself is not answered for.
 */
import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { isDeepStrictEqual } from 'node:util';
import type { RevocationCommand } from '@waywarden/schemas';
import { type CallFacts, factsOfTarget } from '../orders/call-facts.ts';
import type { ProbeFinding } from '../orders/probe.ts';

const FACT_HEADERS = {
  agentUid: 'x-agent-uid',
  taskId: 'x-task-id',
  instanceUid: 'x-instance-uid',
  credentialUid: 'x-credential-uid',
  conversationId: 'x-conversation-id',
  approvedBy: 'x-approved-by',
} as const;
/** Everywhere else in Node the bytes of a header are letters of this. */
const WIRE = 'latin1';

/**
 * Who calls, by headers that the authenticating gateway set; bytes of UTF-8. A header that came
 * twice, or has a comma, names nobody: whoever adds one would choose who calls.
 */
function oneHeader(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}

/** Undefined: no UTF-8. */
function decoded(value: string): string | undefined {
  try {
    const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
    return decoder.decode(Buffer.from(value, WIRE));
  } catch {
    return undefined;
  }
}

/** As they were meant; one that is no UTF-8 says nothing. */
export function decodedHeaders(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const read = Object.entries(headers).map(([name, value]) => [
    name,
    Array.isArray(value) ? value.map((one) => decoded(one) ?? '') : decoded(value ?? ''),
  ]);
  return Object.fromEntries(read);
}

/** The same bytes again, for a request of one's own. */
function encodedHeaders(
  headers: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const written = Object.entries(headers).map(([name, value]) => [
    name,
    Buffer.from(value, 'utf8').toString(WIRE),
  ]);
  return Object.fromEntries(written);
}

/** Why the headers that say who calls can't be told apart; undefined: they can. */
export function ambiguityOf({
  headersDistinct,
}: Pick<IncomingMessage, 'headersDistinct'>): string | undefined {
  for (const name of Object.values(FACT_HEADERS)) {
    const [value = '', ...others] = headersDistinct[name] ?? [];
    if (others.length > 0) return `The header ${name} came more than once.`;
    if (decoded(value) === undefined) return `The header ${name} is no UTF-8.`;
    if (value.includes(',')) return `The header ${name} has a comma: it may be two in one.`;
  }
  return undefined;
}

export function factsOfHeaders(headers: IncomingHttpHeaders): CallFacts | undefined {
  const given = Object.entries(FACT_HEADERS).flatMap(([fact, header]): [string, string][] => {
    const value = oneHeader(headers[header]);
    return value === undefined || value === '' ? [] : [[fact, value]];
  });
  const facts = Object.fromEntries(given);
  return facts['agentUid'] === undefined ? undefined : { agentUid: facts['agentUid'], ...facts };
}

export function headersOfFacts(facts: CallFacts): Readonly<Record<string, string>> {
  const given = Object.entries(FACT_HEADERS).flatMap(([fact, header]): [string, string][] => {
    const value = facts[fact as keyof typeof FACT_HEADERS];
    return value === undefined ? [] : [[header, value]];
  });
  return Object.fromEntries(given);
}

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
