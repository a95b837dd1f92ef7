/** Reads MCP up to 2026-07-28, HTTP and stdio. `clientInfo` names the client, not the agent. */
import { boundedValue, digestOf } from '../json/bounded-value.ts';
import { idAt, idOf, isRecord, valueAt } from '../json/path.ts';
import { RecentMap } from '../json/recent-map.ts';
import type { Observation } from '../model/observation.ts';
import { traceParentOf } from '../model/place.ts';
import type { Exchange, Side } from './exchange.ts';
import type { RpcMessage } from './json-rpc.ts';
import { callObservation, type McpCall, McpCalls } from './mcp-calls.ts';
import {
  exchangeEnd,
  isInputRequired,
  serverNameOf,
  settlementOf,
  taskIdOf,
  toolDefinitions,
} from './mcp-settlement.ts';
import type { McpFields } from './wire-fields.ts';

const SERVER_METHODS = new Set([
  'elicitation/create',
  'sampling/createMessage',
  'roots/list',
  'notifications/progress',
  'notifications/message',
]);

/** The sender of an MCP message, and refusals in it. */
function sideOf(message: RpcMessage): Side {
  if (message.method !== undefined) {
    return SERVER_METHODS.has(message.method) ? 'server' : 'client';
  }
  const result = message.result;
  const isClientAnswer =
    isRecord(result) && ('roots' in result || ('role' in result && 'model' in result));
  return isClientAnswer || isElicitationAnswer(result) ? 'client' : 'server';
}

function isElicitationAnswer(result: unknown): boolean {
  const action = isRecord(result) ? result['action'] : undefined;
  return action === 'accept' || action === 'decline' || action === 'cancel';
}

/** A dismissal counts too. */
function isRefusing(responses: unknown): boolean {
  if (!isRecord(responses)) return false;
  return Object.values(responses).some(
    (one) => isElicitationAnswer(one) && isRecord(one) && one['action'] !== 'accept',
  );
}

const QUERY = /[?&]session_?id=([^&\s#]+)/i;
const ENDPOINT = /^event: ?endpoint\r?\ndata: ?(\S+)/;

/** The MCP session: by header, or by the posted address (HTTP with SSE, 2024-11-05). */
export function sessionOf(exchange: Exchange): string | undefined {
  const named = exchange.headers['mcp-session-id'] ?? exchange.answer?.headers['mcp-session-id'];
  if (named !== undefined) return named;
  const endpoint = ENDPOINT.exec(exchange.answer?.body ?? '')?.[1] ?? '';
  return idOf(QUERY.exec(exchange.path)?.[1] ?? QUERY.exec(endpoint)?.[1]);
}

const SCOPES_MAX = 10_000;
const CHALLENGED_MAX = 5_000;
const CLIENT_INFO = ['_meta', 'io.modelcontextprotocol/clientInfo', 'name'];

interface Known {
  client: string | undefined;
  server: string | undefined;
}

interface Reading {
  readonly exchange: Exchange;
  /** Session, process, or peer. */
  readonly scope: string;
  readonly session: string | undefined;
  readonly out: Observation[];
  readonly unanswered: Map<string, McpCall>;
}

export class McpReader {
  readonly #fields: McpFields;
  readonly #calls = new McpCalls();
  readonly #known = new RecentMap<Known>(SCOPES_MAX);
  readonly #begun = new RecentMap<number>(SCOPES_MAX);
  /** Repeated with a token. */
  readonly #challenged = new RecentMap<string>(CHALLENGED_MAX);

  constructor(fields: McpFields) {
    this.#fields = fields;
  }

  read(
    exchange: Exchange,
    sent: readonly RpcMessage[],
    answered: readonly RpcMessage[],
  ): readonly Observation[] {
    const begins = sent.some(
      (one) => one.method === 'initialize' || one.method === 'server/discover',
    );
    const scope = this.#scopeOf(exchange, begins);
    const reading: Reading = {
      exchange,
      scope,
      session: exchange.isStdio ? scope : sessionOf(exchange),
      out: [],
      unanswered: new Map(),
    };
    for (const message of sent) {
      const side = exchange.isStdio ? (exchange.side ?? sideOf(message)) : 'client';
      if (side === 'client') this.#readClient(reading, message);
      else this.#readServer(reading, message);
    }
    for (const message of answered) this.#readServer(reading, message);
    for (const [requestId, call] of reading.unanswered) this.#conclude(reading, requestId, call);
    return reading.out;
  }

  get evicted(): number {
    return this.#calls.evicted + this.#known.evicted + this.#challenged.evicted;
  }

  #scopeOf(exchange: Exchange, begins: boolean): string {
    if (!exchange.isStdio) {
      const session = sessionOf(exchange);
      if (session !== undefined) return `${session}@${exchange.headers['host'] ?? ''}`;
      const { host, authorization, 'user-agent': program } = exchange.headers;
      return `peer-${digestOf(host, authorization, program)}`;
    }
    const begun = begins ? exchange.at : this.#begun.get(exchange.connection);
    if (begun === undefined || begins) this.#begun.set(exchange.connection, exchange.at);
    return `stdio-${exchange.connection}-${begun ?? exchange.at}`;
  }

  #knownOf(scope: string): Known {
    const known = this.#known.get(scope) ?? { client: undefined, server: undefined };
    this.#known.set(scope, known);
    return known;
  }

  #readClient(reading: Reading, message: RpcMessage): void {
    const { scope } = reading;
    const client = idOf(
      valueAt(message.params, CLIENT_INFO) ??
        (message.method === 'initialize' ? valueAt(message.params, 'clientInfo.name') : undefined),
    );
    if (client !== undefined) this.#knownOf(scope).client = client;
    if (message.method === 'tools/call') this.#readCall(reading, message);
    else if (message.method === 'notifications/cancelled') {
      const requestId = message.params['requestId'];
      const id = typeof requestId === 'number' ? `n:${requestId}` : `s:${idOf(requestId) ?? ''}`;
      push(reading, this.#calls.cancel(scope, id));
    } else if (message.method === undefined && message.id !== undefined) {
      if (!isElicitationAnswer(message.result)) return;
      const accepted = valueAt(message.result, 'action') === 'accept';
      push(reading, this.#calls.answer(scope, message.id, accepted, reading.exchange.at));
    } else if (message.method?.startsWith('tasks/') === true)
      this.#readTaskRequest(reading, message);
  }

  #readCall(reading: Reading, message: RpcMessage): void {
    const tool = idOf(message.params['name']);
    if (tool === undefined || message.id === undefined) return;
    const call = this.#callOf(reading, message, tool, message.id);
    this.#calls.open(message.id, call);
    reading.unanswered.set(message.id, call);
    if (isRefusing(message.params['inputResponses'])) this.#calls.refuse(call.scope, message.id);
    if (reading.exchange.isStdio) push(reading, callObservation(call, { stage: 'requested' }));
  }

  #callOf(reading: Reading, message: RpcMessage, tool: string, requestId: string): McpCall {
    const { exchange, scope } = reading;
    const { params } = message;
    const args = boundedValue(params['arguments'] ?? {});
    const request = digestOf(tool, args);
    const known = this.#knownOf(scope);
    const isRepeat = params['inputResponses'] !== undefined || params['requestState'] !== undefined;
    const first = isRepeat
      ? this.#calls.repeated(scope, request, params['requestState'])
      : undefined;
    const own = idAt(params, this.#fields.session);
    const threads = [
      ...(reading.session === undefined ? [] : [`mcp:${reading.session}`]),
      ...(own === undefined ? [] : [`session:${own}`]),
    ];
    return {
      scope,
      callId:
        first?.callId ??
        idAt(params, this.#fields.call_id) ??
        this.#ownCallId(reading, requestId, request),
      tool,
      args,
      request,
      server: known.server,
      agent: known.client === undefined ? undefined : { name: known.client },
      place: traceParentOf(
        exchange.headers['traceparent'] ?? valueAt(params, ['_meta', 'traceparent']),
      ),
      threads: threads.length === 0 ? undefined : threads,
      session: own ?? (exchange.isStdio ? undefined : reading.session),
      at: first?.at ?? exchange.at,
    };
  }

  /** Request id in its session, else the exchange. */
  #ownCallId(reading: Reading, requestId: string, request: string): string {
    const { exchange, scope, session } = reading;
    if (session !== undefined) return `mcp:${scope}:${requestId}`;
    const own = `mcp:${exchange.digest}:${requestId}`;
    const repetition = `${exchange.headers['host'] ?? ''}|${requestId}|${request}`;
    const challenged = this.#challenged.get(repetition);
    this.#challenged.delete(repetition);
    if (exchange.answer?.status === 401) this.#challenged.set(repetition, challenged ?? own);
    return challenged ?? own;
  }

  #readTaskRequest(reading: Reading, message: RpcMessage): void {
    const taskId = idOf(message.params['taskId']);
    const call = taskId === undefined ? undefined : this.#calls.ofTask(reading.scope, taskId);
    if (call === undefined || message.id === undefined) return;
    if (message.method === 'tasks/cancel') {
      push(reading, callObservation(call, { stage: 'decided', outcome: 'cancelled' }));
    } else if (message.method === 'tasks/result' || message.method === 'tasks/get') {
      this.#calls.open(message.id, call);
      if (message.method === 'tasks/result') reading.unanswered.set(message.id, call);
    }
  }

  #readServer(reading: Reading, message: RpcMessage): void {
    const { scope, exchange } = reading;
    if (message.method === 'elicitation/create' && message.id !== undefined) {
      const asked = exchange.isStdio ? undefined : soleKey(reading.unanswered);
      if (exchange.isStdio || asked !== undefined) {
        push(reading, this.#calls.elicit(scope, message.id, asked));
      }
      return;
    }
    if (message.method !== undefined || message.id === undefined) return;
    const server = serverNameOf(message.result);
    if (server !== undefined) this.#knownOf(scope).server = server;
    const definitions = toolDefinitions(message.result, this.#knownOf(scope).server);
    if (definitions.length > 0) push(reading, definitionsObservation(reading, definitions));
    const call = reading.unanswered.get(message.id) ?? this.#calls.find(scope, message.id);
    if (call === undefined) {
      if (exchange.method === 'GET') this.#calls.holdEarly(scope, message);
      return;
    }
    const until = exchange.until ?? (exchange.isStdio ? exchange.at : undefined);
    const settlement = settlementOf(message, until);
    if (settlement === undefined) return;
    if (isInputRequired(message.result)) {
      this.#calls.awaitInput(call, valueAt(message.result, 'requestState'));
    }
    const taskId = taskIdOf(message.result);
    if (taskId !== undefined) this.#calls.awaitTask(call, taskId);
    reading.unanswered.delete(message.id);
    push(reading, callObservation(call, this.#calls.settle(scope, message.id, settlement)));
  }

  /** Without an answer. */
  #conclude(reading: Reading, requestId: string, call: McpCall): void {
    const { exchange, scope, out } = reading;
    if (exchange.isStdio) return;
    const early = this.#calls.takeEarly(scope, requestId);
    const end = early ?? exchangeEnd(exchange);
    out.push(callObservation(call, this.#calls.settle(scope, requestId, end)));
  }
}

function definitionsObservation(
  reading: Reading,
  definitions: NonNullable<Observation['definitions']>,
): Observation {
  return {
    channel: 'wire',
    convention: 'mcp',
    at: reading.exchange.at,
    threads: reading.session === undefined ? undefined : [`mcp:${reading.session}`],
    definitions,
  };
}

function soleKey(map: ReadonlyMap<string, unknown>): string | undefined {
  return map.size === 1 ? [...map.keys()][0] : undefined;
}

function push(reading: Reading, observation: Observation | undefined): void {
  if (observation !== undefined) reading.out.push(observation);
}
