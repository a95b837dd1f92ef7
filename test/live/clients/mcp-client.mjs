/**
 * A client of `@modelcontextprotocol/sdk`: makes the CALLS (JSON: a list of names with arguments) one
 * after another at URL, and prints a line for each answer. What stands before the server authenticates
 * the agent; here the headers that it would set.
 */
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';

const headers = { 'x-agent-uid': process.env['AGENT'], 'x-task-id': process.env['TASK'] };
const client = new Client({ name: 'mail-client', version: '1.0.0' });
await client.connect(
  new StreamableHTTPClientTransport(new URL(`${process.env['URL']}/mcp`), {
    requestInit: { headers },
  }),
);
const { tools } = await client.listTools();
console.log(JSON.stringify({ tools: tools.map(({ name }) => name) }));
for (const [name, args] of JSON.parse(process.env['CALLS'])) {
  const said = await client.callTool({ name, arguments: args }).then(
    ({ isError = false, content }) => ({ name, isError, text: content[0]?.text }),
    ({ code, data }) => ({ name, code, data }),
  );
  console.log(JSON.stringify(said));
}
await client.close();
