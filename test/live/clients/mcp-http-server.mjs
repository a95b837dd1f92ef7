/**
 * The office server over HTTP, made with `@modelcontextprotocol/sdk`. GUARD: the library of
 * Waywarden, by whose guard its transport is seen; without it the server stands alone.
 */
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { guardOf } from './guard.mjs';
import { officeServer } from './office.mjs';

const guard = await guardOf();
const sessions = new Map();

async function sessionOf(request) {
  const known = sessions.get(request.headers['mcp-session-id']);
  if (known !== undefined) return known;
  const transport = new StreamableHTTPServerTransport({
    sessionIdGenerator: randomUUID,
    onsessioninitialized: (id) => sessions.set(id, transport),
  });
  await officeServer(McpServer).connect(guard(transport));
  return transport;
}

const http = createServer(async (request, response) => {
  const transport = await sessionOf(request);
  await transport.handleRequest(request, response);
});
http.listen(0, '127.0.0.1', () => {
  console.log(`listening on http://127.0.0.1:${http.address().port}`);
});
