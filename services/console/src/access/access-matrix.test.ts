/** Who may call which route, each role against each: what the server answers and not what the page shows. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { permissionsOf, ROLES, type Role } from '../core/access/roles.ts';
import { uuidOf } from '../testing/triage-builders.ts';
import { type Headers, WorkWorld } from '../testing/work-world.ts';
import { routeAccess } from './route-access.ts';

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
  ['GET', '/v1/tokens', 'triage'],
  ['POST', '/v1/tokens', 'triage'],
  ['DELETE', '/v1/tokens/:id', 'triage'],
  ['POST', '/v1/suppressions', 'respond'],
  ['DELETE', '/v1/suppressions/:id', 'respond'],
  ['POST', '/v1/response', 'respond'],
  ['GET', '/v1/export/alerts', 'read'],
  ['GET', '/v1/console/agents', 'read'],
  ['GET', '/v1/console/approvals', 'read'],
  ['GET', '/v1/audit', 'audit'],
  ['GET', '/v1/notify', 'audit'],
  ['POST', '/v1/notify/test', 'admin'],
  ['GET', '/v1/accounts', 'audit'],
  ['POST', '/v1/accounts', 'admin'],
  ['PATCH', '/v1/accounts/:uid', 'admin'],
  ['POST', '/v1/accounts/:uid/password', 'admin'],
] as const;

let world: WorkWorld;
const signedIn = new Map<Role | 'stranger' | 'nobody', Headers>();

beforeAll(async () => {
  world = await WorkWorld.open();
  await world.addRoles();
  const elsewhere = { uid: 'stranger', roles: { other: 'admin' as const }, by: 'test' };
  await world.accounts.add({ ...elsewhere, password: 'correct horse battery', mustChange: false });
  for (const role of [...ROLES, 'stranger'] as const) signedIn.set(role, await world.signIn(role));
  signedIn.set('nobody', {});
}, 60_000);

afterAll(() => world.close());

const address = (url: string) => url.replace(':id', uuidOf(77)).replace(':uid', 'nobody-there');

/** Past the guard: what the route itself makes of an empty request is another matter. */
async function isLetIn(method: 'GET', url: string, headers: Headers): Promise<boolean> {
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

  it('no role of this tenant sees another one', async () => {
    const admin = signedIn.get('admin') ?? {};
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

  it('ask for what the matrix above says', () => {
    for (const [method, url, permission] of ROUTES) {
      expect([method, url, routeAccess(method, url)]).toEqual([method, url, permission]);
    }
  });
});
