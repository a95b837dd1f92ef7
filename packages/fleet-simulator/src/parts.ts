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

const agents = new Map<string, SimulatedEvent['agent']>();
const tools = new Map<string, ToolPart>();
const capabilities = new Map<Tool, CapabilityPart>();
const HEX = '0123456789abcdef';

export function agentPart(agent: Agent, version: string): SimulatedEvent['agent'] {
  const key = `${agent.uid} ${version}`;
  const known = agents.get(key);
  if (known !== undefined) return known;
  const part = {
    uid: agent.uid,
    instance_uid: `${agent.uid}#1`,
    class: agent.class,
    version,
  };
  agents.set(key, part);
  return part;
}

/** @param own the definition that this agent alone has, if any. */
export function toolPart(tool: Tool, world: World, at: number, own: string | undefined): ToolPart {
  const name = world.nameOf(tool, at);
  const definition = own ?? world.definitionOf(tool, at);
  const key = `${tool.server} ${name} ${definition}`;
  const known = tools.get(key);
  if (known !== undefined) return known;
  const part: ToolPart = {
    name,
    server: tool.server,
    type: 'mcp',
    definition_hash: `def:${randomOf(`${tool.server}.${tool.name}.${definition}`).text(HEX, 16)}`,
  };
  tools.set(key, part);
  return part;
}

export function capabilityPart(tool: Tool): CapabilityPart {
  const known = capabilities.get(tool);
  if (known !== undefined) return known;
  const part = tool.capabilities.map((symbol) => ({ symbol, basis: 'catalogue' as const }));
  capabilities.set(tool, part);
  return part;
}
