/** Waywarden's guard as the owner of a server would set it up; here who calls is told by headers. */

/** Of 1.x, and of 2.x. */
function headerOf(extra, name) {
  return extra?.requestInfo?.headers[name] ?? extra?.request?.headers.get(name) ?? undefined;
}

/** GUARD: where the library stands; without it a server stands alone. */
export async function guardOf() {
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
        const agentUid = headerOf(extra, 'x-agent-uid');
        return agentUid && { agentUid, taskId: headerOf(extra, 'x-task-id') };
      },
      report: (call) => reporter.report(call),
    });
}
