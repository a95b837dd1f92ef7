/**
 * `waywarden-receiver keys` makes a receiver's key and says what the registry needs of it; `proxy`
 * denies in front of an MCP server, `hooks` in the hooks of coding agents.
 */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import {
  activeSigningKey,
  loadKeyFile,
  loadOrCreateKeyFile,
  publicJwks,
  type RevocationCommand,
} from '@waywarden/schemas';
import { HookForwarder, HookGate } from './hooks/hook-gate.ts';
import type { DeliveryOptions } from './http/delivery.ts';
import { EventReporter } from './mcp/event-reporter.ts';
import { McpProxy } from './mcp/mcp-proxy.ts';
import type { ConsumerOptions } from './orders/consumer-options.ts';
import { FileStateStore } from './orders/file-state-store.ts';
import { HttpSource } from './orders/http-source.ts';
import { RevocationConsumer } from './orders/revocation-consumer.ts';

const USAGE = `waywarden-receiver keys  --receiver ID --key FILE
waywarden-receiver proxy --receiver ID --key FILE --waywarden URL --tenant T --upstream URL
                         [--server NAME] [--port N] [--state FILE] [--token-file FILE]
                         [--when-stale open|closed]
waywarden-receiver hooks --receiver ID --key FILE --waywarden URL --tenant T --token-file FILE
                         [--agent UID] [--port N] [--state FILE] [--when-stale open|closed]
`;
const PROXY_PORT = 8088;
const HOOKS_PORT = 8089;

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

function complain(error: unknown): void {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
}

/** Where it is told what became of calls; undefined: without a token nobody is told. */
function deliveryOf(given: Given, what: string): DeliveryOptions | undefined {
  const file = given.value('token-file');
  if (file === undefined) return undefined;
  return {
    url: urlOf(given),
    token: readFileSync(file, 'utf8').trim(),
    onError: complain,
    onLost: (count, why) => complain(`${count} ${what} will never be told to Waywarden: ${why}`),
  };
}

function urlOf(given: Given): string {
  return needed(given, 'waywarden').replace(/\/$/, '');
}

function consumerOf(
  given: Given,
  over: Pick<ConsumerOptions, 'probe'> & { readonly cut?: (command: RevocationCommand) => number },
): RevocationConsumer {
  const { receiver, key } = given;
  const tenantId = needed(given, 'tenant');
  const signingKey = activeSigningKey(loadKeyFile(key));
  const { cut = () => 0, ...options } = over;
  return new RevocationConsumer({
    source: new HttpSource({ url: urlOf(given), receiver, tenantId, signingKey }),
    store: new FileStateStore(given.value('state') ?? `${receiver}.state.json`),
    receiver,
    tenantId,
    signingKey,
    whenStale: whenStaleOf(given),
    onError: complain,
    onReceiptRefused: ({ command_id: id }, reason) =>
      complain(`the receipt to ${id} was refused: ${reason}`),
    onRefused: (reason) => complain(`a command was refused: ${reason}`),
    onApplied: (command, { state }) => {
      const { action, target } = command;
      const count = state === 'applied' ? cut(command) : 0;
      const cancelled = count === 0 ? '' : `, ${count} under way cut off`;
      say(`${action} of ${target.agent_uid} at level ${target.level}: ${state}${cancelled}`);
    },
    ...options,
  });
}

interface Door {
  listen(port: number): Promise<number>;
  close(): Promise<void>;
}

async function open(given: Given, door: Door, port: number, ending: () => Promise<void>) {
  const listening = await door.listen(Number(given.value('port') ?? port));
  say(`listening on http://127.0.0.1:${listening}`);
  const stop = async () => {
    await door.close();
    await ending();
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}

async function proxy(given: Given): Promise<void> {
  const delivery = deliveryOf(given, 'calls');
  const reporter = delivery && new EventReporter(delivery);
  const consumer = consumerOf(given, {
    probe: (command, signal) => mcp.probe(command, signal),
    cut: (command) => mcp.cancelUnderWay(command),
  });
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
  await open(given, mcp, PROXY_PORT, async () => {
    await reporter?.flush();
    await consumer.stop();
  });
}

async function hooks(given: Given): Promise<void> {
  needed(given, 'token-file');
  const delivery = deliveryOf(given, 'hooks');
  const forwarder = delivery && new HookForwarder(delivery);
  const consumer = consumerOf(given, {});
  const gate = new HookGate({
    consumer,
    agent: given.value('agent'),
    onHook: (hook) => forwarder?.pass(hook),
    onDenied: ({ facts }) => say(`denied: ${facts.tool} for ${facts.agentUid}`),
  });
  consumer.start();
  await open(given, gate, HOOKS_PORT, async () => {
    await forwarder?.flush();
    await consumer.stop();
  });
}

export async function runCommandLine(args: readonly string[]): Promise<number> {
  const names = ['receiver', 'key', 'waywarden', 'tenant', 'upstream', 'server', 'port', 'state'];
  const all = [...names, 'token-file', 'when-stale', 'agent'];
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
    else if (positionals[0] === 'hooks') await hooks(given);
    else throw new Error(USAGE);
    return 0;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return 2;
  }
}
