/**
 * A proxy for MCP servers over HTTP: every `tools/call` of who is contained is answered by an error and
 * never reaches the server; everything else is handed on as it came, streams included.
 *
 * Who calls is told by headers that whatever stands before the proxy has set (`x-agent-uid`,
 * `x-task-id` …) after it authenticated the caller. A `tools/call` that names no agent is refused
 * like one that is contained: else leaving out a header would be the way around.
 */
import { randomUUID } from 'node:crypto';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { isDeepStrictEqual } from 'node:util';
import type { RevocationCommand } from '@waywarden/schemas';
import {
  type CallFacts,
  factsOfTarget,
  isAbout,
  isInScope,
  REFUSING_ACTIONS,
} from './call-facts.ts';
import { refusalOf } from './middleware.ts';
import type { Probe, ProbeFinding } from './probe.ts';
import type { RevocationConsumer } from './revocation-consumer.ts';

const BODY_BYTES_MAX = 4 * 1024 * 1024;
/** JSON-RPC leaves -32000 to -32099 to servers. */
const DENIED_CODE = -32_001;
/** A person may still agree to a call that is held for a step-up; one that was cut off is lost. */
const CUTS_OFF: ReadonlySet<string> = new Set(
  REFUSING_ACTIONS.filter((action) => action !== 'require_step_up'),
);
const PROBE_HEADER = 'ww-probe';
/** No server has it: where a probe were let through after all, it would find nothing to call. */
const PROBE_TOOL = 'waywarden_probe';
const UNABLE: ProbeFinding = { outcome: 'unable', method: 'call' };
const HOP_BY_HOP: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'host',
  'keep-alive',
  'transfer-encoding',
]);

export interface DeniedCall {
  readonly facts: CallFacts | undefined;
  readonly tool: string;
  readonly commandId: string | undefined;
}

export interface McpProxyOptions {
  readonly consumer: Pick<RevocationConsumer, 'judge'>;
  /** The MCP endpoint of the server behind, such as http://127.0.0.1:9000/mcp. */
  readonly upstream: string;
  /** How the server is called in orders and events: tools are `server/name`. */
  readonly server: string;
  readonly factsOf?: (headers: IncomingHttpHeaders) => CallFacts | undefined;
  /** The headers of a call with these facts, the reverse of `factsOf`: a probe goes through the own door. */
  readonly headersOf?: (facts: CallFacts) => Readonly<Record<string, string>>;
  /** Every tool call, with what became of it: to be sent as an event. */
  readonly onCall?: (call: DeniedCall & { readonly outcome: 'denied' | 'passed' }) => void;
}

interface RpcCall {
  readonly id?: unknown;
  readonly method?: unknown;
  readonly params?: { readonly name?: unknown };
}

function one(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}

const FACT_HEADERS = {
  agentUid: 'x-agent-uid',
  taskId: 'x-task-id',
  instanceUid: 'x-instance-uid',
  credentialUid: 'x-credential-uid',
  conversationId: 'x-conversation-id',
} as const;

export function factsOfHeaders(headers: IncomingHttpHeaders): CallFacts | undefined {
  const given = Object.entries(FACT_HEADERS).flatMap(([fact, header]): [string, string][] => {
    const value = one(headers[header]);
    return value === undefined ? [] : [[fact, value]];
  });
  const facts = Object.fromEntries(given);
  return facts['agentUid'] === undefined ? undefined : { agentUid: facts['agentUid'], ...facts };
}

function headersOfFacts(facts: CallFacts): Readonly<Record<string, string>> {
  const given = Object.entries(FACT_HEADERS).flatMap(([fact, header]): [string, string][] => {
    const value = facts[fact as keyof typeof FACT_HEADERS];
    return value === undefined ? [] : [[header, value]];
  });
  return Object.fromEntries(given);
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request) {
    bytes += (part as Buffer).length;
    if (bytes > BODY_BYTES_MAX) throw new RangeError('The request is too large.');
    parts.push(part as Buffer);
  }
  return Buffer.concat(parts);
}

function callsOf(body: Buffer): readonly RpcCall[] {
  if (body.length === 0) return [];
  const parsed: unknown = JSON.parse(body.toString('utf8'));
  return (Array.isArray(parsed) ? parsed : [parsed]) as RpcCall[];
}

export class McpProxy {
  readonly #options: McpProxyOptions;
  readonly #server: Server;
  readonly #probing = new Set<string>();
  #port = 0;
  /** Calls that were let in and have not ended. */
  readonly #underWay = new Map<AbortController, readonly CallFacts[]>();

  constructor(options: McpProxyOptions) {
    this.#options = options;
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch((error: unknown) => {
        const message = error instanceof Error ? error.message : 'failed';
        if (!response.headersSent) response.writeHead(502, { 'content-type': 'application/json' });
        response.end(JSON.stringify({ error: 'proxy_failed', message }));
      });
    });
  }

  /** Listens on the loopback; the port that it has. */
  async listen(port: number): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, '127.0.0.1', resolve);
    });
    const address = this.#server.address();
    this.#port = typeof address === 'object' && address !== null ? address.port : port;
    return this.#port;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
  }

  /**
   * Cuts off the calls under way that the order is about, where it says so (`drain: cancel`); how many.
   * Of the other two the unit is the call: it ends by itself, and no further one is let in.
   */
  cancelUnderWay(order: RevocationCommand): number {
    if (order.drain !== 'cancel' || !CUTS_OFF.has(order.action)) return 0;
    const about = [...this.#underWay].filter(([, calls]) =>
      calls.some((facts) => isAbout(facts, order.target) && isInScope(facts, order)),
    );
    for (const [under] of about) under.abort(new Error(`${order.action} is in force.`));
    return about.length;
  }

  /**
   * A call as the subject of the order would make it, through the same door; where it is let in it
   * ends here: it never reaches the server, and is no event.
   */
  readonly probe: Probe = async ({ target }, signal) => {
    const { server, factsOf = factsOfHeaders, headersOf = headersOfFacts } = this.#options;
    const { tool, ...facts } = factsOfTarget(target);
    const headers = headersOf(facts);
    const name = tool?.startsWith(`${server}/`) === true ? tool.slice(server.length + 1) : tool;
    const isOfOther = tool?.includes('/') === true && name === tool;
    // What the door can't be told it can't be asked about: it would let in somebody else.
    if (isOfOther || !isDeepStrictEqual(factsOf(headers), facts)) return UNABLE;
    const nonce = randomUUID();
    this.#probing.add(nonce);
    try {
      const answer = await fetch(`http://127.0.0.1:${this.#port}/mcp`, {
        method: 'POST',
        headers: { ...headers, [PROBE_HEADER]: nonce },
        body: JSON.stringify({
          ...{ jsonrpc: '2.0', id: nonce, method: 'tools/call' },
          params: { name: name ?? PROBE_TOOL },
        }),
        signal,
      });
      if (answer.status === 204) return { outcome: 'open', method: 'call' };
      const { error } = (await answer.json()) as { error?: { data?: { error?: string } } };
      // Refused for want of a fresh view is not refused because of an order.
      if (error?.data?.error !== 'access_revoked') return UNABLE;
      return { outcome: 'refused', method: 'call' };
    } finally {
      this.#probing.delete(nonce);
    }
  };

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bodyOf(request);
    // Known only to this process and good for one request: a caller can't pass for a probe.
    const isProbe = this.#probing.delete(one(request.headers[PROBE_HEADER]) ?? '');
    const denied = this.#deny(
      callsOf(body),
      request.headers,
      isProbe ? undefined : this.#options.onCall,
    );
    if (isProbe && denied === undefined) {
      response.writeHead(204).end();
      return;
    }
    if (denied !== undefined) {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(denied));
      return;
    }
    await this.#follow(request, body, response);
  }

  /** Lets it through; known as under way until it has ended or was cut off. */
  async #follow(request: IncomingMessage, body: Buffer, response: ServerResponse): Promise<void> {
    const { server, factsOf = factsOfHeaders } = this.#options;
    const under = new AbortController();
    const facts = factsOf(request.headers);
    const tools = callsOf(body).filter(({ method }) => method === 'tools/call');
    const calls = tools.flatMap(({ params }) =>
      facts === undefined ? [] : [{ ...facts, tool: `${server}/${String(params?.name ?? '')}` }],
    );
    this.#underWay.set(under, calls);
    response.once('close', () => this.#underWay.delete(under));
    try {
      await this.#pass(request, { body, signal: under.signal }, response);
    } catch (error) {
      if (!under.signal.aborted || response.headersSent) throw error;
      const message = String((under.signal.reason as Error).message);
      const data = { error: 'access_revoked', message };
      const id = tools[0]?.id ?? null;
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(
        JSON.stringify({ jsonrpc: '2.0', id, error: { code: DENIED_CODE, message, data } }),
      );
    }
  }

  /** The error for the first call that may not be made: of a batch nothing is passed on then. */
  #deny(
    calls: readonly RpcCall[],
    headers: IncomingHttpHeaders,
    onCall: McpProxyOptions['onCall'],
  ): object | undefined {
    const { consumer, server, factsOf = factsOfHeaders } = this.#options;
    const tools = calls.filter(({ method }) => method === 'tools/call');
    const facts = factsOf(headers);
    for (const { id, params } of tools) {
      const tool = `${server}/${String(params?.name ?? '')}`;
      const judgement = facts && consumer.judge({ ...facts, tool });
      if (judgement?.allowed === true) continue;
      const data = judgement ? refusalOf(judgement) : { error: 'agent_unknown' };
      const commandId = judgement?.command?.command_id;
      onCall?.({ facts, tool, commandId, outcome: 'denied' });
      const message = 'message' in data ? data.message : 'The call names no agent.';
      return { jsonrpc: '2.0', id: id ?? null, error: { code: DENIED_CODE, message, data } };
    }
    for (const { params } of tools) {
      const tool = `${server}/${String(params?.name ?? '')}`;
      onCall?.({ facts, tool, commandId: undefined, outcome: 'passed' });
    }
    return undefined;
  }

  async #pass(
    request: IncomingMessage,
    { body, signal }: { readonly body: Buffer; readonly signal: AbortSignal },
    response: ServerResponse,
  ): Promise<void> {
    const headers = Object.entries(request.headers).flatMap(([name, value]): [string, string][] =>
      value === undefined || HOP_BY_HOP.has(name) ? [] : [[name, String(value)]],
    );
    const answer = await fetch(this.#options.upstream, {
      method: request.method ?? 'POST',
      headers,
      ...(body.length === 0 ? {} : { body: new Uint8Array(body) }),
      signal,
    });
    const passed = [...answer.headers].filter(
      ([name]) => !HOP_BY_HOP.has(name) && name !== 'content-encoding',
    );
    response.writeHead(answer.status, Object.fromEntries(passed));
    if (answer.body === null) response.end();
    else {
      // Cut off in the middle: whoever reads must not take it for the whole.
      const stream = Readable.fromWeb(answer.body as ReadableStream);
      stream.once('error', () => response.destroy());
      stream.pipe(response);
    }
  }
}
