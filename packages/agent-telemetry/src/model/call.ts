import type { AgentLabel, CallOutcome, Channel } from './observation.ts';

/** Strongest first. */
export const AGENT_SOURCES = ['run', 'label', 'thread', 'service', 'none'] as const;
export type AgentSource = (typeof AGENT_SOURCES)[number];

interface CallContext {
  readonly task: string | undefined;
  readonly session: string | undefined;
  readonly user: string | undefined;
  readonly trace: string | undefined;
}

interface CallSources {
  /** Channels and conventions are sorted. */
  readonly observed: number;
  readonly channels: readonly Channel[];
  readonly conventions: readonly string[];
  /** `parent_missing`, `agent_unknown`, `arguments_absent`, … */
  readonly unresolved: readonly string[];
}

interface CallAgents {
  readonly agent: AgentLabel | undefined;
  readonly agentSource: AgentSource;
  readonly parentAgent: AgentLabel | undefined;
  /** Undefined: none. */
  readonly delegatesTo: AgentLabel | undefined;
}

export interface Call extends CallContext, CallSources, CallAgents {
  readonly id: string;
  readonly tool: string;
  readonly server: string | undefined;
  readonly callId: string | undefined;
  /** `undefined`: not sent; results likewise. */
  readonly args: unknown;
  readonly result: unknown;
  readonly outcome: CallOutcome;
  /** Empty: no order; undefined: not refused. */
  readonly deniedBy: string | undefined;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly until: number | undefined;
}
