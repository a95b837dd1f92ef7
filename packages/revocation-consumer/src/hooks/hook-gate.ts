/**
 * Stands in the hooks of coding agents: passes them on to Waywarden and denies a contained agent's
 * tool calls in the client's own words (data: conventions/hooks). A sub-agent is judged as itself
 * and as the main agent.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import {
  type AgentLabel,
  HookDenials,
  HookReader,
  type Observation,
} from '@waywarden/agent-telemetry/enforcement';
import { type DeliveryOptions, EventDelivery } from '../http/delivery.ts';
import { refusalOf } from '../http/middleware.ts';
import { bodyOf, GATE_BODY_BYTES_MAX, TooLarge } from '../http/request-body.ts';
import type { CallFacts } from '../orders/call-facts.ts';
import type { Judgement } from '../orders/consumer-options.ts';
import type { RevocationConsumer } from '../orders/revocation-consumer.ts';

/** Clients name a tool of an MCP server so. */
const MCP_TOOL = /^mcp__(?<server>.+?)__(?<name>.+)$/su;

/**
 * How orders call an agent and a tool that a hook names: as ingest's events of the same hooks do, else an
 * order would be about nobody. An agent that has only an id has no name of its own in orders.
 */
function uidOfAgent(label: AgentLabel): string | undefined {
  const name = label.name?.trim() ?? '';
  if (name === '') return undefined;
  return label.isAuthenticated === true ? name : `agent/${name}`;
}

function toolOfHook(tool: string, server: string | undefined): string {
  const { server: inName, name = tool } = MCP_TOOL.exec(tool)?.groups ?? {};
  const from = server ?? inName;
  return from === undefined ? name : `${from}/${name}`;
}

export interface PassedHook {
  readonly payload: string;
  readonly event: string | undefined;
  readonly agent: string | undefined;
  /** The order that refused the call; empty: none is known to be about it. */
  readonly deniedBy: string | undefined;
}

export interface DeniedHook {
  readonly facts: CallFacts;
  readonly reason: string;
}

export interface HookGateOptions {
  readonly consumer: Pick<RevocationConsumer, 'judge'>;
  /** The uid of the main agent; else it is called after the client. */
  readonly agent?: string | undefined;
  /** Every hook, after it was answered: `(hook) => forwarder.pass(hook)`. */
  readonly onHook?: (hook: PassedHook) => void;
  readonly onDenied?: (denied: DeniedHook) => void;
}

interface Refused {
  readonly facts: CallFacts;
  readonly judgement: Judgement;
}

export class HookGate {
  readonly #options: HookGateOptions;
  readonly #reader = new HookReader();
  readonly #denials = new HookDenials();
  readonly #server: Server;

  constructor(options: HookGateOptions) {
    this.#options = options;
    this.#server = createServer((request, response) => {
      this.#receive(request, response).catch((error: unknown) => {
        const isTooLarge = error instanceof TooLarge;
        if (isTooLarge) response.setHeader('connection', 'close');
        const message = isTooLarge
          ? `A hook may have ${GATE_BODY_BYTES_MAX} bytes.`
          : String(error);
        answer(response, isTooLarge ? 413 : 400, { error: 'hook_not_read', message });
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

  /** What the client is answered; `event`: where the payload does not name it. */
  answer(payload: string, event?: string): object {
    const { agent, onHook, onDenied } = this.#options;
    const read: unknown = JSON.parse(payload);
    const refused = this.#refused(read, event);
    const pass = (deniedBy?: string) => onHook?.({ payload, event, agent, deniedBy });
    if (refused === undefined) {
      pass();
      return {};
    }
    const { command, missing = [] } = refused.judgement;
    const { message } = refusalOf(refused.judgement);
    const reason = `Waywarden refuses this call: ${message}${command ? ` (order ${command.command_id})` : ''}`;
    const denial = this.#denials.answer(read, event, reason);
    // A client that asks nothing by this event makes its call: it was not denied.
    if (denial === undefined) {
      pass();
      return {};
    }
    pass(missing.length === 0 ? (command?.command_id ?? '') : '');
    onDenied?.({ facts: refused.facts, reason });
    return denial;
  }

  async #receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://gate');
    if (request.method !== 'POST' || pathname !== '/hooks') {
      answer(response, 404, { error: 'not_found', message: 'Hooks are sent to POST /hooks.' });
      return;
    }
    const payload = (await bodyOf(request)).toString('utf8');
    answer(response, 200, this.answer(payload, searchParams.get('event') || undefined));
  }

  #refused(payload: unknown, event: string | undefined): Refused | undefined {
    const { agent } = this.#options;
    const { observations } = this.#reader.read(payload, { event, agent }, Date.now());
    const asked = observations.find(({ call }) => call?.stage === 'requested');
    if (asked === undefined) return undefined;
    for (const facts of this.#factsOf(asked)) {
      const judgement = this.#options.consumer.judge(facts);
      if (!judgement.allowed) return { facts, judgement };
    }
    return undefined;
  }

  #factsOf({ agent, call, session, mainAgent }: Observation): readonly CallFacts[] {
    const tool = toolOfHook(call?.tool ?? '', call?.server);
    const uids = [agent, mainAgent].flatMap((one) => (one && uidOfAgent(one)) ?? []);
    return [...new Set(uids)].map((agentUid) => ({
      ...{ agentUid, tool },
      ...(agent?.id !== undefined && { instanceUid: agent.id }),
      ...(session !== undefined && { taskId: session, conversationId: session }),
    }));
  }
}

function answer(response: ServerResponse, status: number, body: object): void {
  if (!response.headersSent) response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

/** Passes hooks on to Waywarden's `/v1/hooks`, as they came and in the background (delivery.ts). */
export class HookForwarder {
  readonly #delivery: EventDelivery;

  constructor(options: DeliveryOptions) {
    const kind = { what: 'Hooks', type: 'application/json', batchMax: 1 };
    this.#delivery = new EventDelivery(options, kind);
  }

  pass({ payload, event, agent, deniedBy }: PassedHook): void {
    const query = new URLSearchParams();
    const fields = Object.entries({ event, agent, denied_by: deniedBy });
    for (const [name, value] of fields) if (value !== undefined) query.set(name, value);
    const path = query.size === 0 ? '/v1/hooks' : `/v1/hooks?${query}`;
    this.#delivery.add({ path, body: payload });
  }

  flush(withinMs?: number): Promise<void> {
    return this.#delivery.flush(withinMs);
  }
}
