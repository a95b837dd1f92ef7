/**
 * The office server over HTTP, made with `@modelcontextprotocol/sdk`. GUARD: the library of
 * Waywarden, by whose guard its transport is seen; without it the server stands alone.
 */
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { officeServer } from './office.mjs';

const guard = await guardOf();

/** As an owner of a server would write it; here who calls is told by a header, set by the test. */
async function guardOf() {
  const { GUARD, WAYWARDEN, TOKEN, KEY, STATE } = process.env;
  if (GUARD === undefined) return (transport) => transport;
  const { schemas, library } = JSON.parse(GUARD);
  const { activeSigningKey, loadKeyFile } = await import(schemas);
  const { EventReporter, FileStateStore, guardTransport, HttpSource, RevocationConsumer } =
    await import(library);
  const signingKey = activeSigningKey(loadKeyFile(KEY));
  const own = { receiver: 'gate', tenantId: 'default', signingKey };
  const consumer = new RevocationConsumer({
    source: new HttpSource({ url: WAYWARDEN, ...own }),
    store: new FileStateStore(STATE),
    ...own,
    onApplied: ({ action }, { state }) => console.log(`${action}: ${state}`),
  });
  consumer.start();
  const reporter = new EventReporter({ url: WAYWARDEN, token: TOKEN });
  return (transport) =>
    guardTransport(transport, {
      consumer,
      server: 'office',
      factsOf: ({ extra }) => {
        const headers = extra?.requestInfo?.headers ?? {};
        const agentUid = headers['x-agent-uid'];
        return agentUid && { agentUid, taskId: headers['x-task-id'] };
      },
      report: (call) => reporter.report(call),
    });
}

const sessions = new Map();

async function sessionOf(request) {
  const known = sessions.get(request.headers['mcp-session-id']);
  if (known !== undefined) return known;
  const transport = new StreamableHTTPServerTransport({
    sessionIdGenerator: randomUUID,
    onsessioninitialized: (id) => sessions.set(id, transport),
  });
  await officeServer().connect(guard(transport));
  return transport;
}

const http = createServer(async (request, response) => {
  const transport = await sessionOf(request);
  await transport.handleRequest(request, response);
});
http.listen(0, '127.0.0.1', () => {
  console.log(`listening on http://127.0.0.1:${http.address().port}`);
});
