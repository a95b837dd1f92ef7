/** Who may call which route, each role against each: what the server answers and not what the page shows. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { permissionsOf, ROLES, type Role } from '../core/access/roles.ts';
import { uuidOf } from '../testing/triage-builders.ts';
import { type Headers, WorkWorld } from '../testing/work-world.ts';
import { AccessLog } from './access-log.ts';
import { ROUTES as ALL, routeAccess } from './route-access.ts';

const ROUTES = [
  ['GET', '/v1/console/alerts', 'read'],
  ['GET', '/v1/console/alerts/:id', 'read'],
  ['GET', '/v1/alerts/:id/triage', 'read'],
  ['GET', '/v1/console/agent', 'read'],
  ['GET', '/v1/console/chains', 'read'],
  ['GET', '/v1/console/chains/:id', 'read'],
  ['GET', '/v1/console/sources', 'read'],
  ['GET', '/v1/suppressions', 'read'],
  ['GET', '/v1/people', 'read'],
  ['GET', '/v1/tuning', 'read'],
  ['GET', '/v1/console/rules', 'read'],
  ['GET', '/v1/rules/tries', 'read'],
  ['GET', '/v1/rules/proposals', 'read'],
  ['GET', '/v1/rules/proposals/:id', 'read'],
  ['GET', '/v1/console/source-health', 'read'],
  ['GET', '/v1/console/agent/timeline', 'read'],
  ['POST', '/v1/tuning/preview', 'triage'],
  ['POST', '/v1/rules/check', 'triage'],
  ['POST', '/v1/rules/tries', 'respond'],
  ['POST', '/v1/rules/proposals', 'respond'],
  ['POST', '/v1/rules/proposals/:id/withdraw', 'respond'],
  ['POST', '/v1/rules/proposals/:id/publish', 'admin'],
  ['POST', '/v1/tuning', 'respond'],
  ['DELETE', '/v1/tuning/:id', 'respond'],
  ['POST', '/v1/triage', 'triage'],
  ['POST', '/v1/suppressions/preview', 'triage'],
  ['GET', '/v1/tokens', 'read'],
  ['POST', '/v1/tokens', 'read'],
  ['DELETE', '/v1/tokens/:id', 'read'],
  ['POST', '/v1/suppressions', 'respond'],
  ['DELETE', '/v1/suppressions/:id', 'respond'],
  ['POST', '/v1/response', 'respond'],
  ['GET', '/v1/export/alerts', 'read'],
  ['GET', '/v1/console/agents', 'read'],
  ['GET', '/v1/console/approvals', 'read'],
  ['GET', '/v1/audit', 'audit'],
  ['GET', '/v1/console/audit', 'audit'],
  ['GET', '/v1/notify', 'audit'],
  ['POST', '/v1/notify/test', 'admin'],
  ['GET', '/v1/accounts', 'audit'],
  ['POST', '/v1/accounts', 'admin'],
  ['GET', '/v1/events', 'read'],
  ['GET', '/v1/events/:id', 'read'],
  ['GET', '/v1/events/:id/why', 'read'],
  ['GET', '/v1/alerts', 'read'],
  ['GET', '/v1/alerts/:id', 'read'],
  ['GET', '/v1/decisions', 'read'],
  ['GET', '/v1/commands', 'read'],
  ['GET', '/v1/status', 'read'],
  ['GET', '/v1/response-impact', 'read'],
  ['GET', '/api/v1/demo', 'read'],
  ['GET', '/v1/preview', 'read'],
  ['GET', '/v1/registry', 'read'],
  ['GET', '/v1/enforcement', 'read'],
  ['GET', '/v1/containments', 'read'],
  ['GET', '/v1/console/now', 'read'],
  ['GET', '/v1/console/containments/:id', 'read'],
  ['GET', '/v1/console/stream', 'read'],
  ['POST', '/v1/notify/resend', 'admin'],
  ['PATCH', '/v1/accounts/:uid', 'admin'],
  ['POST', '/v1/accounts/:uid/password', 'admin'],
] as const;

let world: WorkWorld;
const signedIn = new Map<Role | 'stranger' | 'nobody', Headers>();

beforeAll(async () => {
  world = await WorkWorld.open({}, undefined, true);
  await world.addRoles();
  const elsewhere = { uid: 'stranger', roles: { other: 'admin' as const }, by: 'test' };
  await world.accounts.add({ ...elsewhere, password: 'correct horse battery', mustChange: false });
  for (const role of [...ROLES, 'stranger'] as const) signedIn.set(role, await world.signIn(role));
  signedIn.set('nobody', {});
}, 60_000);

afterAll(() => world.close());

const address = (url: string) => url.replace(':id', uuidOf(77)).replace(':uid', 'nobody-there');

const STREAM = '/v1/console/stream';
let origin: string | undefined;

/** It ends with its reader, so its head is looked at. */
async function isStreamedTo(headers: Headers): Promise<boolean> {
  origin ??= await world.app.listen({ port: 0 });
  const leaving = new AbortController();
  const { status } = await fetch(`${origin}${STREAM}`, { headers, signal: leaving.signal });
  leaving.abort();
  return status === 200;
}

/** Past the guard: what the route itself makes of an empty request is another matter. */
async function isLetIn(method: 'GET', url: string, headers: Headers): Promise<boolean> {
  if (url === STREAM) return isStreamedTo(headers);
  const payload = method === 'GET' ? undefined : {};
  const { status } = await world.ask(method, address(url), headers, payload);
  return status !== 401 && status !== 403;
}

describe('role × route', () => {
  it.each(ROLES)('%s may what its permissions say, and nothing else', async (role) => {
    for (const [method, url, permission] of ROUTES) {
      const allowed = await isLetIn(method as 'GET', url, signedIn.get(role) ?? {});
      expect([method, url, allowed]).toEqual([
        method,
        url,
        permissionsOf(role).includes(permission),
      ]);
    }
  });

  it.each(['stranger', 'nobody'] as const)('%s of this tenant may nothing', async (who) => {
    for (const [method, url] of ROUTES) {
      expect([url, await isLetIn(method as 'GET', url, signedIn.get(who) ?? {})]).toEqual([
        url,
        false,
      ]);
    }
  });

  it('an admin of one tenant neither disables nor takes over an account of another', async () => {
    const admin = signedIn.get('admin') ?? {};
    const reset = await world.ask('POST', '/v1/accounts/stranger/password', admin);
    const disabled = await world.ask('PATCH', '/v1/accounts/stranger', admin, { disabled: true });
    expect([reset.status, disabled.status]).toEqual([403, 403]);
    expect(world.accounts.find('stranger')).toMatchObject({ disabled: false, epoch: 0 });
  });

  it('no role of this tenant sees another one, nor who works there and what they did', async () => {
    const admin = signedIn.get('admin') ?? {};
    const { accounts } = (await world.ask('GET', '/v1/accounts', admin)).body;
    expect(accounts.map((one: { uid: string }) => one.uid).toSorted()).toEqual([...ROLES].sort());
    const elsewhere = new AccessLog(join(world.folder, 'access.jsonl'), 'other');
    elsewhere.write({ at: '2026-11-24T12:00:00Z', act: 'signed_in', by: 'somebody elsewhere' });
    const { access } = (await world.ask('GET', '/v1/audit', admin)).body;
    expect(access.length).toBeGreaterThan(0);
    expect(JSON.stringify(access)).not.toContain('somebody elsewhere');
    const url = '/v1/console/alerts?tenant=elsewhere';
    expect((await world.ask('GET', url, admin)).status).toBe(403);
  });

  it('a session without the token of its page changes nothing', async () => {
    const { cookie = '' } = signedIn.get('admin') ?? {};
    for (const [method, url] of ROUTES.filter(([one]) => one !== 'GET')) {
      expect([url, await isLetIn(method as 'GET', url, { cookie })]).toEqual([url, false]);
      const forged = { cookie, 'x-csrf-token': 'made-up' };
      expect([url, await isLetIn(method as 'GET', url, forged)]).toEqual([url, false]);
    }
  });

  it('a page of another origin changes nothing, whoever is signed in', async () => {
    const headers = { ...signedIn.get('admin'), origin: 'https://evil.example' };
    for (const [method, url] of ROUTES.filter(([one]) => one !== 'GET')) {
      expect([url, await isLetIn(method as 'GET', url, headers)]).toEqual([url, false]);
    }
    const payload = { uid: 'admin', password: 'correct horse battery' };
    const answer = await world.app.inject({
      ...{ method: 'POST', url: '/v1/session', payload },
      headers: { origin: 'https://evil.example' },
    });
    expect(answer.statusCode).toBe(403);
  });
});

describe('routes', () => {
  it('a route about which nothing is said keeps the server from starting', () => {
    expect(routeAccess('GET', '/v1/new')).toBeUndefined();
    expect(routeAccess('POST', '/alerts/*')).toBeUndefined();
    expect(routeAccess('GET', '/alerts/*')).toBe('open');
  });

  it('ask for what the matrix above says, which is of all that ask for a permission', () => {
    const asking = Object.entries(ALL).filter(([, one]) => one !== 'open' && one !== 'proof');
    expect(ROUTES.map(([method, url]) => `${method} ${url}`).toSorted()).toEqual(
      asking.map(([route]) => route).toSorted(),
    );
    for (const [method, url, permission] of ROUTES) {
      expect([method, url, routeAccess(method, url)]).toEqual([method, url, permission]);
    }
  });
});
