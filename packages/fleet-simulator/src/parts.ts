/**
 * Parts of events that recur unchanged: who acts, with what tool, what it can do. Each is one
 * object for ever, so that its text is made once (`event-bytes.ts`).
 */
import type { Agent } from './fleet.ts';
import { randomOf } from './random.ts';
import type { SimulatedEvent } from './simulated-event.ts';
import type { Tool } from './tool-table.ts';
import type { World } from './world.ts';

type ToolPart = NonNullable<SimulatedEvent['tool']>;
type CapabilityPart = NonNullable<SimulatedEvent['capabilities']>;

const agents = new Map<Agent, Map<string, SimulatedEvent['agent']>>();
const tools = new Map<Tool, Map<string, ToolPart>>();
const capabilities = new Map<Tool, CapabilityPart>();
const HEX = '0123456789abcdef';

/** What is kept of `of` under a second name, made when it is first asked for. */
function storedOf<O, T>(all: Map<O, Map<string, T>>, of: O, name: string, made: () => T): T {
  let inHand = all.get(of);
  if (inHand === undefined) {
    inHand = new Map();
    all.set(of, inHand);
  }
  let part = inHand.get(name);
  if (part === undefined) {
    part = made();
    inHand.set(name, part);
  }
  return part;
}

export function agentPart(agent: Agent, version: string): SimulatedEvent['agent'] {
  const { uid } = agent;
  return storedOf(agents, agent, version, () => ({
    uid,
    instance_uid: `${uid}#1`,
    class: agent.class,
    version,
  }));
}

/** @param own the definition that this agent alone has, if any. */
export function toolPart(tool: Tool, world: World, at: number, own: string | undefined): ToolPart {
  const name = world.nameOf(tool, at);
  const definition = own ?? world.definitionOf(tool, at);
  const key = name === tool.name ? definition : `${definition} ${name}`;
  return storedOf(tools, tool, key, () => ({
    name,
    server: tool.server,
    type: 'mcp',
    definition_hash: `def:${randomOf(`${tool.server}.${tool.name}.${definition}`).text(HEX, 16)}`,
  }));
}

export function capabilityPart(tool: Tool): CapabilityPart {
  const known = capabilities.get(tool);
  if (known !== undefined) return known;
  const part = tool.capabilities.map((symbol) => ({ symbol, basis: 'catalogue' as const }));
  capabilities.set(tool, part);
  return part;
}
