/**
 * Under which names a call's tool is looked up. Names are told apart without regard to case and to
 * `-`, `_` and space, since hosts rewrite them (`notion-search`, `notion_search`). A host that gives
 * the server inside the tool's name (`mcp__github__issue_read`) is taken at its word when the event
 * names no server, and a namespace that only says where a server's code is published
 * (`io.github.…/weather`) is no hint at what it serves.
 */
export interface CalledTool {
  readonly tool: string;
  readonly server: string | undefined;
}

const PREFIX = 'mcp__';
const SEPARATOR = '__';
const PUBLISHED_AT = ['io.github.', 'com.github.', 'https://github.com/', 'github.com/'];

export function comparable(name: string): string {
  return name.toLowerCase().replace(/[-\s]/g, '_');
}

/** The tool and its server, taken apart where the host joined them. */
export function calledTool(tool: string, server: string | undefined): CalledTool {
  if (!tool.startsWith(PREFIX)) return { tool, server };
  const end = tool.indexOf(SEPARATOR, PREFIX.length);
  const rest = end <= PREFIX.length ? '' : tool.slice(end + SEPARATOR.length);
  if (rest === '') return { tool, server };
  return { tool: rest, server: server ?? tool.slice(PREFIX.length, end) };
}

/** What of a server's name says what it serves. */
export function tellingServer(server: string): string {
  const at = PUBLISHED_AT.find((prefix) => server.toLowerCase().startsWith(prefix));
  return at === undefined ? server : server.slice(at.length);
}
