/**
 * `waywarden-receiver keys` makes a receiver's key and says what the registry needs of it;
 * `waywarden-receiver proxy` puts an MCP proxy that denies in front of a server.
 */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { activeSigningKey, loadKeyFile, loadOrCreateKeyFile, publicJwks } from '@waywarden/schemas';
import { EventReporter } from './event-reporter.ts';
import { FileStateStore } from './file-state-store.ts';
import { HttpSource } from './http-source.ts';
import { McpProxy } from './mcp-proxy.ts';
import { RevocationConsumer } from './revocation-consumer.ts';

const USAGE = `waywarden-receiver keys  --receiver ID --key FILE
waywarden-receiver proxy --receiver ID --key FILE --waywarden URL --tenant T --upstream URL
                         [--server NAME] [--port N] [--state FILE] [--token-file FILE]
                         [--when-stale open|closed]
`;
const PORT = 8088;

interface Given {
  readonly receiver: string;
  readonly key: string;
  readonly value: (name: string) => string | undefined;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function needed(given: Given, name: string): string {
  const value = given.value(name);
  if (value === undefined) throw new Error(`--${name} is needed.\n${USAGE}`);
  return value;
}

/** A word that is neither must not mean open: it would be found out in an outage. */
function whenStaleOf(given: Given): 'open' | 'closed' {
  const value = given.value('when-stale') ?? 'open';
  if (value === 'open' || value === 'closed') return value;
  throw new Error(`--when-stale is open or closed, and not ${JSON.stringify(value)}.\n${USAGE}`);
}

function keys({ receiver, key }: Given): void {
  const createdAt = new Date().toISOString();
  const file = loadOrCreateKeyFile(key, { service: receiver, uses: ['sign'], createdAt });
  const [jwk] = Object.values(publicJwks(file)).slice(-1);
  say('receivers:');
  say(`  - { id: ${receiver}, kind: http, key: ${JSON.stringify(jwk)} }`);
}

async function proxy(given: Given): Promise<void> {
  const { receiver, key } = given;
  const url = needed(given, 'waywarden').replace(/\/$/, '');
  const tenantId = needed(given, 'tenant');
  const signingKey = activeSigningKey(loadKeyFile(key));
  const onError = (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  };
  const whenStale = whenStaleOf(given);
  const consumer: RevocationConsumer = new RevocationConsumer({
    source: new HttpSource({ url, receiver, tenantId, signingKey }),
    store: new FileStateStore(given.value('state') ?? `${receiver}.state.json`),
    receiver,
    tenantId,
    signingKey,
    whenStale,
    probe: (command, signal) => mcp.probe(command, signal),
    onError,
    onReceiptRefused: ({ command_id: id }, reason) =>
      process.stderr.write(`the receipt to ${id} was refused: ${reason}\n`),
    onRefused: (reason) => process.stderr.write(`a command was refused: ${reason}\n`),
    onApplied: (command, { state }) => {
      const { action, target } = command;
      const cut = state === 'applied' ? mcp.cancelUnderWay(command) : 0;
      const cancelled = cut === 0 ? '' : `, ${cut} under way cut off`;
      say(`${action} of ${target.agent_uid} at level ${target.level}: ${state}${cancelled}`);
    },
  });
  const tokenFile = given.value('token-file');
  const token = tokenFile === undefined ? undefined : readFileSync(tokenFile, 'utf8').trim();
  const onLost = (calls: number, why: string) => {
    process.stderr.write(`${calls} calls will never be told to Waywarden: ${why}\n`);
  };
  const reporter =
    token === undefined ? undefined : new EventReporter({ url, token, onError, onLost });
  const mcp: McpProxy = new McpProxy({
    consumer,
    upstream: needed(given, 'upstream'),
    server: given.value('server') ?? 'mcp',
    onCall: (call) => {
      if (call.outcome === 'denied') say(`denied: ${call.tool} for ${call.facts?.agentUid ?? '?'}`);
      reporter?.report(call);
    },
  });
  consumer.start();
  const port = await mcp.listen(Number(given.value('port') ?? PORT));
  say(`listening on http://127.0.0.1:${port}`);
  const stop = async () => {
    await mcp.close();
    await reporter?.flush();
    await consumer.stop();
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}

export async function runCommandLine(args: readonly string[]): Promise<number> {
  const names = ['receiver', 'key', 'waywarden', 'tenant', 'upstream', 'server', 'port', 'state'];
  const all = [...names, 'token-file', 'when-stale'];
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: Object.fromEntries(all.map((name) => [name, { type: 'string' as const }])),
    });
    const value = (name: string) => {
      const found = values[name];
      return typeof found === 'string' ? found : undefined;
    };
    const bare = { receiver: '', key: '', value };
    const given = { ...bare, receiver: needed(bare, 'receiver'), key: needed(bare, 'key') };
    if (positionals[0] === 'keys') keys(given);
    else if (positionals[0] === 'proxy') await proxy(given);
    else throw new Error(USAGE);
    return 0;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return 2;
  }
}
