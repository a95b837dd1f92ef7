import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROLES, type Role } from '../core/access/roles.ts';
import { type Headers, PASSWORD, TENANT, WorkWorld } from '../testing/work-world.ts';

let world: WorkWorld;
const signedIn = new Map<Role, Headers>();
const of = (role: Role) => signedIn.get(role) ?? {};

beforeAll(async () => {
  world = await WorkWorld.open();
  await world.addRoles();
  for (const role of ROLES) signedIn.set(role, await world.signIn(role));
}, 60_000);

afterAll(() => world.close());

const make = (by: Headers, ...scopes: readonly string[]) =>
  world.ask('POST', '/v1/tokens', by, { label: 'siem', scopes });
const list = (by: Headers, query = '') => world.ask('GET', `/v1/tokens${query}`, by);
const revoke = (by: Headers, id: string) => world.ask('DELETE', `/v1/tokens/${id}`, by);
const reads = async (token: string) =>
  (await world.ask('GET', '/v1/console/alerts', { authorization: `Bearer ${token}` })).status;

describe('API tokens', () => {
  it.each(ROLES)('%s makes, lists and revokes own ones that read', async (role) => {
    const { status, body } = await make(of(role), 'read');
    expect([status, await reads(body.token)]).toEqual([201, 200]);
    expect((await list(of(role))).body.tokens).toMatchObject([{ id: body.id, label: 'siem' }]);
    expect((await revoke(of(role), body.id)).status).toBe(204);
    expect(await reads(body.token)).toBe(401);
  });

  it('whose scopes are more than the role of their account can’t be made', async () => {
    for (const [role, scope] of [
      ['viewer', 'triage'],
      ['auditor', 'respond'],
      ['responder', 'admin'],
    ] as const) {
      expect((await make(of(role), 'read', scope)).status).toBe(403);
    }
  });

  it('of an account with a lesser role read no more than it, and its owner can still revoke them', async () => {
    const roles = { [TENANT]: 'responder' as const };
    await world.accounts.add({
      uid: 'rita',
      roles,
      by: 't',
      password: PASSWORD,
      mustChange: false,
    });
    const rita = await world.signIn('rita');
    const { body } = await make(rita, 'read', 'triage');
    const bearer = { authorization: `Bearer ${body.token}` };
    expect((await world.ask('POST', '/v1/triage', bearer, {})).status).toBe(400);
    await world.ask('PATCH', '/v1/accounts/rita', of('admin'), { role: 'viewer' });
    expect((await world.ask('POST', '/v1/triage', bearer, {})).status).toBe(403);
    expect((await list(rita)).body.tokens).toHaveLength(1);
    expect((await revoke(rita, body.id)).status).toBe(204);
    expect(await reads(body.token)).toBe(401);
  });

  it('of others are listed and revoked by an admin alone', async () => {
    const { body } = await make(of('responder'), 'read');
    for (const role of ['viewer', 'analyst', 'auditor'] as const) {
      expect((await list(of(role), '?uid=responder')).status).toBe(404);
      expect((await revoke(of(role), body.id)).status).toBe(404);
    }
    const listed = await list(of('admin'), '?uid=responder');
    expect(listed.body.tokens).toMatchObject([{ id: body.id }]);
    expect((await revoke(of('admin'), body.id)).status).toBe(204);
    expect(await reads(body.token)).toBe(401);
    const { access } = (await world.ask('GET', '/v1/audit?limit=1', of('admin'))).body;
    expect(access).toMatchObject([{ act: 'token_revoked', by: 'admin', detail: 'responder' }]);
  });

  it('of an account with roles in other tenants are no matter of one tenant’s admin', async () => {
    const roles = { [TENANT]: 'viewer' as const, other: 'viewer' as const };
    const given = { uid: 'shared', roles, by: 't', password: PASSWORD, mustChange: false };
    await world.accounts.add(given);
    const { body } = await make(await world.signIn('shared'), 'read');
    expect((await revoke(of('admin'), body.id)).body.error).toBe('other_tenants');
    expect(await reads(body.token)).toBe(200);
  });

  it('neither list nor revoke any: whoever finds one that reads cuts nobody off', async () => {
    const [one, two] = [await make(of('analyst'), 'read'), await make(of('analyst'), 'read')];
    const bearer = { authorization: `Bearer ${one.body.token}` };
    expect((await revoke(bearer, two.body.id)).status).toBe(403);
    expect((await world.ask('GET', '/v1/tokens', bearer)).status).toBe(403);
    expect(await reads(two.body.token)).toBe(200);
  });
});
