/**
 * What one record of a client says: a span, a log record, a hook, a message on the wire, a turn in
 * a model's history. Several observations of one call become one `Call` in `join/`.
 */

/** What became of a call, as far as it was seen. */
export const CALL_OUTCOMES = [
  'success',
  'error',
  'denied',
  'cancelled',
  'pending',
  'unknown',
] as const;
export type CallOutcome = (typeof CALL_OUTCOMES)[number];

/** How far a call had come when it was observed, from first to last. */
export const STAGES = ['requested', 'decided', 'executed'] as const;
export type CallStage = (typeof STAGES)[number];

export const CHANNELS = ['span', 'log', 'hook', 'wire', 'message'] as const;
export type Channel = (typeof CHANNELS)[number];

/** A place in a tree of spans; ids as they were sent (hex for OTLP). */
export interface SpanPlace {
  readonly trace: string;
  /** Absent in a log record that names only its trace. */
  readonly span?: string | undefined;
  readonly parent?: string | undefined;
}

/** Whom an observation names. `id` without `name`: resolved by an `AgentFact` of the same id. */
export interface AgentLabel {
  readonly name?: string | undefined;
  readonly id?: string | undefined;
  /** True: whoever wrote the record authenticated it (a gateway, a cluster). */
  readonly isAuthenticated?: boolean | undefined;
  /** The client's main agent, named after the client because nobody said who it is. */
  readonly isMain?: boolean | undefined;
}

/** What an observation says of a call of a tool. */
export interface CallObservation {
  readonly stage: CallStage;
  /** As the client names it; `mcp__mail__read_mail` keeps its prefix. */
  readonly tool: string;
  /** The MCP server, where the client names it apart. */
  readonly server?: string | undefined;
  /** The model's or the protocol's id of the call. */
  readonly callId?: string | undefined;
  /** Parsed where it was JSON text; absent where the client did not send it. */
  readonly args?: unknown;
  readonly result?: unknown;
  /** Absent: not said here. `pending`: waits for an approval, or was only asked for. */
  readonly outcome?: CallOutcome | undefined;
  /** True: a model asked for it in an answer of its own, not in a history that it was given. */
  readonly isAsked?: boolean | undefined;
  /** True: it was made by handing the whole conversation over, not by calling a tool. */
  readonly isHandoff?: boolean | undefined;
  /** The order by which an enforcement point refused it; empty: it refused it by none. */
  readonly deniedBy?: string | undefined;
  /** The agent that the call hands over to, by name or id. */
  readonly delegatesTo?: AgentLabel | undefined;
}

/** What a record says of an agent rather than of a call: a sub-agent's name, its parent. */
export interface AgentFact {
  readonly id: string;
  readonly name?: string | undefined;
  readonly parent?: AgentLabel | undefined;
  /** The call that started it. */
  readonly startedBy?: string | undefined;
}

/** A tool that a server or a request to a model offers. */
export interface ToolDefinition {
  readonly name: string;
  readonly server?: string | undefined;
  readonly description?: string | undefined;
  /** JSON Schema of its arguments, as sent. */
  readonly schema?: unknown;
}

/** The work that it belongs to, as far as the client says it. */
interface ObservedWork {
  /** Ids that hold across traces: observations with one of them in common belong together. */
  readonly threads?: readonly string[] | undefined;
  readonly session?: string | undefined;
  readonly user?: string | undefined;
  /** What a person asked for, in clear. */
  readonly task?: string | undefined;
}

/** Who did it, as far as the client says it. */
interface ObservedAgent {
  /** `service.name` of the resource: who is named where no agent is. */
  readonly service?: string | undefined;
  readonly agent?: AgentLabel | undefined;
  /** Who the main agent of this work is, as whoever sends says it beside what the client tells. */
  readonly mainAgent?: AgentLabel | undefined;
  /** A name that children inherit from whoever began: weaker than the nearest run of an agent. */
  readonly label?: string | undefined;
  /** True: this span is a run of `agent`, and what is below it is done by it. */
  readonly isAgentRun?: boolean | undefined;
  /** True: this span is a step of an agent's graph, and the span above it is the agent's run. */
  readonly isStep?: boolean | undefined;
}

export interface Observation extends ObservedWork, ObservedAgent {
  readonly channel: Channel;
  /** The convention by which it was read, such as `otel-genai`. */
  readonly convention: string;
  /** Milliseconds since 1970, by the client's clock; `undefined`: not said, arrival counts. */
  readonly at?: number | undefined;
  readonly until?: number | undefined;
  readonly place?: SpanPlace | undefined;
  /** What the span is called, for the page per client and for `doctor`. */
  readonly name?: string | undefined;
  readonly call?: CallObservation | undefined;
  readonly fact?: AgentFact | undefined;
  readonly definitions?: readonly ToolDefinition[] | undefined;
}

/** One request of a client, its body decompressed. */
export interface ClientRequest {
  readonly method: string;
  /** With its query, as sent. */
  readonly path: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** For a wire seen by a proxy: what the server answered. */
  readonly response?: ClientResponse | undefined;
  /** Milliseconds since 1970, by our clock. */
  readonly receivedAt: number;
}

export interface ClientResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** What a body gave: what could be read, and what could not, with the reason. */
export interface ReadResult {
  readonly observations: readonly Observation[];
  /** Records that were refused; the rest of the body stands. */
  readonly rejected: number;
  /** For the person who runs the client: what was refused, and what to do. */
  readonly problem?: string | undefined;
}
