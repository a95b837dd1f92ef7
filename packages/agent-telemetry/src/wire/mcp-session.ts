/** The MCP session: by header, or by the posted address (HTTP with SSE, 2024-11-05). */
import { idOf } from '../json/path.ts';
import type { Exchange } from './exchange.ts';

const QUERY = /[?&]session_?id=([^&\s#]+)/i;
const ENDPOINT = /^event: ?endpoint\r?\ndata: ?(\S+)/;

export function sessionOf(exchange: Exchange): string | undefined {
  const named = exchange.headers['mcp-session-id'] ?? exchange.answer?.headers['mcp-session-id'];
  if (named !== undefined) return named;
  const endpoint = ENDPOINT.exec(exchange.answer?.body ?? '')?.[1] ?? '';
  return idOf(QUERY.exec(exchange.path)?.[1] ?? QUERY.exec(endpoint)?.[1]);
}
