/**
 * Which messages of MCP reach data. Pure. What is known to reach none is listed, and every other
 * method counts as a call: one that a later version of the protocol adds must not be a way around.
 */
import type { CallFacts } from '../orders/call-facts.ts';

export interface McpMessage {
  readonly id?: unknown;
  /** Absent: an answer to what the server asked. */
  readonly method?: string;
  readonly params?: { readonly name?: unknown; readonly arguments?: unknown };
}

export const TOOL_CALL = 'tools/call';

const WITHOUT_DATA: ReadonlySet<string> = new Set([
  'initialize',
  'server/discover',
  'ping',
  'logging/setLevel',
  'tools/list',
  'resources/list',
  'resources/templates/list',
  'prompts/list',
  'resources/unsubscribe',
]);
const READING: ReadonlySet<string> = new Set([
  'resources/read',
  'resources/subscribe',
  'prompts/get',
  'completion/complete',
]);

/** By name: parameters in a row, or a name that is no text, are another tool here than at the server. */
function areParams(method: unknown, params: unknown): boolean {
  if (typeof params !== 'object' || params === null || Array.isArray(params)) return false;
  const { name } = params as { name?: unknown };
  return method !== TOOL_CALL || name === undefined || typeof name === 'string';
}

export function isMessage(value: unknown): value is McpMessage {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const { method, params } = value as { method?: unknown; params?: unknown };
  const isNamed = method === undefined || typeof method === 'string';
  return isNamed && (params === undefined || areParams(method, params));
}

export function isCall({ method }: McpMessage): boolean {
  if (method === undefined || method.startsWith('notifications/')) return false;
  return !WITHOUT_DATA.has(method);
}

/** What of a call is in its message: its tool is `server/name`, of other methods `server/method`. */
export function factsOfMessage(
  server: string,
  { method = '', params }: McpMessage,
): Required<Pick<CallFacts, 'tool'>> & Pick<CallFacts, 'effect'> {
  const name = method === TOOL_CALL ? String(params?.name ?? '') : method;
  return { tool: `${server}/${name}`, ...(READING.has(method) ? { effect: 'read' } : {}) };
}

/** What is asked for: of a tool its arguments, of another method what it is about. */
export function argsOf({ method, params }: McpMessage): { readonly args?: unknown } {
  const args = method === TOOL_CALL ? params?.arguments : params;
  return args === undefined ? {} : { args };
}
