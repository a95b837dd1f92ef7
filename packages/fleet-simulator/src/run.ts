/**
 * One task under way: whoever acts in it acts through here, so that credentials, spans, delegation
 * and times hang together. Time only moves forward inside a run.
 */
import { approvalDue, approvalOf } from './approval-due.ts';
import { DAY, MINUTE, timeText } from './calendar.ts';
import type { CallPlan } from './call-plan.ts';
import { type Agent, type Cell, credentialPart, LIFE, placeOf, type Role } from './fleet.ts';
import { agentPart, capabilityPart, toolPart } from './parts.ts';
import type { Random } from './random.ts';
import type { Fields, SimulatedEvent, TimedEvent } from './simulated-event.ts';
import { announce } from './tell.ts';
import type { Tool, ToolName } from './tool-table.ts';
import { clockOf, type World } from './world.ts';

export interface RunPlan {
  readonly id: string;
  readonly workflow: string;
  readonly cell: Cell;
  /** Milliseconds since 1970. */
  readonly start: number;
  readonly random: Random;
  readonly world: World;
  /** What a person or a schedule asked for. */
  readonly request?: string;
  readonly conversation?: string;
  readonly trace?: string;
  /** Nothing fails, comes late or twice by chance. */
  readonly steady?: boolean;
  /** No person asked for it, whoever the agent is. */
  readonly unattended?: boolean;
}

type Delegation = NonNullable<SimulatedEvent['delegation']>;
type What = Pick<SimulatedEvent, 'activity' | 'effect' | 'outcome'> &
  Partial<Pick<SimulatedEvent, 'target' | 'capabilities' | 'args' | 'result'>>;

type InHand = NonNullable<CallPlan['inHand']>;

/** One call in so many fails and is tried again; real runs have 4 % to 10 %. */
const ERROR_SHARE = 0.045;
const TRIES_MAX = 4;
/** Of one call in so many nobody learns how it ended. */
const UNKNOWN_SHARE = 0.003;
/** In how many of its tasks an agent's prompt is loaded anew. */
const PROMPT_SHARE = 0.12;

export class Run {
  readonly events: TimedEvent[] = [];
  readonly plan: RunPlan;
  readonly #task: NonNullable<SimulatedEvent['task']>;
  readonly #day: number;
  #now: number;
  #calls = 0;
  #turn = 1;
  readonly #delegations = new Map<string, { delegation: Delegation; span: string }>();
  readonly #credentials = new Map<string, InHand>();
  readonly #principals = new Map<string, NonNullable<SimulatedEvent['principal']>>();

  constructor(plan: RunPlan) {
    this.plan = plan;
    this.#now = plan.start;
    this.#day = Math.floor(plan.start / DAY);
    const { id, workflow, request } = plan;
    this.#task = { id, workflow, ...(request === undefined ? {} : { request }) };
  }

  get now(): number {
    return this.#now;
  }

  /** A call of the cell's agent of this role, tried again when it fails. Returns its native id. */
  call(by: Role | Agent, name: ToolName, plan: CallPlan = {}): string {
    const agent = typeof by === 'string' ? this.plan.cell.agent(by) : by;
    const tool = this.plan.world.tools[name];
    const chancy = this.plan.steady !== true;
    if (chancy) this.#loadPrompt(agent);
    if (plan.outcome === undefined && chancy) this.#failFirst(agent, tool, plan);
    const lost = chancy && plan.outcome === undefined && this.plan.random.chance(UNKNOWN_SHARE);
    const native = this.#attempt(agent, tool, lost ? { ...plan, outcome: 'unknown' } : plan);
    const { also } = this.plan.world.promptOf(agent, this.#now);
    if (chancy && also?.after === name)
      this.#attempt(agent, this.plan.world.tools[also.tool], {
        ...also.plan(this),
        prompted: true,
      });
    return native;
  }

  /** A runtime loads an agent's prompt when it is new to it, and now and then anew. */
  #loadPrompt(agent: Agent): void {
    if (this.#principals.has(agent.uid)) return;
    const { random, world, cell } = this.plan;
    const anew = random.chance(PROMPT_SHARE);
    const { prompt } = world.promptOf(agent, this.#now);
    if (!world.loads(agent, cell.number, prompt) && !anew) return;
    this.#add(agent, { prompted: true, wait: 0 }, undefined, {
      activity: 'prompt_get',
      effect: 'read',
      target: { resource_type: 'prompt', resource_id: prompt },
      outcome: 'success',
    });
  }

  #failFirst(agent: Agent, tool: Tool, plan: CallPlan): void {
    const { random, world } = this.plan;
    for (let n = 1; n < TRIES_MAX; n++) {
      const share = Math.max(ERROR_SHARE, world.failing(tool.server, this.#now));
      if (!random.chance(share)) return;
      this.#attempt(agent, tool, { ...plan, outcome: 'tool_error', result: { error: 'timeout' } });
      this.#now += n * n * 20_000;
    }
  }

  #attempt(agent: Agent, tool: Tool, plan: CallPlan): string {
    const { workflow, cell } = this.plan;
    const { args = {}, outcome = 'success' } = plan;
    const said = outcome === 'success' || outcome === 'tool_error';
    const { sensitivity = tool.sensitivity, environment = 'prod', owner } = plan;
    return this.#add(agent, plan, tool, {
      activity: 'tool_call',
      effect: tool.effect,
      target: {
        system: tool.server,
        resource_type: tool.type,
        resource_id: plan.object ?? `${tool.type}/${workflow}-${cell.number}`,
        owner_uid: owner,
        sensitivity,
        environment,
      },
      capabilities: capabilityPart(tool),
      args: { value: args, features: plan.features },
      result: said ? { value: plan.result ?? OK, trust: tool.trust } : undefined,
      outcome,
    });
  }

  /** A call of the model alone, without a tool. */
  think(by: Role | Agent, tokens?: number, wait?: number): string {
    const agent = typeof by === 'string' ? this.plan.cell.agent(by) : by;
    return this.#add(
      agent,
      { ...(tokens === undefined ? {} : { tokens }), ...(wait === undefined ? {} : { wait }) },
      undefined,
      {
        activity: 'model_call',
        effect: 'read',
        outcome: 'success',
      },
    );
  }

  /** `from` hands a part of the work to `to`, whose calls in this run are its from then on. */
  delegating(from: Role, to: Role, wait?: number): string {
    const [parent, child] = [this.plan.cell.agent(from), this.plan.cell.agent(to)];
    const ref = this.#add(parent, wait === undefined ? {} : { wait }, undefined, {
      activity: 'delegation',
      effect: 'execute',
      target: { resource_type: 'agent', resource_id: child.uid },
      capabilities: DELEGATES,
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

  /** The person asks for something more: a further turn of the conversation. */
  nextTurn(): void {
    this.#turn++;
  }

  /** The token of an agent for this task, taken anew when it would be over. */
  credentialOf(agent: Agent): InHand {
    const inHand = this.#credentials.get(agent.uid);
    if (inHand !== undefined && this.#now < inHand.issued + LIFE[agent.class]) return inHand;
    const uid = `tok-${this.plan.id}-${agent.role}-${this.#calls}`;
    const issued = this.#now - 900;
    const fresh = { uid, issued, part: credentialPart(agent, uid, issued) };
    this.#credentials.set(agent.uid, fresh);
    return fresh;
  }

  #principal(agent: Agent, plan: CallPlan): NonNullable<SimulatedEvent['principal']> {
    const known = plan.principal === undefined ? this.#principals.get(agent.uid) : undefined;
    if (known !== undefined) return known;
    const { workflow, cell, unattended = false } = this.plan;
    const job = unattended || agent.class === 'scheduled_job';
    const usual = job
      ? `scheduler-${cell.number}@acme.example`
      : `person-${workflow}-${cell.number}@acme.example`;
    const made = { uid: plan.principal ?? usual, type: job ? 'service' : 'human' } as const;
    if (plan.principal === undefined) this.#principals.set(agent.uid, made);
    return made;
  }

  #credential(agent: Agent, plan: CallPlan): SimulatedEvent['credential'] {
    const inHand = plan.inHand ?? this.credentialOf(agent);
    if (plan.credential === undefined && plan.parentCredential === undefined) return inHand.part;
    return credentialPart(
      agent,
      plan.credential ?? inHand.uid,
      inHand.issued,
      plan.parentCredential,
    );
  }

  /** The conversation in which a person asked for it, if it is such an agent. */
  #talk(agent: Agent): string | undefined {
    const { id, conversation, unattended = false } = this.plan;
    if (unattended) return undefined;
    const asked = agent.class === 'human_triggered' || agent.class === 'assistive';
    return conversation ?? (asked ? `conv-${id}` : undefined);
  }

  #add(agent: Agent, plan: CallPlan, tool: Tool | undefined, what: What): string {
    const { id, random, world, trace = id } = this.plan;
    this.#now += plan.wait ?? random.int(4_000, 90_000);
    const at = this.#now;
    const told = at + clockOf(agent.gateway);
    const native = `${id}-${++this.#calls}`;
    const open = tool !== undefined && plan.approval === undefined;
    const decided = open && approvalDue(agent.class, tool) !== 'none';
    const now = world.composition(agent, {
      at,
      native,
      task: id,
      decided,
      prompted: plan.prompted === true,
    });
    const delegated = this.#delegations.get(agent.uid);
    const talk = this.#talk(agent);
    // One literal: an event is made of kept parts and little else, or time goes into garbage.
    const event: SimulatedEvent = {
      native_id: native,
      event_time: timeText(told),
      source: { kind: 'simulation', instance: agent.gateway },
      activity: what.activity,
      phase: 'completed',
      effect: what.effect,
      duration_ms: random.int(15, 2500),
      agent: agentPart(agent, now.version),
      principal: this.#principal(agent, plan),
      credential: this.#credential(agent, plan),
      scopes: plan.scopes,
      delegation: delegated?.delegation,
      conversation_id: talk,
      conversation_turn: talk === undefined ? undefined : this.#turn,
      task: this.#task,
      trace_id: trace,
      span_id: `span-${native}`,
      parent_span_id: delegated?.span,
      tool: tool === undefined ? undefined : toolPart(tool, world, told, now.definition),
      target: what.target,
      capabilities: what.capabilities,
      args: what.args,
      result: what.result,
      outcome: what.outcome,
      error: what.outcome === 'tool_error' ? TIMEOUT : undefined,
      approval:
        plan.approval ??
        (tool && approvalOf({ agent, tool, by: plan.approvedBy, mode: now.approval }, this.plan)),
      model: {
        provider: 'example-ai',
        name: now.model,
        tokens_in: plan.tokens ?? random.int(400, 6000),
        tokens_out: random.int(20, 700),
      },
      src: plan.src ?? placeOf(agent, this.#day),
    };
    announce(this.events, { event, at, agent, lost: plan.lost ?? now.lost }, plan, this.plan);
    if (what.outcome === 'tool_error') this.#now += MINUTE;
    if (this.#now > this.plan.start + 30 * DAY) throw new Error(`run ${id} never ends`);
    return native;
  }
}

const OK: Fields = { ok: true, message: 'Saved. Everyone with access sees it now.' };
const TIMEOUT = { type: 'timeout' } as const;
const DELEGATES = [{ symbol: 'delegate:task', basis: 'catalogue' }] as const;
