/**
 * Stands inside an MCP server made with an SDK (1.x, 2.x). Calls of contained agents are answered
 * with the proxy's error. It uses `send` and `onmessage` only: handlers differ between versions.
 */

import type { ServerResponse } from 'node:http';
import { refusalOf } from '../http/middleware.ts';
import type { CallFacts } from '../orders/call-facts.ts';
import type { Judgement } from '../orders/consumer-options.ts';
import type { RevocationConsumer } from '../orders/revocation-consumer.ts';
import { argsOf, factsOfMessage, isCall, isMessage, type McpMessage } from './mcp-body.ts';
import { endOf, type McpAnswer, type ReportedCall } from './reported-calls.ts';

/** JSON-RPC leaves -32000 to -32099 to servers. */
export const DENIED_CODE = -32_001;
/** What the MCP proxy answers in place of the server: errors of JSON-RPC. */
export const NOT_JSON_RPC_CODE = -32_600;

export interface RpcError {
  readonly code: number;
  readonly message: string;
  readonly data?: object;
}

export function errorOf(judgement: Judgement | undefined): RpcError {
  if (judgement === undefined) {
    const message = 'The call names no agent.';
    return { code: DENIED_CODE, message, data: { error: 'agent_unknown' } };
  }
  const data = refusalOf(judgement);
  return { code: DENIED_CODE, message: data.message, data };
}

export function answerError(
  response: ServerResponse,
  status: number,
  error: RpcError,
  id?: unknown,
) {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ jsonrpc: '2.0', id: id ?? null, error }));
}

/** Calls that wait for their answer. */
const OPEN_MAX = 10_000;

/** What every transport of the SDKs has. */
export interface GuardedTransport {
  send(message: never, options?: never): Promise<void>;
  onmessage?: ((message: never, extra?: never) => void) | undefined;
  readonly sessionId?: string | undefined;
}

/** A message with what the transport knows of who sent it: `authInfo`, `requestInfo` or `request`. */
export interface Received {
  readonly message: McpMessage;
  readonly extra: unknown;
  readonly sessionId: string | undefined;
}

export interface GuardOptions {
  readonly consumer: Pick<RevocationConsumer, 'judge'>;
  /** How the server is called in orders and events: tools are `server/name`. */
  readonly server: string;
  /** Who calls, from what was verified (`extra.authInfo`); undefined: nobody, and it is refused. */
  readonly factsOf: (received: Received) => CallFacts | undefined;
  /** Every call, once it is known what became of it: `(call) => reporter.report(call)`. */
  readonly report?: (call: ReportedCall) => void;
}

interface OpenCall {
  readonly message: McpMessage;
  readonly facts: CallFacts;
  readonly beganMs: number;
}

class Guard {
  readonly #options: GuardOptions;
  readonly #open = new Map<unknown, OpenCall>();

  constructor(options: GuardOptions) {
    this.#options = options;
  }

  /** The answer in place of the server's; undefined: the message may pass. */
  refusal(received: Received): object | undefined {
    const { message } = received;
    if (message.method === undefined) return undefined;
    const { consumer, server, factsOf, report } = this.#options;
    const facts = factsOf(received);
    const inMessage = factsOfMessage(server, message);
    const isNoCall = !isCall(message);
    // What reaches no data belongs to no task and to no tool: it ends with the agent alone.
    const asked = isNoCall ? ({ effect: 'read' } as const) : inMessage;
    if (facts === undefined && isNoCall) return undefined;
    const judgement = facts && consumer.judge({ ...facts, ...asked });
    if (judgement?.allowed === true) {
      if (!isNoCall && facts !== undefined) this.#letIn(message, facts);
      return undefined;
    }
    if (isNoCall && judgement?.command?.action !== 'disable_agent') return undefined;
    if (!isNoCall) {
      // Refused for what it leaves unsaid, it is no proof that the order holds.
      const isAboutIt = !judgement?.missing?.length;
      const commandId = isAboutIt ? judgement?.command?.command_id : undefined;
      report?.({ facts, tool: inMessage.tool, commandId, ...argsOf(message), outcome: 'denied' });
    }
    return { jsonrpc: '2.0', id: message.id, error: errorOf(judgement) };
  }

  answered(message: unknown): void {
    if (!isAnswer(message)) return;
    const call = this.#open.get(message.id);
    if (call === undefined) return;
    this.#open.delete(message.id);
    this.#report(call, endOf(call.message, message));
  }

  /** The connection is gone: nobody can tell what became of what waits. */
  end(): void {
    for (const call of this.#open.values()) this.#report(call, { outcome: 'unknown' });
    this.#open.clear();
  }

  #letIn(message: McpMessage, facts: CallFacts): void {
    const [oldest] = this.#open.size >= OPEN_MAX ? this.#open.keys() : [];
    for (const id of [message.id, oldest]) {
      const call = this.#open.get(id);
      if (call !== undefined) this.#report(call, { outcome: 'unknown' });
      this.#open.delete(id);
    }
    this.#open.set(message.id, { message, facts, beganMs: Date.now() });
  }

  #report({ message, facts, beganMs }: OpenCall, how: ReturnType<typeof endOf>): void {
    const { server, report } = this.#options;
    const { tool } = factsOfMessage(server, message);
    const durationMs = Math.max(0, Date.now() - beganMs);
    report?.({ facts, tool, commandId: undefined, ...argsOf(message), durationMs, ...how });
  }
}

function idOf(message: unknown): unknown {
  return typeof message === 'object' && message !== null && 'id' in message
    ? message.id
    : undefined;
}

function isAnswer(message: unknown): message is McpAnswer {
  if (typeof message !== 'object' || message === null) return false;
  return 'id' in message && ('result' in message || 'error' in message);
}

const NO_MESSAGE = { code: NOT_JSON_RPC_CODE, message: 'This is no JSON-RPC.' };

/** To be given to the server in the transport's place. */
export function guardTransport<T extends GuardedTransport>(transport: T, options: GuardOptions): T {
  const guard = new Guard(options);
  const send = (message: unknown, sendOptions?: unknown): Promise<void> => {
    guard.answered(message);
    return Reflect.apply(transport.send, transport, [message, sendOptions]);
  };
  const refusalOf = (message: unknown, extra: unknown): object | undefined => {
    const { sessionId } = transport;
    if (isMessage(message)) return guard.refusal({ message, extra, sessionId });
    return { jsonrpc: '2.0', id: idOf(message) ?? null, error: NO_MESSAGE };
  };
  const own = new Map<string | symbol, unknown>();
  const around = (key: string | symbol, of: (...args: readonly unknown[]) => unknown) =>
    key === 'onclose'
      ? () => {
          guard.end();
          of();
        }
      : (message: unknown, extra?: unknown) => {
          const refusal = refusalOf(message, extra);
          const id = idOf(message);
          if (refusal === undefined) of(message, extra);
          else if (id !== undefined) send(refusal, { relatedRequestId: id }).catch(() => undefined);
        };
  return new Proxy(transport, {
    get: (target, key) => {
      if (key === 'send') return send;
      if (own.has(key)) return own.get(key);
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
    set: (target, key, value: unknown) => {
      own.delete(key);
      if (typeof value !== 'function' || (key !== 'onmessage' && key !== 'onclose')) {
        return Reflect.set(target, key, value, target);
      }
      own.set(key, value);
      const wrapped = around(key, (...args) => Reflect.apply(value, target, args));
      return Reflect.set(target, key, wrapped, target);
    },
  });
}
