/**
 * How orders call an agent and a tool that a hook names: as ingest's events of the same hooks do,
 * else an order would be about nobody. Pure.
 */
import type { AgentLabel } from '@waywarden/agent-telemetry/enforcement';

/** Clients name a tool of an MCP server so. */
const MCP_TOOL = /^mcp__(?<server>.+?)__(?<name>.+)$/su;

/** An agent that has only an id has no name of its own in orders. */
export function uidOfAgent(label: AgentLabel): string | undefined {
  const name = label.name?.trim() ?? '';
  if (name === '') return undefined;
  return label.isAuthenticated === true ? name : `agent/${name}`;
}

export function toolOfHook(tool: string, server: string | undefined): string {
  const { server: inName, name = tool } = MCP_TOOL.exec(tool)?.groups ?? {};
  const from = server ?? inName;
  return from === undefined ? name : `${from}/${name}`;
}
