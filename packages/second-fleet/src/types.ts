// What the parts of the simulator hand to each other.
import type { Zone } from './clock.ts';

export type AgentClass =
  | 'scheduled_job'
  | 'human_triggered'
  | 'assistive'
  | 'semi_autonomous'
  | 'autonomous';
export type Effect = 'read' | 'draft' | 'write' | 'sensitive' | 'critical';
export type Sensitivity = 'public' | 'internal' | 'confidential' | 'restricted' | 'secret';
export type Strength = 'obvious' | 'plain' | 'subtle';
export type Family =
  | 'hijack'
  | 'tool_misuse'
  | 'rate_burst'
  | 'low_and_slow'
  | 'slow_climb'
  | 'data_hoarding'
  | 'resource_abuse'
  | 'stolen_credential'
  | 'class_drift'
  | 'approval_bypass'
  | 'rubber_stamping'
  | 'undeclared_change'
  | 'night_chain'
  | 'telemetry_silence';

export interface Tool {
  server: string;
  name: string;
  eff: Effect;
  arg: string;
  system: string;
  kind: string;
  sens: Sensitivity;
  /** Median of the records a call returns; 0: it returns no list. */
  records: number;
  /** What outsiders' text it returns. */
  text?: 'mail' | 'ticket' | 'web' | 'doc' | 'issue' | 'log' | undefined;
}

export interface Step {
  tool: Tool;
  p: number;
  mean: number;
}

export interface Job {
  id: string;
  cls: AgentClass;
  plane: 'retrieval' | 'reasoning' | 'execution';
  team: string;
  zones: readonly Zone[];
  /** office: its people's hours; always: round the clock; cron: by the timer. */
  hours: 'office' | 'always' | 'cron';
  share: number;
  recipes: readonly Step[][];
  tags: readonly string[];
}

export interface Source {
  kind: string;
  instance: string;
  has: ReadonlySet<string>;
  uid: string;
}

export interface Person {
  uid: string;
  zone: Zone;
  home: string[];
  office: string[];
  /** Median of the time in which they answer an approval, in milliseconds. */
  answers: number;
  refuses: number;
}

export interface Change {
  t: number;
  what: 'release' | 'model' | 'prompt' | 'tool' | 'network';
  declared: boolean;
  value: string;
}

export interface Agent {
  index: number;
  uid: string;
  name: string;
  job: Job;
  zone: Zone;
  source: Source;
  audit?: Source;
  owner: string;
  users: Person[];
  rate: number;
  spread: number;
  bursty: boolean;
  batch: number;
  begins: number;
  ends: number;
  weekend: number;
  from: number;
  rest?: [number, number];
  growth: number;
  cronMinutes: number;
  weights: number[];
  credential: 'task' | 'rotating' | 'session' | 'static';
  life: number;
  instances: string[];
  ephemeral: boolean;
  framework: string;
  models: string[];
  pools: string[][];
  novelty: number;
  recordScale: number;
  tokenScale: number;
  errors: number;
  pace: number;
  changes: Change[];
  rollout?: { t: number; tool: Tool };
  /** A server that changed the definitions of its tools for everybody. */
  served: { t: number; server: string }[];
  helper?: number;
  beats: boolean;
  mute: boolean;
}

export interface InputEvent {
  native_id: string;
  event_time: string;
  event_time_quality?: string;
  activity: string;
  phase?: string;
  duration_ms?: number;
  source: { kind: string; instance: string; seq?: number };
  agent: {
    uid: string;
    version?: string;
    instance_uid?: string;
    framework?: string;
    class?: string;
  };
  principal?: { uid: string; type: string };
  credential?: {
    uid: string;
    type: string;
    issued_at?: string;
    expires_at?: string;
    task_id?: string;
    parent_uid?: string;
  };
  delegation?: {
    root_agent_uid: string;
    parent_agent_uid: string;
    depth: number;
    chain: { agent_uid: string; via: string; ref: string }[];
  };
  conversation_id?: string;
  conversation_turn?: number;
  task?: { id: string; workflow: string; request?: string };
  trace_id?: string;
  span_id?: string;
  parent_span_id?: string;
  tool?: { name: string; server: string; type: string; definition_hash?: string };
  target?: {
    system?: string;
    resource_type: string;
    resource_id: string;
    owner_uid?: string;
    sensitivity?: string;
    environment?: string;
  };
  args?: { value: Record<string, unknown> };
  result?: {
    size?: number;
    is_error?: boolean;
    features?: Record<string, number>;
    value?: unknown;
  };
  outcome?: string;
  error?: { type: string };
  approval?: { uid?: string; mode: string; by?: string; latency_ms?: number };
  model?: { provider: string; name: string; tokens_in?: number; tokens_out?: number };
  src?: { ip: string; user_agent: string };
  labels?: Record<string, string>;
}

/** One event with what the generator knows of it. */
export interface Rec {
  t: number;
  arrives: number;
  agent: number;
  source: Source;
  role: 'call' | 'audit' | 'beat' | 'change' | 'handover';
  eff: Effect;
  records: number;
  tokens: number;
  attack: boolean;
  attended: boolean;
  e: InputEvent;
}

export interface Incident {
  id: string;
  family: Family;
  strength: Strength;
  variant: string;
  agent: Agent;
  from: number;
  to: number;
  recs: Rec[];
}

export interface Quiet {
  variation: string;
  agents: string[];
  from: number;
  to: number;
  kinds?: string[];
  alerts?: number;
}
