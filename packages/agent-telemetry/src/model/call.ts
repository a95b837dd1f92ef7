/** One call of a tool, concluded from everything that was observed of it. */
import type { AgentLabel, CallOutcome, Channel } from './observation.ts';

/** Where the agent's name comes from, strongest first. */
export const AGENT_SOURCES = ['run', 'label', 'thread', 'service', 'none'] as const;
export type AgentSource = (typeof AGENT_SOURCES)[number];

/** Whose work it was, as far as the client says it. */
interface CallContext {
  readonly task: string | undefined;
  readonly session: string | undefined;
  readonly user: string | undefined;
  readonly trace: string | undefined;
}

/** What it was concluded from. */
interface CallSources {
  /** How many observations it was concluded from, by which channels and conventions (sorted). */
  readonly observed: number;
  readonly channels: readonly Channel[];
  readonly conventions: readonly string[];
  /** What could not be resolved: `parent_missing`, `agent_unknown`, `arguments_absent`, … */
  readonly unresolved: readonly string[];
}

/** Who did it, for whom, and to whom it handed work. */
interface CallAgents {
  readonly agent: AgentLabel | undefined;
  readonly agentSource: AgentSource;
  readonly parentAgent: AgentLabel | undefined;
  /** The agent that the call hands over to; undefined for a call that hands nothing over. */
  readonly delegatesTo: AgentLabel | undefined;
}

export interface Call extends CallContext, CallSources, CallAgents {
  /** The same for the same observations in any order. */
  readonly id: string;
  readonly tool: string;
  readonly server: string | undefined;
  readonly callId: string | undefined;
  /** `undefined`: the client does not send arguments; results likewise. */
  readonly args: unknown;
  readonly result: unknown;
  readonly outcome: CallOutcome;
  /** The order by which an enforcement point refused it; empty: by none; undefined: none did. */
  readonly deniedBy: string | undefined;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly until: number | undefined;
}
