/**
 * A proxy for MCP servers over HTTP: every `tools/call` of who is contained is answered by an error and
 * never reaches the server; everything else is handed on as it came, streams included.
 *
 * Who calls is told by headers that whatever stands before the proxy has set (`x-agent-uid`,
 * `x-task-id` …) after it authenticated the caller. A `tools/call` that names no agent is refused
 * like one that is contained: else leaving out a header would be the way around.
 */
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import type { CallFacts } from './call-facts.ts';
import { refusalOf } from './middleware.ts';
import type { RevocationConsumer } from './revocation-consumer.ts';

const BODY_BYTES_MAX = 4 * 1024 * 1024;
/** JSON-RPC leaves -32000 to -32099 to servers. */
const DENIED_CODE = -32_001;
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

export function factsOfHeaders(headers: IncomingHttpHeaders): CallFacts | undefined {
  const agentUid = one(headers['x-agent-uid']);
  if (agentUid === undefined) return undefined;
  const known = {
    taskId: one(headers['x-task-id']),
    instanceUid: one(headers['x-instance-uid']),
    credentialUid: one(headers['x-credential-uid']),
    conversationId: one(headers['x-conversation-id']),
  };
  const given = Object.entries(known).filter(([, value]) => value !== undefined);
  return { agentUid, ...Object.fromEntries(given) };
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
    return typeof address === 'object' && address !== null ? address.port : port;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bodyOf(request);
    const denied = this.#deny(callsOf(body), request.headers);
    if (denied !== undefined) {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(denied));
      return;
    }
    await this.#pass(request, body, response);
  }

  /** The error for the first call that may not be made: of a batch nothing is passed on then. */
  #deny(calls: readonly RpcCall[], headers: IncomingHttpHeaders): object | undefined {
    const { consumer, server, factsOf = factsOfHeaders, onCall } = this.#options;
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

  async #pass(request: IncomingMessage, body: Buffer, response: ServerResponse): Promise<void> {
    const headers = Object.entries(request.headers).flatMap(([name, value]): [string, string][] =>
      value === undefined || HOP_BY_HOP.has(name) ? [] : [[name, String(value)]],
    );
    const answer = await fetch(this.#options.upstream, {
      method: request.method ?? 'POST',
      headers,
      ...(body.length === 0 ? {} : { body: new Uint8Array(body) }),
    });
    const passed = [...answer.headers].filter(
      ([name]) => !HOP_BY_HOP.has(name) && name !== 'content-encoding',
    );
    response.writeHead(answer.status, Object.fromEntries(passed));
    if (answer.body === null) response.end();
    else Readable.fromWeb(answer.body as ReadableStream).pipe(response);
  }
}
