/** One task of the demo as data; live and past both come from `toEvent`. */
import type { InputEvent } from '@waywarden/schemas';
import type { DemoAgent } from './agents.ts';

export interface DemoTask {
  readonly id: string;
  readonly workflow: string;
  readonly request: string;
  readonly person?: string;
}

export interface DemoCall {
  /** A repeat is known by it. */
  readonly id: string;
  readonly agent: DemoAgent;
  readonly task: DemoTask;
  readonly afterMs: number;
  /** Absent: a hand-over. */
  readonly tool?: { readonly server: string; readonly name: string };
  readonly args?: unknown;
  readonly result?: unknown;
  readonly approval?: InputEvent['approval'];
  readonly environment?: string;
  readonly delegationTo?: string;
  readonly span: string;
  readonly parent?: { readonly agentUid: string; readonly span: string; readonly ref: string };
}

export type CallSpec = Pick<DemoCall, 'args' | 'result' | 'approval' | 'environment'> & {
  readonly afterMs?: number;
};

const THINKING_MS = 700;
const DELEGATION_MS = 250;
const ENVIRONMENT = 'prod';

export class TaskScript {
  readonly task: DemoTask;
  readonly #calls: DemoCall[] = [];
  readonly #under = new Map<string, NonNullable<DemoCall['parent']>>();

  constructor(task: DemoTask) {
    this.task = task;
  }

  get calls(): readonly DemoCall[] {
    return this.#calls;
  }

  delegating(from: DemoAgent, to: DemoAgent, afterMs = DELEGATION_MS): this {
    const id = this.#nextId();
    this.#push({ id, agent: from, task: this.task, afterMs, delegationTo: to.uid, span: id });
    this.#under.set(to.uid, { agentUid: from.uid, span: id, ref: id });
    return this;
  }

  /** `tool` is `server/name`. */
  call(agent: DemoAgent, tool: string, spec: CallSpec): this {
    const [server = '', name = ''] = tool.split('/');
    const id = this.#nextId();
    const { afterMs = THINKING_MS, ...rest } = spec;
    this.#push({
      id,
      agent,
      task: this.task,
      afterMs,
      tool: { server, name },
      span: id,
      ...rest,
    });
    return this;
  }

  #nextId(): string {
    return `${this.task.id}/${this.#calls.length + 1}`;
  }

  #push(call: DemoCall): void {
    const parent = this.#under.get(call.agent.uid);
    this.#calls.push(parent === undefined ? call : { ...call, parent });
  }
}

interface Reported {
  readonly eventTime: string;
  readonly durationMs: number;
  readonly deniedBy?: string;
}

function delegationOf(parent: NonNullable<DemoCall['parent']>): InputEvent['delegation'] {
  const { agentUid, ref } = parent;
  return {
    root_agent_uid: agentUid,
    parent_agent_uid: agentUid,
    depth: 1,
    chain: [{ agent_uid: agentUid, via: 'act_claim', ref }],
  };
}

function personOf({ id, person }: DemoTask): Partial<InputEvent> {
  if (person === undefined) return {};
  return {
    principal: { uid: person, type: 'human' },
    conversation_id: `chat-${id}`,
    conversation_turn: 1,
  };
}

function whatOf(call: DemoCall, denied: boolean): Partial<InputEvent> {
  const { tool, args, result, delegationTo, environment = ENVIRONMENT } = call;
  if (tool === undefined) {
    return {
      activity: 'delegation',
      target: { resource_type: 'agent', ...(delegationTo && { resource_id: delegationTo }) },
    };
  }
  return {
    activity: 'tool_call',
    tool: { ...tool, type: 'mcp' },
    args: { value: args ?? {} },
    ...(denied || result === undefined ? {} : { result: { value: result } }),
    target: { environment },
  };
}

export function toEvent(call: DemoCall, reported: Reported): InputEvent {
  const { agent, task, parent, approval, span, id } = call;
  const { deniedBy } = reported;
  return {
    native_id: id,
    event_time: reported.eventTime,
    event_time_quality: 'measured',
    duration_ms: reported.durationMs,
    activity: 'tool_call',
    phase: 'completed',
    agent: { ...agent },
    task: { id: task.id, workflow: task.workflow, request: task.request },
    credential: {
      uid: `tok-${task.id}-${agent.name}`,
      type: 'access_token',
      task_id: task.id,
    },
    trace_id: `trace-${task.id}`,
    span_id: span,
    ...(parent && { parent_span_id: parent.span, delegation: delegationOf(parent) }),
    ...personOf(task),
    ...(approval && { approval }),
    ...whatOf(call, deniedBy !== undefined),
    outcome: deniedBy === undefined ? 'success' : 'denied',
    ...(deniedBy && { policy: { decision: 'deny', id: deniedBy, engine: 'demo-gateway' } }),
  };
}
