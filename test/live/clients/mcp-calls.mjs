/**
 * Makes the CALLS (JSON: a list of names with arguments) one after another at URL, and prints a line
 * for each answer. What stands before the server authenticates the agent; here the headers that it
 * would set.
 */
export async function makeCalls(client, Transport) {
  const { AGENT, TASK, URL: url, CALLS } = process.env;
  const headers = { 'x-agent-uid': AGENT, 'x-task-id': TASK };
  await client.connect(new Transport(new URL(`${url}/mcp`), { requestInit: { headers } }));
  const { tools } = await client.listTools();
  console.log(JSON.stringify({ tools: tools.map(({ name }) => name) }));
  for (const [name, args] of JSON.parse(CALLS)) {
    const said = await client.callTool({ name, arguments: args }).then(
      ({ isError = false, content }) => ({ name, isError, text: content[0]?.text }),
      ({ code, data }) => ({ name, code, data }),
    );
    console.log(JSON.stringify(said));
  }
  await client.close();
}
