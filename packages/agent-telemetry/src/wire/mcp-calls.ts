/** Calls over MCP until settled; several exchanges share one call id. */
import { digestOf } from '../json/bounded-value.ts';
import { RecentMap } from '../json/recent-map.ts';
import type { AgentLabel, Observation, SpanPlace } from '../model/observation.ts';
import type { RpcMessage } from './json-rpc.ts';
import { type McpSettlement, settlementOf } from './mcp-settlement.ts';

const OPEN_CALLS_MAX = 20_000;
const AWAITED_MAX = 10_000;
const ELICITATIONS_MAX = 10_000;
const EARLY_MAX = 5000;
const EARLY_RESULT_CHARS_MAX = 16_384;
const SCOPES_MAX = 10_000;

export interface McpCall {
  /** Scope of request ids. */
  readonly scope: string;
  readonly callId: string;
  readonly tool: string;
  /** Not held meanwhile. */
  readonly args: unknown;
  /** Knows a repeated request. */
  readonly request: string;
  readonly server: string | undefined;
  readonly agent: AgentLabel | undefined;
  readonly place: SpanPlace | undefined;
  readonly threads: readonly string[] | undefined;
  readonly session: string | undefined;
  readonly at: number;
}

interface Entry {
  readonly call: McpCall;
  outcome: McpSettlement['outcome'];
  until: number | undefined;
  refused: boolean;
}

export function callObservation(call: McpCall, settlement: McpSettlement): Observation {
  return {
    channel: 'wire',
    convention: 'mcp',
    at: call.at,
    until: settlement.until,
    place: call.place,
    threads: call.threads,
    session: call.session,
    agent: call.agent,
    call: {
      stage: settlement.stage,
      tool: call.tool,
      server: call.server,
      callId: call.callId,
      args: call.args,
      result: settlement.result,
      outcome: settlement.outcome,
    },
  };
}

function keyOf(scope: string, id: string): string {
  return `${scope}|${id}`;
}

export class McpCalls {
  readonly #byRequest = new RecentMap<Entry>(OPEN_CALLS_MAX);
  /** By the repeated request's state. */
  readonly #awaited = new RecentMap<McpCall>(AWAITED_MAX);
  /** By id. */
  readonly #asking = new RecentMap<string>(ELICITATIONS_MAX);
  readonly #answers = new RecentMap<boolean>(ELICITATIONS_MAX);
  readonly #cancelled = new RecentMap<true>(ELICITATIONS_MAX);
  readonly #early = new RecentMap<McpSettlement>(EARLY_MAX);
  readonly #latest = new RecentMap<string>(SCOPES_MAX);

  open(requestId: string, call: McpCall): void {
    const key = keyOf(call.scope, requestId);
    const inHand = { ...call, args: undefined };
    this.#byRequest.set(key, {
      call: inHand,
      outcome: undefined,
      until: undefined,
      refused: false,
    });
    this.#latest.set(call.scope, key);
  }

  find(scope: string, requestId: string): McpCall | undefined {
    return this.#byRequest.get(keyOf(scope, requestId))?.call;
  }

  /** Earlier refusals and cancels count. */
  settle(scope: string, requestId: string, settlement: McpSettlement): McpSettlement {
    const key = keyOf(scope, requestId);
    const entry = this.#byRequest.get(key);
    if (entry === undefined) return settlement;
    const isWaiting = settlement.outcome === 'pending';
    const wasCancelled = this.#cancelled.has(key) && settlement.outcome !== 'success';
    let outcome = settlement.outcome;
    if (entry.refused && !isWaiting) outcome = 'denied';
    else if (wasCancelled) outcome = 'cancelled';
    if (!isWaiting) entry.outcome = outcome;
    entry.until = settlement.until;
    return { ...settlement, outcome };
  }

  cancel(scope: string, requestId: string): Observation | undefined {
    const key = keyOf(scope, requestId);
    this.#cancelled.set(key, true);
    const entry = this.#byRequest.get(key);
    if (entry === undefined || entry.outcome === 'success' || entry.refused) return undefined;
    entry.outcome = 'cancelled';
    return callObservation(entry.call, { stage: 'decided', outcome: 'cancelled' });
  }

  elicit(
    scope: string,
    elicitationId: string,
    requestId: string | undefined,
  ): Observation | undefined {
    const elicitation = keyOf(scope, elicitationId);
    const call = requestId === undefined ? this.#latest.get(scope) : keyOf(scope, requestId);
    if (call === undefined) return undefined;
    const accepted = this.#answers.get(elicitation);
    if (accepted === undefined) {
      this.#asking.set(elicitation, call);
      return undefined;
    }
    this.#answers.delete(elicitation);
    return accepted ? undefined : this.#refuse(call);
  }

  answer(
    scope: string,
    elicitationId: string,
    isAccepted: boolean,
    at: number,
  ): Observation | undefined {
    const elicitation = keyOf(scope, elicitationId);
    const asking = this.#asking.get(elicitation);
    this.#asking.delete(elicitation);
    const call = asking ?? this.#openAt(scope, at);
    if (call === undefined) {
      this.#answers.set(elicitation, isAccepted);
      return undefined;
    }
    return isAccepted ? undefined : this.#refuse(call);
  }

  #openAt(scope: string, at: number): string | undefined {
    const latest = this.#latest.get(scope);
    const entry = latest === undefined ? undefined : this.#byRequest.get(latest);
    if (entry === undefined || entry.outcome === 'success') return undefined;
    return entry.until !== undefined && entry.until < at ? undefined : latest;
  }

  /** By the person. */
  refuse(scope: string, requestId: string): void {
    const entry = this.#byRequest.get(keyOf(scope, requestId));
    if (entry !== undefined) entry.refused = true;
  }

  #refuse(key: string): Observation | undefined {
    const entry = this.#byRequest.get(key);
    if (entry === undefined) return undefined;
    entry.refused = true;
    entry.outcome = 'denied';
    return callObservation(entry.call, { stage: 'decided', outcome: 'denied' });
  }

  awaitInput(call: McpCall, state: unknown): void {
    this.#awaited.set(inputKey(call.scope, call.request, state), { ...call, args: undefined });
  }

  repeated(scope: string, request: string, state: unknown): McpCall | undefined {
    const key = inputKey(scope, request, state);
    const call = this.#awaited.get(key);
    this.#awaited.delete(key);
    return call;
  }

  awaitTask(call: McpCall, taskId: string): void {
    this.#awaited.set(`task|${call.scope}|${taskId}`, { ...call, args: undefined });
  }

  ofTask(scope: string, taskId: string): McpCall | undefined {
    return this.#awaited.get(`task|${scope}|${taskId}`);
  }

  /** A proxy may report the stream first. */
  holdEarly(scope: string, message: RpcMessage): void {
    const settlement = settlementOf(message, undefined);
    if (message.id === undefined || settlement === undefined) return;
    const isShort = JSON.stringify(settlement.result ?? null).length <= EARLY_RESULT_CHARS_MAX;
    const inHand = isShort ? settlement : { ...settlement, result: undefined };
    this.#early.set(keyOf(scope, message.id), inHand);
  }

  takeEarly(scope: string, requestId: string): McpSettlement | undefined {
    const key = keyOf(scope, requestId);
    const settlement = this.#early.get(key);
    this.#early.delete(key);
    return settlement;
  }

  get evicted(): number {
    const maps = [this.#byRequest, this.#awaited, this.#asking, this.#answers, this.#latest];
    return maps.reduce((sum, map) => sum + map.evicted, 0);
  }
}

function inputKey(scope: string, request: string, state: unknown): string {
  return `input|${scope}|${digestOf(request, state)}`;
}
