/** What an MCP result says. */
import { boundedValue, contentValue } from '../json/bounded-value.ts';
import { idOf, isRecord, type JsonRecord, textOf, valueAt } from '../json/path.ts';
import type { ToolDefinition } from '../model/observation.ts';

const TOOLS_MAX = 2000;

/** LSP, MCP SDKs. */
const CANCELLED_CODES = new Set<unknown>([-32800]);

/** Else its text, parsed. */
export function toolValue(result: unknown): unknown {
  if (!isRecord(result)) return boundedValue(result);
  if (result['structuredContent'] !== undefined) return boundedValue(result['structuredContent']);
  return Array.isArray(result['content'])
    ? contentValue(result['content'])
    : boundedValue(result['toolResult'] ?? result['content']);
}

export function isToolError(result: unknown): boolean {
  return isRecord(result) && (result['isError'] === true || result['is_error'] === true);
}

export function isCancelledError(error: JsonRecord | undefined): boolean {
  return error !== undefined && CANCELLED_CODES.has(error['code']);
}

export function serverNameOf(result: unknown): string | undefined {
  return idOf(
    valueAt(result, 'serverInfo.name') ??
      valueAt(result, ['_meta', 'io.modelcontextprotocol/serverInfo', 'name']),
  );
}

export function toolDefinitions(
  result: unknown,
  server: string | undefined,
): readonly ToolDefinition[] {
  const tools = isRecord(result) ? result['tools'] : undefined;
  if (!Array.isArray(tools)) return [];
  const definitions: ToolDefinition[] = [];
  for (const tool of tools.slice(0, TOOLS_MAX)) {
    const name = isRecord(tool) ? idOf(tool['name']) : undefined;
    if (!isRecord(tool) || name === undefined) continue;
    definitions.push({
      name,
      server,
      description: textOf(tool['description']),
      schema: boundedValue(tool['inputSchema']),
    });
  }
  return definitions;
}

/** MCP tasks, 2025-11-25. */
export function taskIdOf(result: unknown): string | undefined {
  if (!isRecord(result)) return undefined;
  const nested = idOf(valueAt(result, 'task.taskId'));
  if (nested !== undefined) return nested;
  return result['resultType'] === 'task' ? idOf(result['taskId']) : undefined;
}
