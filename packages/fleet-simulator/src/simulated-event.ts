/** An event as the simulator writes it: the input event of the contracts, with the fields it uses. */
export interface SimulatedEvent {
  readonly native_id: string;
  readonly event_time: string;
  readonly source: { readonly kind: 'simulation'; readonly instance: string; seq?: number };
  readonly activity:
    | 'tool_call'
    | 'delegation'
    | 'model_call'
    | 'prompt_get'
    | 'config_change'
    | 'heartbeat'
    | 'resource_read';
  readonly phase: 'completed';
  readonly effect: string;
  readonly duration_ms?: number | undefined;
  readonly agent: {
    readonly uid: string;
    readonly instance_uid?: string;
    readonly class?: string;
    readonly version?: string;
  };
  readonly principal?: { readonly uid: string; readonly type: 'human' | 'service' } | undefined;
  readonly credential?:
    | {
        readonly uid: string;
        readonly type: 'access_token';
        readonly issued_at?: string;
        readonly expires_at?: string;
        readonly parent_uid?: string;
      }
    | undefined;
  readonly scopes?: readonly string[] | undefined;
  readonly delegation?:
    | {
        readonly root_agent_uid: string;
        readonly parent_agent_uid: string;
        readonly depth: number;
        readonly chain: readonly {
          readonly agent_uid: string;
          readonly via: string;
          readonly ref: string;
        }[];
      }
    | undefined;
  readonly conversation_id?: string | undefined;
  readonly conversation_turn?: number | undefined;
  readonly task?:
    | { readonly id: string; readonly workflow: string; readonly request?: string }
    | undefined;
  readonly trace_id?: string | undefined;
  readonly span_id?: string | undefined;
  readonly parent_span_id?: string | undefined;
  readonly tool?:
    | {
        readonly name: string;
        readonly server: string;
        readonly type: 'mcp';
        readonly definition_hash: string;
      }
    | undefined;
  readonly target?:
    | {
        readonly system?: string;
        readonly resource_type: string;
        readonly resource_id: string;
        readonly owner_uid?: string | undefined;
        readonly sensitivity?: string;
        readonly environment?: string;
      }
    | undefined;
  readonly capabilities?:
    | readonly { readonly symbol: string; readonly basis: 'catalogue' }[]
    | undefined;
  readonly args?: { readonly value: Fields; readonly features?: Fields | undefined } | undefined;
  readonly result?: { readonly value: Fields; readonly trust: string } | undefined;
  readonly outcome: Outcome;
  readonly error?: { readonly type: string } | undefined;
  readonly approval?: Approval | undefined;
  readonly model?:
    | {
        readonly provider: string;
        readonly name: string;
        readonly tokens_in: number;
        readonly tokens_out: number;
      }
    | undefined;
  readonly src?: { readonly ip: string; readonly user_agent: string } | undefined;
}

export type Outcome = 'success' | 'denied' | 'tool_error' | 'cancelled' | 'unknown';

export interface Approval {
  readonly mode: 'none' | 'auto' | 'policy' | 'human' | 'bypassed';
  readonly by?: string;
  readonly latency_ms?: number;
}

/** Clear arguments or results of a call: names and plain values. */
export type Fields = Readonly<Record<string, string | number | boolean>>;

/** An event with its times in milliseconds since 1970: when it happened and when it is received. */
export interface TimedEvent {
  readonly at: number;
  readonly arrives: number;
  readonly event: SimulatedEvent;
  /** When it is received once more, by a source that repeats itself. */
  readonly again?: number | undefined;
  /** Happened and took its number, but nobody is ever told. */
  readonly lost?: boolean;
}
