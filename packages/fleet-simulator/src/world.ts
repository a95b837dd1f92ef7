/**
 * What holds around the agents, and when it changes: versions, models, tools' definitions and
 * names, failing servers, gateways that stop or repeat, days with more work. Benign variations and
 * attacks are both told as changes, so that no run knows in which kind it lives.
 */
import type { AlsoCalls } from './call-plan.ts';
import type { Agent } from './fleet.ts';
import type { House } from './house.ts';
import type { Records } from './records.ts';
import type { Tool } from './tool-table.ts';

interface InHand {
  /** Milliseconds since 1970; `to` is not included. */
  readonly from: number;
  readonly to: number;
}

/** A change that one agent's calls show; those calls are noted in `shown`. */
export type AgentChange = InHand & {
  readonly agents: ReadonlySet<string>;
  readonly shown?: NotedCall[];
} & (
    | { readonly what: 'model'; readonly model: string }
    | { readonly what: 'version'; readonly version: string }
    | { readonly what: 'tools'; readonly definition: string }
    | { readonly what: 'prompt'; readonly prompt: string; readonly also: AlsoCalls | undefined }
    | { readonly what: 'approval'; readonly mode: 'none' | 'auto' | 'bypassed' }
    | { readonly what: 'lost' }
  );

export type SharedChange =
  | (InHand & { readonly what: 'definition'; readonly server: string; readonly definition: string })
  | (InHand & { readonly what: 'name'; readonly tool: string; readonly name: string })
  | (InHand & { readonly what: 'fails'; readonly server: string; readonly share: number })
  | (InHand & { readonly what: 'stopped'; readonly gateway: string })
  | (InHand & { readonly what: 'late'; readonly gateway: string; readonly by: number })
  | (InHand & { readonly what: 'repeats'; readonly gateway: string })
  | (InHand & {
      readonly what: 'busy';
      readonly workflows: ReadonlySet<string>;
      readonly factor: number;
    })
  | (InHand & { readonly what: 'absent'; readonly cell: number });

type SharedOf<W> = Extract<SharedChange, { readonly what: W }>;
type OnItsWay = SharedOf<'stopped' | 'late' | 'repeats'>;

/** Milliseconds by which a gateway's clock is wrong, always: within the two minutes allowed. */
const CLOCKS: ReadonlyMap<string, number> = new Map([
  ['gateway-2', -95_000],
  ['gateway-3', 350],
]);

export const clockOf = (gateway: string): number => CLOCKS.get(gateway) ?? 0;

export interface NotedCall {
  readonly at: number;
  readonly native: string;
  readonly task: string;
  /** Whether somebody must decide over it: only then a changed approval shows. */
  readonly decided: boolean;
  /** Whether it loads the agent's prompt, or is made because of it: only then a changed one shows. */
  readonly prompted: boolean;
}

export interface Composition {
  readonly model: string;
  readonly version: string;
  readonly approval: 'none' | 'auto' | 'bypassed' | undefined;
  readonly definition: string | undefined;
  readonly lost: boolean;
}

export class World {
  readonly #byAgent = new Map<string, AgentChange[]>();
  readonly #loaded = new Map<string, string>();
  readonly #shared: readonly SharedChange[];
  readonly #names: readonly SharedOf<'name'>[];
  readonly #definitions: readonly SharedOf<'definition'>[];
  readonly #failures: readonly SharedOf<'fails'>[];
  readonly #byGateway = new Map<string, readonly OnItsWay[]>();

  readonly records: Records;
  readonly tools: House['tools'];

  constructor(
    agentChanges: readonly AgentChange[],
    shared: readonly SharedChange[],
    { records, tools }: { readonly records: Records; readonly tools: House['tools'] },
  ) {
    this.tools = tools;
    this.#shared = shared;
    this.#names = shared.filter((c) => c.what === 'name');
    this.#definitions = shared.filter((c) => c.what === 'definition');
    this.#failures = shared.filter((c) => c.what === 'fails');
    for (const change of shared) {
      if (!('gateway' in change)) continue;
      const inHand = this.#byGateway.get(change.gateway) ?? [];
      this.#byGateway.set(change.gateway, [...inHand, change]);
    }
    this.records = records;
    for (const change of agentChanges) {
      for (const uid of change.agents) {
        const inHand = this.#byAgent.get(uid);
        if (inHand === undefined) this.#byAgent.set(uid, [change]);
        else inHand.push(change);
      }
    }
    // The latest change holds, whoever made it.
    for (const inHand of this.#byAgent.values()) inHand.sort((a, b) => a.from - b.from);
  }

  /** What an agent is made of at a time; calls that show a change are noted with it. */
  composition(agent: Agent, call: NotedCall): Composition {
    // By the clock that tells it: a change holds for all that is told as after it.
    const at = call.at + clockOf(agent.gateway);
    let [model, version, lost] = [agent.model, agent.version, false];
    let [approval, definition]: [Composition['approval'], string | undefined] = [
      undefined,
      undefined,
    ];
    for (const change of this.#byAgent.get(agent.uid) ?? []) {
      if (at < change.from || at >= change.to) continue;
      if (change.what === 'approval' && !call.decided) continue;
      if (change.what === 'prompt' && !call.prompted) continue;
      if (change.what === 'model') model = change.model;
      else if (change.what === 'version') version = change.version;
      else if (change.what === 'approval') approval = change.mode;
      else if (change.what === 'tools') definition = change.definition;
      else if (change.what === 'lost') lost = true;
      if (change.shown === undefined || this.passage(agent.gateway, call.at).stopped) continue;
      change.shown.push(call);
    }
    return { model, version, approval, definition, lost };
  }

  /** The prompt that an agent goes by at a time, and what it makes it do besides. */
  promptOf(
    { uid, prompt, gateway }: Agent,
    happens: number,
  ): { prompt: string; also: AlsoCalls | undefined } {
    const at = happens + clockOf(gateway);
    const inHand: { prompt: string; also: AlsoCalls | undefined } = { prompt, also: undefined };
    for (const change of this.#byAgent.get(uid) ?? []) {
      if (change.what !== 'prompt' || at < change.from || at >= change.to) continue;
      inHand.prompt = change.prompt;
      inHand.also = change.also;
    }
    return inHand;
  }

  /** Whether an agent's prompt is another than what was loaded in that cell the last time. */
  loads({ uid }: Agent, cell: number, prompt: string): boolean {
    const key = `${uid} ${cell}`;
    if (this.#loaded.get(key) === prompt) return false;
    this.#loaded.set(key, prompt);
    return true;
  }

  /** Whether nothing of what an agent does is told at a time. */
  isSilent(agent: Agent, at: number): boolean {
    const changes = this.#byAgent.get(agent.uid) ?? [];
    const told = at + clockOf(agent.gateway);
    return changes.some((c) => c.what === 'lost' && told >= c.from && told < c.to);
  }

  /** Whether a cell has not begun to work. */
  isAbsent(cell: number, at: number): boolean {
    return this.#shared.some(
      (c) => c.what === 'absent' && c.cell === cell && at >= c.from && at < c.to,
    );
  }

  /** The name under which a tool is listed at a time. */
  nameOf(tool: Tool, at: number): string {
    for (const change of this.#names) {
      if (at >= change.from && change.tool === `${tool.server}/${tool.name}`) return change.name;
    }
    return tool.name;
  }

  definitionOf(tool: Tool, at: number): string {
    let definition = 'v1';
    for (const change of this.#definitions) {
      if (change.server === tool.server && at >= change.from) definition = change.definition;
    }
    return definition;
  }

  /** The share of a server's calls that fail at a time. */
  failing(server: string, at: number): number {
    let share = 0;
    for (const change of this.#failures) {
      if (change.server === server && at >= change.from && at < change.to)
        share = Math.max(share, change.share);
    }
    return share;
  }

  /** What becomes of an event on its way: never told, told so much later, told twice. */
  passage(gateway: string, happens: number): { stopped: boolean; late: number; repeats: boolean } {
    const at = happens + clockOf(gateway);
    const passage = { stopped: false, late: 0, repeats: false };
    for (const change of this.#byGateway.get(gateway) ?? []) {
      if (at < change.from || at >= change.to) continue;
      if (change.what === 'stopped') passage.stopped = true;
      else if (change.what === 'late') passage.late = change.by;
      else passage.repeats = true;
    }
    return passage;
  }

  /** How much more or less a workflow is run in a cell at a time. */
  load(workflow: string, cell: number, at: number): number {
    let factor = 1;
    for (const change of this.#shared) {
      if (at < change.from || at >= change.to) continue;
      if (change.what === 'busy' && change.workflows.has(workflow)) factor *= change.factor;
      if (change.what === 'absent' && change.cell === cell) factor = 0;
    }
    return factor;
  }
}
