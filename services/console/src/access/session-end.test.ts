/** What ends a session ends all that it began, and nothing but somebody's use keeps it from ending. */
import { HEADERS, TOPICS } from '@waywarden/schemas';
import { fastify } from 'fastify';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ChangeFeed, EventTail } from '../api/change-feed.ts';
import { streamRoute } from '../api/stream-route.ts';
import { ConsoleStore } from '../store/console-store.ts';
import { type Headers, PASSWORD, TENANT, WorkWorld } from '../testing/work-world.ts';
import { sessionCookie } from './session-store.ts';

const HOUR_MS = 3_600_000;
const BY_ITSELF = { 'x-ww-by-itself': '1' };
let world: WorkWorld;
let origin: string;
let ana: Headers;

beforeAll(async () => {
  world = await WorkWorld.open();
  await world.addRoles(['admin']);
  origin = await world.app.listen({ port: 0, host: '127.0.0.1' });
}, 60_000);

afterAll(async () => {
  world.app.server.closeAllConnections();
  await world.close();
});

let number = 0;
let uid: string;
beforeEach(async () => {
  number += 1;
  uid = `ana${number}`;
  const roles = { [TENANT]: 'responder' as const };
  await world.accounts.add({ uid, roles, by: 'test', password: PASSWORD, mustChange: false });
  ana = await world.signIn(uid);
});

const uidOf = async (headers: Headers) => (await world.ask('GET', '/v1/session', headers)).body.uid;

async function listen(headers: Headers) {
  const response = await fetch(`${origin}/v1/console/stream`, { headers });
  expect(response.status).toBe(200);
  return response;
}

function append(agent: string): Promise<void> {
  const at = new Date(world.nowMs).toISOString();
  const event = {
    ...{ event_id: agent, event_time: at, observed_time: at, tenant_id: TENANT },
    ...{ agent: { uid: agent, assurance: 'asserted' }, activity: 'tool_call', effect: 'read' },
    ...{ outcome: 'success', capabilities: [], chain_id: 'c' },
  };
  const value = new TextEncoder().encode(JSON.stringify(event));
  const headers = { [HEADERS.type]: 'event' };
  const key = `${TENANT}|${agent}`;
  return world.log.append([{ topic: TOPICS.auditEvents.name, key, value, headers }]);
}

const ends = {
  'signs out': () => world.ask('DELETE', '/v1/session', ana),
  'is disabled': async () =>
    world.ask('PATCH', `/v1/accounts/${uid}`, await world.signIn('admin'), { disabled: true }),
  'loses the role': async () =>
    world.ask('PATCH', `/v1/accounts/${uid}`, await world.signIn('admin'), { role: null }),
  'has a new password': () => world.accounts.resetPassword(uid, 'test'),
  'did nothing for eight hours': async () => {
    world.nowMs += 9 * HOUR_MS;
  },
};

describe('a stream of changes', () => {
  it.each(Object.entries(ends))(
    'ends and tells nothing more once its reader %s',
    async (_, end) => {
      const stream = await listen(ana);
      await end();
      await append('seen by nobody');
      expect(await stream.text()).not.toContain('seen by nobody');
    },
  );

  it('of a token ends when the token is revoked', async () => {
    const given = { label: 'siem', scopes: ['read'] };
    const { body } = await world.ask('POST', '/v1/tokens', ana, given);
    const stream = await listen({ authorization: `Bearer ${body.token}` });
    await world.ask('DELETE', `/v1/tokens/${body.id}`, ana);
    await append('seen by no program');
    expect(await stream.text()).not.toContain('seen by no program');
  });

  it('on which nothing happens ends too, and leaves its place to another page', async () => {
    const app = fastify();
    world.work.guard(app);
    const store = new ConsoleStore({ rows: () => Promise.resolve([]) });
    const status = () => new Promise<never>(() => undefined);
    const feed = new ChangeFeed({ store, tail: new EventTail(world.log, TENANT), status });
    const streams = streamRoute(app, feed, 20);
    const address = await app.listen({ port: 0, host: '127.0.0.1' });
    const stream = await fetch(`${address}/v1/console/stream`, { headers: ana });
    await world.ask('DELETE', '/v1/session', ana);
    expect(await stream.text()).not.toContain('event:');
    streams.close();
    app.server.closeAllConnections();
    await app.close();
  });
});

describe('an answer that comes after the session ended', () => {
  it('to the right password neither begins another one nor changes the password', async () => {
    const payload = { current: PASSWORD, next: 'a better one by far' };
    const slow = world.app.inject({
      ...{ method: 'POST', url: '/v1/session/password', headers: ana, payload },
    });
    await world.ask('DELETE', '/v1/session', ana);
    const answer = await slow;
    expect([answer.statusCode, answer.headers['set-cookie']]).toEqual([401, undefined]);
    expect(await world.accounts.signIn(uid, PASSWORD)).toMatchObject({ uid });
  }, 30_000);

  it('nor does a password chosen before an admin reset it outlive the reset', async () => {
    const slow = world.app.inject({
      ...{ method: 'POST', url: '/v1/session/password', headers: ana },
      payload: { current: PASSWORD, next: 'a better one by far' },
    });
    const first = await world.accounts.resetPassword(uid, 'test');
    expect((await slow).statusCode).toBe(401);
    expect(await world.accounts.signIn(uid, first ?? '')).toMatchObject({ must_change: true });
  }, 30_000);
});

describe('use', () => {
  it('is not what a page asks by itself, however often: the session ends after eight hours', async () => {
    for (let hours = 3; hours <= 6; hours += 3) {
      world.nowMs += 3 * HOUR_MS;
      expect(await uidOf({ ...ana, ...BY_ITSELF })).toBe(uid);
    }
    world.nowMs += 3 * HOUR_MS;
    expect(await uidOf({ ...ana, ...BY_ITSELF })).toBeNull();
  });

  it('is not that a stream is opened again', async () => {
    world.nowMs += 5 * HOUR_MS;
    await (await listen(ana)).body?.cancel();
    world.nowMs += 5 * HOUR_MS;
    expect(await uidOf(ana)).toBeNull();
  });
});

describe('the cookie of a session', () => {
  it('leaves alone those of other consoles on this host, and is the same after a restart', async () => {
    const here = sessionCookie('http://localhost:8787', 'key');
    expect(here).toBe(sessionCookie('http://localhost:8787', 'key'));
    expect(here).not.toBe(sessionCookie('http://localhost:8788', 'key'));
    expect(here).not.toBe(sessionCookie('http://localhost:8787', 'another'));
    expect(sessionCookie('https://soc.acme.example', 'key')).toMatch(/^__Host-/);
    const other = await WorkWorld.open({ publicUrl: 'http://localhost:81' });
    await other.addRoles(['admin']);
    const [first = '', second = ''] = [ana['cookie'], (await other.signIn('admin'))['cookie']];
    expect(await uidOf({ cookie: `${first}; ${second}` })).toBe(uid);
    expect(first.split('=')[0]).not.toBe(second.split('=')[0]);
    await other.close();
  }, 30_000);
});
