/**
 * The office server made with `@modelcontextprotocol/server` 2.x, which makes a transport a request:
 * guarded in what its servers connect to.
 */
import { createServer } from 'node:http';
import { createMcpHandler, McpServer } from '@modelcontextprotocol/server';
import { guardOf } from './guard.mjs';
import { officeServer } from './office.mjs';

const guard = await guardOf();
const handler = createMcpHandler(() => {
  const server = officeServer(McpServer);
  const connect = server.connect.bind(server);
  server.connect = (transport) => connect(guard(transport));
  return server;
});

const http = createServer(async (request, response) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const { method, headers } = request;
  const body = chunks.length === 0 ? {} : { body: Buffer.concat(chunks) };
  const answer = await handler.fetch(
    new Request(`http://127.0.0.1${request.url}`, { method, headers, ...body }),
  );
  response.writeHead(answer.status, Object.fromEntries(answer.headers));
  for await (const chunk of answer.body ?? []) response.write(chunk);
  response.end();
});
http.listen(0, '127.0.0.1', () => {
  console.log(`listening on http://127.0.0.1:${http.address().port}`);
});
