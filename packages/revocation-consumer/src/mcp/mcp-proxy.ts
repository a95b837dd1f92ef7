/**
 * A proxy for MCP servers over HTTP: calls of contained agents are answered with an error and never
 * reach the server. A call that names no agent is refused too.
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
import type { RevocationCommand } from '@waywarden/schemas';
import { bodyOf, GATE_BODY_BYTES_MAX, TooLarge } from '../http/request-body.ts';
import {
  type CallFacts,
  isAbout,
  isInScope,
  PROVENANCE_ACTIONS,
  REFUSING_ACTIONS,
} from '../orders/call-facts.ts';
import type { Probe } from '../orders/probe.ts';
import type { RevocationConsumer } from '../orders/revocation-consumer.ts';
import {
  answerError,
  DENIED_CODE,
  errorOf,
  NOT_JSON_RPC_CODE,
  type RpcError,
} from './guard-transport.ts';
import {
  argsOf,
  bodyToPass,
  factsOfMessage,
  isCall,
  type McpBody,
  type McpMessage,
} from './mcp-body.ts';
import {
  ambiguityOf,
  decodedHeaders,
  factsOfHeaders,
  headersOfFacts,
  LET_IN_STATUS,
  ProbeCalls,
} from './probe-call.ts';
import { type ReportedCall, ReportedCalls } from './reported-calls.ts';

/** A person may still agree to a call that is held for a step-up; one that was cut off is lost. */
const CUTS_OFF: ReadonlySet<string> = new Set(
  [...REFUSING_ACTIONS, ...PROVENANCE_ACTIONS].filter((action) => action !== 'require_step_up'),
);
const HOP_BY_HOP: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'host',
  'keep-alive',
  'transfer-encoding',
]);

export interface McpProxyOptions {
  readonly consumer: Pick<RevocationConsumer, 'judge'>;
  /** Such as http://127.0.0.1:9000/mcp. */
  readonly upstream: string;
  /** How the server is called in orders and events: tools are `server/name`. */
  readonly server: string;
  /** Given the headers decoded as UTF-8. */
  readonly factsOf?: (headers: IncomingHttpHeaders) => CallFacts | undefined;
  /** The headers of a call with these facts, the reverse of `factsOf`: a probe goes through the own door. */
  readonly headersOf?: (facts: CallFacts) => Readonly<Record<string, string>>;
  /** Every call, once it is known what became of it: to be sent as an event. */
  readonly onCall?: (call: ReportedCall) => void;
}

interface Request {
  readonly request: IncomingMessage;
  readonly facts: CallFacts | undefined;
}

interface Passing {
  readonly body: string;
  readonly signal: AbortSignal;
  readonly reportedCalls: ReportedCalls;
}

interface Denial {
  readonly id: unknown;
  readonly error: RpcError;
}

export class McpProxy {
  readonly #options: McpProxyOptions;
  readonly #server: Server;
  readonly #probes = new ProbeCalls();
  #port = 0;
  /** Calls that were let in and have not ended. */
  readonly #underWay = new Map<AbortController, readonly CallFacts[]>();

  constructor(options: McpProxyOptions) {
    this.#options = options;
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch((error: unknown) => {
        if (error instanceof TooLarge) {
          const message = `A request may have ${GATE_BODY_BYTES_MAX} bytes.`;
          response.setHeader('connection', 'close');
          answerError(response, 413, { code: NOT_JSON_RPC_CODE, message });
          return;
        }
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

  /** Cuts off the calls that the order is about, where it says `drain: cancel`; how many. */
  cancelUnderWay(order: RevocationCommand): number {
    if (order.drain !== 'cancel' || !CUTS_OFF.has(order.action)) return 0;
    const about = [...this.#underWay].filter(([, calls]) =>
      calls.some((facts) => isAbout(facts, order.target) && isInScope(facts, order)),
    );
    for (const [under] of about) under.abort(new Error(`${order.action} is in force.`));
    return about.length;
  }

  /**
   * A call as the order's subject would make it, through the same door. Where it is let in it ends
   * here: it reaches no server and is no event.
   */
  readonly probe: Probe = (command, signal) => {
    const { server, headersOf = headersOfFacts } = this.#options;
    const url = `http://127.0.0.1:${this.#port}/mcp`;
    return this.#probes.ask({ url, server, headersOf }, command, signal);
  };

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const read = bodyToPass((await bodyOf(request)).toString('utf8'));
    const { factsOf } = this.#options;
    const problem = factsOf === undefined ? ambiguityOf(request) : undefined;
    if ('problem' in read || problem !== undefined) {
      const message = 'problem' in read ? read.problem : String(problem);
      answerError(response, 400, { code: NOT_JSON_RPC_CODE, message });
      return;
    }
    const { messages } = read;
    const facts = (factsOf ?? factsOfHeaders)(decodedHeaders(request.headers));
    const probe = this.#probes.take(request.headers, facts);
    if (probe?.isSame === false) {
      const message = 'The call is not read as the one who was asked about.';
      answerError(response, 400, { code: NOT_JSON_RPC_CODE, message });
      return;
    }
    const denied = this.#deny(messages, facts, probe ? undefined : this.#options.onCall);
    if (probe !== undefined && denied === undefined) {
      response.writeHead(LET_IN_STATUS).end();
      return;
    }
    if (denied !== undefined) {
      // Whoever asked nothing waits for no answer: the status alone can tell it.
      const status = messages.some(({ id }) => id !== undefined) ? 200 : 403;
      answerError(response, status, denied.error, denied.id);
      return;
    }
    await this.#follow({ request, facts }, read, response);
  }

  /** Lets it through; known as under way until it has ended or was cut off. */
  async #follow(
    { request, facts }: Request,
    { body, messages }: McpBody,
    response: ServerResponse,
  ): Promise<void> {
    const { server } = this.#options;
    const under = new AbortController();
    const calls = messages.filter(isCall);
    const about = calls.flatMap((one) =>
      facts ? [{ ...facts, ...factsOfMessage(server, one) }] : [],
    );
    const reportedCalls = new ReportedCalls({ server, facts, calls, onCall: this.#options.onCall });
    this.#underWay.set(under, about);
    response.once('close', () => this.#underWay.delete(under));
    try {
      await this.#pass(request, { body, signal: under.signal, reportedCalls }, response);
    } catch (error) {
      reportedCalls.end({ outcome: under.signal.aborted ? 'cancelled' : 'unknown' });
      if (!under.signal.aborted || response.headersSent) throw error;
      const message = String((under.signal.reason as Error).message);
      const data = { error: 'access_revoked', message };
      answerError(response, 200, { code: DENIED_CODE, message, data }, messages.find(isCall)?.id);
    }
  }

  /** The error for the first message that may not pass: of a batch nothing is passed on then. */
  #deny(
    messages: readonly McpMessage[],
    facts: CallFacts | undefined,
    onCall: McpProxyOptions['onCall'],
  ): Denial | undefined {
    const { consumer, server } = this.#options;
    const calls = messages.filter(isCall);
    for (const call of calls) {
      const inMessage = factsOfMessage(server, call);
      const judgement = facts && consumer.judge({ ...facts, ...inMessage });
      if (judgement?.allowed === true) continue;
      // Refused for what it leaves unsaid, it is no proof that the order holds.
      const isAboutIt = !judgement?.missing?.length;
      const commandId = isAboutIt ? judgement?.command?.command_id : undefined;
      onCall?.({ facts, tool: inMessage.tool, commandId, ...argsOf(call), outcome: 'denied' });
      return { id: call.id, error: errorOf(judgement) };
    }
    if (facts !== undefined && calls.length < Math.max(1, messages.length)) {
      // What reaches no data ends with the agent alone: it belongs to no task and to no tool.
      const judgement = consumer.judge({ ...facts, effect: 'read' });
      const isDisabled = judgement.command?.action === 'disable_agent';
      if (isDisabled) return { id: messages[0]?.id, error: errorOf(judgement) };
    }
    return undefined;
  }

  async #pass(
    request: IncomingMessage,
    { body, signal, reportedCalls: reported }: Passing,
    response: ServerResponse,
  ): Promise<void> {
    const headers = Object.entries(request.headers).flatMap(([name, value]): [string, string][] =>
      value === undefined || HOP_BY_HOP.has(name) ? [] : [[name, String(value)]],
    );
    const answer = await fetch(this.#options.upstream, {
      method: request.method ?? 'POST',
      headers,
      ...(body === '' ? {} : { body }),
      signal,
    });
    const passed = [...answer.headers].filter(
      ([name]) => !HOP_BY_HOP.has(name) && name !== 'content-encoding',
    );
    reported.begin(answer.status, answer.headers.get('content-type'));
    response.writeHead(answer.status, Object.fromEntries(passed));
    // Also where the caller went away: what was sent until then it has.
    response.once('close', () => reported.close());
    if (answer.body === null) response.end();
    else {
      const stream = Readable.fromWeb(answer.body as ReadableStream);
      stream.on('data', (part: Uint8Array) => reported.read(part));
      stream.once('end', () => reported.close());
      // Cut off in the middle: whoever reads must not take it for the whole.
      stream.once('error', () => {
        reported.end({ outcome: signal.aborted ? 'cancelled' : 'success' });
        response.destroy();
      });
      stream.pipe(response);
    }
  }
}
