/**
 * How an agent and a tool that a hook names are called in orders: as the events are that ingest makes
 * of the same hooks, else an order would be about nobody. Pure.
 */
import type { AgentLabel } from '@waywarden/agent-telemetry/enforcement';

/** Clients name a tool of an MCP server so. */
const MCP_TOOL = /^mcp__(?<server>.+?)__(?<name>.+)$/su;
const BARE_NAME = /^[^/]+$/u;

export function uidOfAgent(label: AgentLabel | undefined): string | undefined {
  const name = label?.name ?? label?.id;
  if (name === undefined) return undefined;
  return BARE_NAME.test(name) ? `agent/${name}` : name;
}

export function toolOfHook(tool: string, server: string | undefined): string {
  const { server: inName, name = tool } = MCP_TOOL.exec(tool)?.groups ?? {};
  const from = server ?? inName;
  return from === undefined ? name : `${from}/${name}`;
}
