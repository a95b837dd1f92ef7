/**
 * The demo's enforcement point: asks the deny list, passes or refuses, and writes an event. Loopback only, with a
 * secret. Answers travel with the calls.
 */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type CallFacts, DenyList, REFUSING_ACTIONS } from '@waywarden/revocation-consumer';
import type { RevocationCommand } from '@waywarden/schemas';
import { type DemoCall, toEvent } from '../fleet/task-script.ts';
import type { EventSender } from './event-sender.ts';

export const GATEWAY_ID = 'demo-gateway';
const BODY_BYTES_MAX = 64 * 1024;
/** An older task gets a new one. */
const TOKENS_MAX = 10_000;
const HOST = '127.0.0.1';

export interface CallAnswer {
  readonly outcome: 'success' | 'denied';
  readonly event_id: string;
  readonly denied_by?: string;
  readonly at_ms: number;
}

export interface ToolGatewayOptions {
  readonly denyList: DenyList;
  readonly sender: EventSender;
  readonly nowMs: () => number;
}

export function gatewayDenyList(): DenyList {
  return new DenyList([...REFUSING_ACTIONS, 'block_issuance']);
}

/** What a call has none of is said; a task it must name, so one that does not is not decided. */
function factsOf({ agent, task, tool }: DemoCall): CallFacts {
  return {
    agentUid: agent.uid,
    ...(task.id === '' ? {} : { taskId: task.id }),
    instanceUid: agent.instance_uid,
    conversationId: `chat-${task.id}`,
    credentialUid: `tok-${task.id}-${agent.name}`,
    tool: tool === undefined ? '' : `${tool.server}/${tool.name}`,
  };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) {
    text += String(chunk);
    if (text.length > BODY_BYTES_MAX) throw new RangeError('The call is too large.');
  }
  return text;
}

export class ToolGateway {
  readonly #options: ToolGatewayOptions;
  readonly #secret = randomBytes(24).toString('base64url');
  readonly #server: Server;
  readonly #issued = new Set<string>();
  #url = '';

  private constructor(options: ToolGatewayOptions) {
    this.#options = options;
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch((error: unknown) => {
        const message = error instanceof Error ? error.message : 'failed';
        response.writeHead(502, { 'content-type': 'application/json' });
        response.end(JSON.stringify({ error: 'gateway_failed', message }));
      });
    });
  }

  static async start(options: ToolGatewayOptions): Promise<ToolGateway> {
    const gateway = new ToolGateway(options);
    await new Promise<void>((resolve, reject) => {
      gateway.#server.once('error', reject);
      gateway.#server.listen(0, HOST, resolve);
    });
    const { port } = gateway.#server.address() as AddressInfo;
    gateway.#url = `http://${HOST}:${port}/call`;
    return gateway;
  }

  /** Throws when the call was not recorded. */
  async call(call: DemoCall, signal: AbortSignal): Promise<CallAnswer> {
    const response = await fetch(this.#url, {
      method: 'POST',
      headers: { authorization: `Bearer ${this.#secret}` },
      body: JSON.stringify(call),
      signal,
    });
    if (response.status === 200 || response.status === 403) {
      return (await response.json()) as CallAnswer;
    }
    throw new Error(`The demo's gateway: ${response.status} ${await response.text()}`);
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
  }

  #isKnown(request: IncomingMessage): boolean {
    const given = Buffer.from(request.headers.authorization ?? '');
    const expected = Buffer.from(`Bearer ${this.#secret}`);
    return given.length === expected.length && timingSafeEqual(given, expected);
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method !== 'POST' || !this.#isKnown(request)) {
      response.writeHead(401, { 'content-type': 'application/json' });
      response.end('{"error":"unauthorized"}');
      return;
    }
    const call = JSON.parse(await bodyOf(request)) as DemoCall;
    const answer = await this.#pass(call);
    response.writeHead(answer.outcome === 'denied' ? 403 : 200, {
      'content-type': 'application/json',
    });
    response.end(JSON.stringify(answer));
  }

  /** Whoever holds a token keeps it. */
  #issue({ agent, task }: DemoCall, nowMs: number): RevocationCommand | undefined {
    const token = `${agent.uid}|${task.id}`;
    if (this.#issued.has(token)) return undefined;
    const order = this.#options.denyList.refusesIssuance(agent.uid, nowMs);
    if (order !== undefined) return order;
    this.#issued.add(token);
    const [oldest] = this.#issued;
    if (this.#issued.size > TOKENS_MAX && oldest !== undefined) this.#issued.delete(oldest);
    return undefined;
  }

  async #pass(call: DemoCall): Promise<CallAnswer> {
    const { denyList, sender, nowMs } = this.#options;
    const atMs = nowMs();
    const order = denyList.refuses(factsOf(call), atMs) ?? this.#issue(call, atMs);
    const reported = { eventTime: new Date(atMs).toISOString(), durationMs: 1 + (atMs % 40) };
    const event = toEvent(call, { ...reported, ...deniedBy(order) });
    const [eventId = ''] = await sender.send([event]);
    return {
      outcome: order === undefined ? 'success' : 'denied',
      event_id: eventId,
      at_ms: atMs,
      ...(order && { denied_by: order.command_id }),
    };
  }
}

function deniedBy(order: RevocationCommand | undefined): { readonly deniedBy?: string } {
  return order === undefined ? {} : { deniedBy: order.command_id };
}
