/** Whether the registry names a tool in an agent's declared profile; a pattern names `server/tool` or the tool. */
import type { AuditEvent, RegistryAgent } from '@waywarden/schemas';
import { matchesName } from './envelope.ts';

type Tool = NonNullable<AuditEvent['tool']>;

export function allowsTool(allowed: readonly string[], tool: Tool): boolean {
  const names =
    tool.server === undefined ? [tool.name] : [`${tool.server}/${tool.name}`, tool.name];
  return allowed.some((pattern) => names.some((name) => matchesName(pattern, name)));
}

/** Whether its entry declares the tool by name; a pattern for everything declares nothing. */
export function isDeclared(
  registered: RegistryAgent | undefined,
  tool: AuditEvent['tool'],
): boolean {
  const allowed = registered?.profile?.tools?.filter((pattern) => pattern !== '*');
  return allowed !== undefined && tool !== undefined && allowsTool(allowed, tool);
}

/** Whether its entry names this very tool, and not by a pattern. */
export function isToolNamed(
  registered: RegistryAgent | undefined,
  tool: AuditEvent['tool'],
): boolean {
  const named = registered?.profile?.tools?.filter((one) => !one.includes('*'));
  return named !== undefined && tool !== undefined && allowsTool(named, tool);
}
