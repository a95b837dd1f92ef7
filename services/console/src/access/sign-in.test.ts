import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PASSWORD, TENANT, WorkWorld } from '../testing/work-world.ts';

const HOUR_MS = 3_600_000;
let world: WorkWorld;

beforeAll(async () => {
  world = await WorkWorld.open();
  await world.addRoles(['analyst', 'admin', 'responder']);
}, 60_000);

afterAll(() => world.close());

const session = (headers: Record<string, string>) => world.ask('GET', '/v1/session', headers);

describe('in the demo', () => {
  it('who becomes another stays in the session, so that no question under way ends it', async () => {
    const demo = await WorkWorld.open({ demoAccounts: ['analyst', 'responder'] });
    await demo.addRoles(['analyst', 'responder']);
    const [begun = ''] = [
      (await demo.app.inject({ url: '/v1/session' })).headers['set-cookie'],
    ].flat();
    const headers = { cookie: String(begun).split(';')[0] ?? '' };
    const ask = async () => (await demo.ask('GET', '/v1/session', headers)).body;
    const before = await ask();
    expect(before.uid).toBe('analyst');
    await demo.ask('POST', '/v1/session', headers, { demo_account: 'responder' });
    const after = await ask();
    expect(after.uid).toBe('responder');
    const owned = { ...headers, 'x-csrf-token': before.csrf };
    expect((await demo.ask('POST', '/v1/triage', owned, {})).status).toBe(400);
    await demo.close();
  });
});

describe('signing in', () => {
  it('gives a session of its own, and signing out ends it', async () => {
    const first = await world.signIn('analyst');
    const second = await world.signIn('analyst');
    expect(first['cookie']).not.toBe(second['cookie']);
    expect((await session(first)).body).toMatchObject({ uid: 'analyst', role: 'analyst' });
    await world.ask('DELETE', '/v1/session', first);
    expect((await session(first)).body.uid).toBeNull();
    expect((await session(second)).body.uid).toBe('analyst');
  });

  it('a request under way when its session ends neither brings it back nor says its cookie again', async () => {
    const headers = await world.signIn('analyst');
    const payload = { current: 'a wrong one', next: 'a better one by far' };
    const slow = world.app.inject({
      ...{ method: 'POST', url: '/v1/session/password', headers, payload },
    });
    await world.ask('DELETE', '/v1/session', headers);
    const answer = await slow;
    expect(answer.statusCode).toBe(401);
    expect(answer.headers['set-cookie']).toBeUndefined();
    expect((await session(headers)).body.uid).toBeNull();
  });

  it('a session ends after eight hours without use, and not while it is used', async () => {
    const [used, idle] = [await world.signIn('analyst'), await world.signIn('analyst')];
    for (let hours = 5; hours <= 10; hours += 5) {
      world.nowMs += 5 * HOUR_MS;
      expect((await session(used)).body.uid).toBe('analyst');
    }
    expect((await session(idle)).body.uid).toBeNull();
  });

  it('keeps no password and no session in clear', async () => {
    await world.signIn('analyst');
    const stored = readFileSync(join(world.folder, 'accounts.json'), 'utf8');
    expect(stored).toContain('scrypt$131072$8$1$');
    expect(stored).not.toContain(PASSWORD);
  });

  it('says the same of a wrong password and of nobody, and locks after ten', async () => {
    const tries = [];
    for (let n = 0; n < 11; n++) {
      const payload = { uid: 'responder', password: `wrong ${n}` };
      tries.push(await world.ask('POST', '/v1/session', {}, payload));
    }
    expect(tries.slice(0, 10).every(({ status }) => status === 401)).toBe(true);
    expect(tries[10]?.body).toMatchObject({ error: 'locked' });
    const nobody = { uid: 'nobody-there', password: 'wrong' };
    expect((await world.ask('POST', '/v1/session', {}, nobody)).body).toEqual(tries[0]?.body);
    world.nowMs += HOUR_MS;
    await world.signIn('responder');
  }, 60_000);

  it('the first password is changed before anything else, which ends all other sessions', async () => {
    const admin = await world.signIn('admin');
    const made = await world.ask('POST', '/v1/accounts', admin, { uid: 'new', role: 'analyst' });
    expect(made.status).toBe(201);
    const first = made.body.first_password;
    const stale = await world.signIn('new', first);
    const fresh = await world.signIn('new', first);
    const refused = await world.ask('GET', '/v1/console/alerts', fresh);
    expect(refused.status).toBe(403);
    expect(refused.body.error).toBe('password_change_needed');
    const weak = { current: first, next: 'my name is new!' };
    expect((await world.ask('POST', '/v1/session/password', fresh, weak)).status).toBe(400);
    const change = { current: first, next: 'a better one by far' };
    const answer = await world.app.inject({
      ...{ method: 'POST', url: '/v1/session/password', headers: fresh, payload: change },
    });
    expect(answer.statusCode).toBe(204);
    expect((await session(stale)).body.uid).toBeNull();
    const after = await world.signIn('new', change.next);
    expect((await world.ask('GET', '/v1/console/alerts', after)).status).toBe(200);
  }, 30_000);

  it('an account that is disabled is out at once, and another role counts at once', async () => {
    const admin = await world.signIn('admin');
    const analyst = await world.signIn('analyst');
    await world.ask('PATCH', '/v1/accounts/analyst', admin, { role: 'viewer' });
    expect((await world.ask('POST', '/v1/triage', analyst, {})).status).toBe(403);
    await world.ask('PATCH', '/v1/accounts/analyst', admin, { role: 'analyst', disabled: true });
    expect((await world.ask('GET', '/v1/console/alerts', analyst)).status).toBe(401);
    const last = await world.ask('PATCH', '/v1/accounts/admin', admin, { disabled: true });
    expect(last.body).toMatchObject({ error: 'last_admin' });
  });

  it('a session ends after a day, however much it is used', async () => {
    const admin = await world.signIn('admin');
    world.nowMs += 25 * HOUR_MS;
    expect((await world.ask('GET', '/v1/console/alerts', admin)).status).toBe(401);
  });

  it('stands in the access log, refused tries too', async () => {
    const admin = await world.signIn('admin');
    const { access } = (await world.ask('GET', '/v1/audit?limit=500', admin)).body;
    const acts = new Set(access.map((one: { act: string }) => one.act));
    for (const act of ['signed_in', 'sign_in_refused', 'account_added', 'account_changed']) {
      expect(acts).toContain(act);
    }
  });
});

describe('an API token', () => {
  it('may what its scopes say, never more than its account, and until it expires', async () => {
    const admin = await world.signIn('admin');
    const given = { label: 'poller', scopes: ['read'], days: 1 };
    const { token, id } = (await world.ask('POST', '/v1/tokens', admin, given)).body;
    const bearer = { authorization: `Bearer ${token}` };
    expect((await world.ask('GET', '/v1/console/alerts', bearer)).status).toBe(200);
    expect((await world.ask('POST', '/v1/triage', bearer, {})).status).toBe(403);
    expect(readFileSync(join(world.folder, 'accounts.json'), 'utf8')).not.toContain(token);
    await world.ask('DELETE', `/v1/tokens/${id}`, admin);
    expect((await world.ask('GET', '/v1/console/alerts', bearer)).status).toBe(401);
    const short = (await world.ask('POST', '/v1/tokens', admin, given)).body.token;
    world.nowMs += 25 * HOUR_MS;
    const late = { authorization: `Bearer ${short}` };
    expect((await world.ask('GET', '/v1/console/alerts', late)).status).toBe(401);
  });

  it('makes no other token, which would outlive it', async () => {
    const admin = await world.signIn('admin');
    const given = { label: 'worker', scopes: ['read', 'triage'], days: 1 };
    const { token } = (await world.ask('POST', '/v1/tokens', admin, given)).body;
    const bearer = { authorization: `Bearer ${token}` };
    const { status, body } = await world.ask('POST', '/v1/tokens', bearer, given);
    expect([status, body.message]).toEqual([403, 'A token manages no tokens.']);
  });

  it('an analyst can’t give one that responds', async () => {
    const analyst = await world.signIn('responder');
    const wide = { label: 'x', scopes: ['admin'] };
    expect((await world.ask('POST', '/v1/tokens', analyst, wide)).status).toBe(403);
  });
});

describe('keys of accounts', () => {
  it('the registry is told of who signs once they have signed in, and of nobody else', async () => {
    const names = world.accounts.operators(TENANT).map(({ uid }) => uid);
    expect(names).toContain('responder');
    expect(names).not.toContain('analyst');
    expect(world.operatorsChanged).toBeGreaterThan(0);
    const kids = world.accounts.operators(TENANT).map(({ key }) => key['kid']);
    expect(new Set(kids).size).toBe(kids.length);
  });
});
