/** What became of an MCP call. */
import { boundedValue, contentValue } from '../json/bounded-value.ts';
import { firstAt, idOf, isRecord, type JsonRecord, textOf, valueAt } from '../json/path.ts';
import type { CallOutcome, CallStage, ToolDefinition } from '../model/observation.ts';
import type { Exchange } from './exchange.ts';
import type { RpcMessage } from './json-rpc.ts';

export interface McpSettlement {
  readonly stage: CallStage;
  readonly outcome?: CallOutcome | undefined;
  readonly result?: unknown;
  readonly until?: number | undefined;
}

export function isInputRequired(result: unknown): boolean {
  return isRecord(result) && result['resultType'] === 'input_required';
}

/** `undefined`: a task still runs. */
export function settlementOf(
  message: RpcMessage,
  until: number | undefined,
): McpSettlement | undefined {
  const { error, result } = message;
  if (error !== undefined) {
    const outcome = isCancelledError(error) ? 'cancelled' : 'error';
    return { stage: 'executed', outcome, result: boundedValue(error), until };
  }
  if (!isRecord(result)) return undefined;
  if (isInputRequired(result) || taskIdOf(result) !== undefined) {
    return { stage: 'requested', outcome: 'pending' };
  }
  const status = valueAt(result, 'status');
  if (typeof status === 'string' && idOf(result['taskId']) !== undefined) {
    return taskSettlement(status, result, until);
  }
  const outcome = isToolError(result) ? 'error' : 'success';
  return { stage: 'executed', outcome, result: toolValue(result), until };
}

/** Only in 2026-07-28; before, an answer may follow. */
export function exchangeEnd(exchange: Exchange): McpSettlement {
  const { answer, until } = exchange;
  const status = answer?.status;
  if (status === 401) return { stage: 'requested', outcome: 'denied', until };
  if (status === 403) return { stage: 'decided', outcome: 'denied', until };
  if (status !== undefined && status >= 400) {
    return { stage: 'executed', outcome: 'error', result: textOf(answer?.body), until };
  }
  const isStateless = (exchange.headers['mcp-protocol-version'] ?? '') >= '2026-07-28';
  if (answer?.closedEarly === true || (isStateless && answer !== undefined)) {
    return { stage: 'executed', outcome: 'cancelled', until };
  }
  return { stage: 'requested', until };
}

const TASK_OUTCOMES = { completed: 'success', failed: 'error', cancelled: 'cancelled' } as const;

function taskSettlement(
  status: string,
  result: unknown,
  until: number | undefined,
): McpSettlement | undefined {
  const outcome = Object.entries(TASK_OUTCOMES).find(([name]) => name === status)?.[1];
  if (outcome === undefined) return undefined;
  const inner = firstAt(result, ['result', 'error']);
  const isError = outcome === 'success' && isToolError(inner);
  return {
    stage: 'executed',
    outcome: isError ? 'error' : outcome,
    result: inner === undefined ? undefined : toolValue(inner),
    until,
  };
}

/** What an MCP result says. */

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

function isToolError(result: unknown): boolean {
  return isRecord(result) && (result['isError'] === true || result['is_error'] === true);
}

function isCancelledError(error: JsonRecord | undefined): boolean {
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
