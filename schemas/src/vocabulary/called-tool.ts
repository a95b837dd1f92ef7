/**
 * Names of a tool, read alike by ingest and detector: case, `-`, `_`, space, and a server inside
 * (`mcp__github__issue_read`).
 */
export interface CalledTool {
  readonly tool: string;
  readonly server: string | undefined;
}

const PREFIX = 'mcp__';
const SEPARATOR = '__';

export function comparable(name: string): string {
  return name.toLowerCase().replace(/[-\s]/g, '_');
}

/** Taken apart. */
export function calledTool(tool: string, server: string | undefined): CalledTool {
  if (!tool.startsWith(PREFIX)) return { tool, server };
  const end = tool.indexOf(SEPARATOR, PREFIX.length);
  const rest = end <= PREFIX.length ? '' : tool.slice(end + SEPARATOR.length);
  if (rest === '') return { tool, server };
  return { tool: rest, server: server ?? tool.slice(PREFIX.length, end) };
}

/** Also by a slash. */
export function namedTool(name: string): CalledTool {
  const called = calledTool(name, undefined);
  const at = name.indexOf('/');
  if (called.server !== undefined || at <= 0 || at === name.length - 1) return called;
  return { tool: name.slice(at + 1), server: name.slice(0, at) };
}
