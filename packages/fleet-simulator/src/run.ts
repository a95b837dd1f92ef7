/**
 * One task under way: whoever acts in it acts through here, so that credentials, spans, delegation
 * and times hang together. Time only moves forward inside a run.
 */
import { DAY, HOUR, MINUTE, timeText } from './calendar.ts';
import type { Agent, Cell, Role } from './fleet.ts';
import type { Random } from './random.ts';
import type { Fields, SimulatedEvent, TimedEvent } from './simulated-event.ts';
import { TOOLS, type Tool, type ToolName } from './tool-table.ts';

export interface RunPlan {
  readonly id: string;
  readonly workflow: string;
  readonly cell: Cell;
  /** Milliseconds since 1970. */
  readonly start: number;
  readonly random: Random;
  readonly conversation?: string;
}

export interface CallPlan {
  readonly args?: Fields;
  readonly result?: Fields;
  readonly object?: string;
  readonly outcome?: SimulatedEvent['outcome'];
  readonly features?: Fields;
  /** Milliseconds between the call before and this one. */
  readonly wait?: number;
  readonly principal?: string;
  readonly credential?: string;
  readonly parentCredential?: string;
  readonly scopes?: readonly string[];
  readonly approvedBy?: string;
  readonly environment?: string;
}

type Delegation = NonNullable<SimulatedEvent['delegation']>;

const LIFE: Readonly<Record<Agent['class'], number>> = {
  scheduled_job: 2 * HOUR,
  human_triggered: 8 * HOUR,
  assistive: 30 * MINUTE,
  semi_autonomous: 4 * HOUR,
  autonomous: 15 * MINUTE,
};

/** How late a call may be told of: most at once, few within the allowed lateness. */
const LATE = { share: 0.01, most: 20 * MINUTE } as const;

export class Run {
  readonly events: TimedEvent[] = [];
  readonly plan: RunPlan;
  #now: number;
  #calls = 0;
  readonly #delegations = new Map<string, { delegation: Delegation; span: string }>();
  readonly #credentials = new Map<string, { uid: string; issued: number }>();

  constructor(plan: RunPlan) {
    this.plan = plan;
    this.#now = plan.start;
  }

  /** A call of the cell's agent of this role. Returns its native id. */
  call(by: Role | Agent, name: ToolName, plan: CallPlan = {}): string {
    const agent = typeof by === 'string' ? this.plan.cell.agent(by) : by;
    const tool: Tool = TOOLS[name];
    const { args = {}, outcome = 'success' } = plan;
    return this.#add(agent, plan, {
      activity: 'tool_call',
      effect: tool.effect,
      tool: { name: tool.name, server: tool.server, type: 'mcp' },
      target: {
        system: tool.server,
        resource_type: tool.type,
        resource_id: plan.object ?? `${tool.type}/${this.plan.workflow}-${this.plan.cell.number}`,
        sensitivity: tool.sensitivity,
        environment: plan.environment ?? 'prod',
      },
      capabilities: tool.capabilities.map((symbol) => ({ symbol, basis: 'catalogue' })),
      args: { value: args, ...(plan.features === undefined ? {} : { features: plan.features }) },
      ...(outcome === 'denied'
        ? {}
        : { result: { value: plan.result ?? { ok: true }, trust: tool.trust } }),
      outcome,
    });
  }

  /** `from` hands a part of the work to `to`, whose calls in this run are its from then on. */
  handOver(from: Role, to: Role, wait?: number): string {
    const [parent, child] = [this.plan.cell.agent(from), this.plan.cell.agent(to)];
    const ref = this.#add(parent, wait === undefined ? {} : { wait }, {
      activity: 'delegation',
      effect: 'execute',
      target: { resource_type: 'agent', resource_id: child.uid },
      capabilities: [{ symbol: 'delegate:task', basis: 'catalogue' }],
      args: { value: { brief: `part ${this.#calls}` } },
      outcome: 'success',
    });
    const own = this.#delegations.get(parent.uid)?.delegation;
    const delegation: Delegation = {
      root_agent_uid: own?.root_agent_uid ?? parent.uid,
      parent_agent_uid: parent.uid,
      depth: (own?.depth ?? 0) + 1,
      chain: [...(own?.chain ?? []), { agent_uid: parent.uid, via: 'act_claim', ref }],
    };
    this.#delegations.set(child.uid, { delegation, span: `span-${ref}` });
    return ref;
  }

  /** Nobody does anything for so many milliseconds. */
  rest(ms: number): void {
    this.#now += ms;
  }

  /** The token of an agent for this task, taken anew when it would be over. */
  #credential(agent: Agent): { uid: string; issued: number } {
    const held = this.#credentials.get(agent.uid);
    if (held !== undefined && this.#now < held.issued + LIFE[agent.class]) return held;
    const fresh = {
      uid: `tok-${this.plan.id}-${agent.role}-${this.#calls}`,
      issued: this.#now - 900,
    };
    this.#credentials.set(agent.uid, fresh);
    return fresh;
  }

  #add(
    agent: Agent,
    plan: CallPlan,
    what: Pick<
      SimulatedEvent,
      'activity' | 'effect' | 'target' | 'capabilities' | 'args' | 'outcome'
    > &
      Partial<SimulatedEvent>,
  ): string {
    const { id, workflow, random, conversation, cell } = this.plan;
    this.#now += plan.wait ?? random.int(4_000, 90_000);
    const at = this.#now;
    const native = `${id}-${++this.#calls}`;
    const delegated = this.#delegations.get(agent.uid);
    const held = this.#credential(agent);
    const person = plan.principal ?? `person-${workflow}-${cell.number}@acme.example`;
    const event: SimulatedEvent = {
      native_id: native,
      event_time: timeText(at),
      source: { kind: 'simulation', instance: agent.gateway },
      phase: 'completed',
      duration_ms: random.int(15, 2500),
      agent: {
        uid: agent.uid,
        instance_uid: `${agent.uid}#1`,
        class: agent.class,
        version: '1.0.0',
      },
      principal: { uid: person, type: agent.class === 'scheduled_job' ? 'service' : 'human' },
      credential: {
        uid: plan.credential ?? held.uid,
        type: 'access_token',
        issued_at: timeText(held.issued),
        expires_at: timeText(held.issued + LIFE[agent.class]),
        ...(plan.parentCredential === undefined ? {} : { parent_uid: plan.parentCredential }),
      },
      ...(plan.scopes === undefined ? {} : { scopes: plan.scopes }),
      ...(delegated === undefined
        ? {}
        : { delegation: delegated.delegation, parent_span_id: delegated.span }),
      ...(conversation === undefined ? {} : { conversation_id: conversation }),
      task: { id, workflow },
      trace_id: id,
      span_id: `span-${native}`,
      ...what,
      ...(plan.approvedBy === undefined
        ? {}
        : {
            approval: {
              mode: 'human',
              by: plan.approvedBy,
              latency_ms: random.int(9_000, 240_000),
            },
          }),
    };
    const late = random.chance(LATE.share) ? random.int(MINUTE, LATE.most) : random.int(20, 900);
    this.events.push({ at, arrives: at + late, event });
    if (what.outcome === 'tool_error') this.#now += MINUTE;
    if (this.#now > this.plan.start + 30 * DAY) throw new Error(`run ${id} never ends`);
    return native;
  }
}
