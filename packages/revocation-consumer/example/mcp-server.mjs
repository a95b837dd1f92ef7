/** An MCP server with one tool, to have something behind the proxy: it answers every call. */
import { createServer } from 'node:http';

const server = createServer(async (request, response) => {
  let text = '';
  for await (const part of request) text += part;
  const { id, params } = JSON.parse(text);
  const result = { content: [{ type: 'text', text: `${params?.name ?? 'nothing'} was done` }] };
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ jsonrpc: '2.0', id, result }));
});
server.listen(Number(process.argv[2] ?? 9000), '127.0.0.1', () => {
  process.stdout.write(`listening on http://127.0.0.1:${server.address().port}\n`);
});
