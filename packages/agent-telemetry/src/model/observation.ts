/** What one record of a client says; `join/` makes one `Call` of several. */

export const CALL_OUTCOMES = [
  'success',
  'error',
  'denied',
  'cancelled',
  'pending',
  'unknown',
] as const;
export type CallOutcome = (typeof CALL_OUTCOMES)[number];

export const STAGES = ['requested', 'decided', 'executed'] as const;
export type CallStage = (typeof STAGES)[number];

export const CHANNELS = ['span', 'log', 'hook', 'wire', 'message'] as const;
export type Channel = (typeof CHANNELS)[number];

/** Ids as sent (hex for OTLP). */
export interface SpanPlace {
  readonly trace: string;
  /** Absent: only the trace is named. */
  readonly span?: string | undefined;
  readonly parent?: string | undefined;
}

/** Without `name`: by an `AgentFact`. */
export interface AgentLabel {
  readonly name?: string | undefined;
  readonly id?: string | undefined;
  /** By a gateway or cluster. */
  readonly isAuthenticated?: boolean | undefined;
  /** Named after the client. */
  readonly isMain?: boolean | undefined;
}

export interface CallObservation {
  readonly stage: CallStage;
  /** `mcp__mail__read_mail` keeps its prefix. */
  readonly tool: string;
  readonly server?: string | undefined;
  /** The model's or protocol's. */
  readonly callId?: string | undefined;
  /** Parsed JSON; absent: not sent. */
  readonly args?: unknown;
  readonly result?: unknown;
  /** Absent: not said. `pending`: unapproved, or only asked. */
  readonly outcome?: CallOutcome | undefined;
  /** In a model's own answer, no history. */
  readonly isAsked?: boolean | undefined;
  /** The whole conversation was handed over. */
  readonly isHandoff?: boolean | undefined;
  /** Empty: no order. */
  readonly deniedBy?: string | undefined;
  readonly delegatesTo?: AgentLabel | undefined;
}

export interface AgentFact {
  readonly id: string;
  readonly name?: string | undefined;
  readonly parent?: AgentLabel | undefined;
  readonly startedBy?: string | undefined;
}

export interface ToolDefinition {
  readonly name: string;
  readonly server?: string | undefined;
  readonly description?: string | undefined;
  /** As sent. */
  readonly schema?: unknown;
}

interface ObservedWork {
  /** One in common joins observations. */
  readonly threads?: readonly string[] | undefined;
  readonly session?: string | undefined;
  readonly user?: string | undefined;
  /** In clear. */
  readonly task?: string | undefined;
}

interface ObservedAgent {
  /** `service.name`, where no agent is named. */
  readonly service?: string | undefined;
  readonly agent?: AgentLabel | undefined;
  /** As the sender says. */
  readonly mainAgent?: AgentLabel | undefined;
  /** Inherited; weaker than a run. */
  readonly label?: string | undefined;
  /** All below is done by `agent`. */
  readonly isAgentRun?: boolean | undefined;
  readonly isStep?: boolean | undefined;
}

export interface Observation extends ObservedWork, ObservedAgent {
  readonly channel: Channel;
  /** Such as `otel-genai`. */
  readonly convention: string;
  /** Client clock; `undefined`: arrival counts. */
  readonly at?: number | undefined;
  readonly until?: number | undefined;
  readonly place?: SpanPlace | undefined;
  readonly name?: string | undefined;
  readonly call?: CallObservation | undefined;
  readonly fact?: AgentFact | undefined;
  readonly definitions?: readonly ToolDefinition[] | undefined;
}

/** Body decompressed. */
export interface ClientRequest {
  readonly method: string;
  readonly path: string;
  /** Lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** Seen by a proxy. */
  readonly response?: ClientResponse | undefined;
  /** Our clock. */
  readonly receivedAt: number;
}

export interface ClientResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

export interface ReadResult {
  readonly observations: readonly Observation[];
  /** The rest stands. */
  readonly rejected: number;
  /** What was refused, and the remedy. */
  readonly problem?: string | undefined;
}
