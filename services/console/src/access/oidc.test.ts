/** Signing in at a real OpenID provider (oidc-provider), over HTTP. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import Provider from 'oidc-provider';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PASSWORD, TENANT, WorkWorld } from '../testing/work-world.ts';
import { oidcSettings, roleOfGroups } from './oidc.ts';

const PEOPLE: Readonly<Record<string, object>> = {
  ana: { email: 'ana@acme.example', email_verified: true, groups: ['soc', 'everybody'] },
  eve: { email: 'eve@acme.example', email_verified: true, groups: ['everybody'] },
  mallory: { email: 'admin@acme.example', email_verified: true, groups: ['soc'] },
  unsure: { email: 'unsure@acme.example', email_verified: false, groups: ['soc'] },
};
const CLIENT = { client_id: 'waywarden', client_secret: 'a secret of at least some length' };

let world: WorkWorld;
let server: Server;
let issuer: string;

beforeAll(async () => {
  server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const redirect_uris = ['http://127.0.0.1:9999/v1/session/oidc/callback'];
  const provider = new Provider(issuer, {
    clients: [{ ...CLIENT, redirect_uris }],
    claims: { openid: ['sub'], email: ['email', 'email_verified'], groups: ['groups'] },
    scopes: ['openid', 'email', 'groups'],
    cookies: { keys: ['a key for tests'] },
    findAccount: (_context, id) => ({
      accountId: id,
      claims: async () => ({ sub: id, ...PEOPLE[id] }),
    }),
  });
  server.on('request', provider.callback());
  world = await WorkWorld.open({
    publicUrl: 'http://127.0.0.1:9999',
    oidc: oidcSettings.parse({
      ...{ name: 'Acme', issuer, ...CLIENT, scopes: ['openid', 'email', 'groups'] },
      roles: { soc: 'responder', 'soc-leads': 'admin' },
    }),
  });
  const admin = { uid: 'admin@acme.example', roles: { [TENANT]: 'admin' as const }, by: 'test' };
  await world.accounts.add({ ...admin, password: PASSWORD, mustChange: false });
}, 60_000);

afterAll(async () => {
  await world.close();
  server.closeAllConnections();
  server.close();
});

/** A browser without a screen: follows redirects and fills in the provider's forms. */
class Browser {
  readonly #jar = new Map<string, string>();

  async get(url: string, form?: Record<string, string>): Promise<Response> {
    const response = await fetch(url, {
      redirect: 'manual',
      headers: { cookie: [...this.#jar].map(([name, value]) => `${name}=${value}`).join('; ') },
      ...(form === undefined ? {} : { method: 'POST', body: new URLSearchParams(form) }),
    });
    for (const cookie of response.headers.getSetCookie()) {
      const [pair = ''] = cookie.split(';');
      const at = pair.indexOf('=');
      this.#jar.set(pair.slice(0, at), pair.slice(at + 1));
    }
    return response;
  }

  /** From the provider's first page to the address that it sends the person back to. */
  async approve(start: string, login: string): Promise<string> {
    let url = start;
    for (let step = 0; step < 20; step++) {
      if (url.startsWith('http://127.0.0.1:9999/')) return url;
      const response = await this.get(url);
      const location = response.headers.get('location');
      if (location !== null) {
        url = new URL(location, url).href;
        continue;
      }
      const page = await response.text();
      const prompt = /name="prompt" value="(\w+)"/.exec(page)?.[1] ?? '';
      const answer = await this.get(url, { prompt, login, password: 'any' });
      url = new URL(answer.headers.get('location') ?? '', url).href;
    }
    throw new Error(`no way back from ${url}`);
  }
}

const cookieOf = (headers: Record<string, unknown>): string =>
  String([headers['set-cookie']].flat()[0]).split(';')[0] ?? '';

async function begin(to = '/') {
  const url = `/v1/session/oidc?to=${encodeURIComponent(to)}`;
  const answer = await world.app.inject({ url });
  expect(answer.statusCode).toBe(302);
  return { to: String(answer.headers.location), cookie: cookieOf(answer.headers) };
}

async function signIn(login: string, page = '/') {
  const { to, cookie } = await begin(page);
  const back = await new Browser().approve(to, login);
  const { pathname, search } = new URL(back);
  const answer = await world.app.inject({ url: pathname + search, headers: { cookie } });
  return { answer, cookie, back: pathname + search };
}

describe('signing in at an OpenID provider', () => {
  it('lets in who has a group here, with its role and a key of its own', async () => {
    const { answer } = await signIn('ana');
    expect([answer.statusCode, answer.headers.location]).toEqual([302, '/']);
    const session = await world.ask('GET', '/v1/session', { cookie: cookieOf(answer.headers) });
    expect(session.body).toMatchObject({
      uid: 'ana@acme.example',
      role: 'responder',
      oidc: 'Acme',
    });
    expect(world.accounts.operators(TENANT).map(({ uid }) => uid)).toContain('ana@acme.example');
  });

  it.each([
    ['/alerts/1?tab=x', '/alerts/1?tab=x'],
    ['https://evil.example/', '/'],
    ['//evil.example/', '/'],
    ['/\\evil.example/', '/'],
  ])('leads back to %s only as a page of ours', async (page, back) => {
    const { answer } = await signIn('ana', page);
    expect(answer.headers.location).toBe(back);
  });

  it('an admin gives no password to who signs in there', async () => {
    await signIn('ana');
    await world.addRoles(['admin']);
    const admin = await world.signIn('admin');
    const reset = await world.ask('POST', '/v1/accounts/ana@acme.example/password', admin);
    expect(reset.status).toBe(409);
  });

  it('uses PKCE, and sends nothing of the secret through the browser', async () => {
    const { to } = await begin();
    expect(new URL(to).searchParams.get('code_challenge_method')).toBe('S256');
    expect(to).not.toContain('secret');
  });

  it('lets nobody in without a group, by an unverified address, or under the name of another', async () => {
    for (const [login, why] of [
      ['eve', 'None of your groups'],
      ['unsure', 'not verified'],
      ['mallory', 'not bound to your sign-in'],
    ] as const) {
      const { answer } = await signIn(login);
      expect(answer.statusCode).toBe(403);
      expect(answer.json().message).toContain(why);
    }
    expect(world.accounts.find('admin@acme.example')?.subject).toBeNull();
  });

  it('an answer that was caught counts neither twice nor in another browser', async () => {
    const { back, cookie } = await signIn('ana');
    const again = await world.app.inject({ url: back, headers: { cookie } });
    expect(again.statusCode).toBe(403);
    const other = await begin();
    const stolen = await world.app.inject({ url: back, headers: { cookie: other.cookie } });
    expect(stolen.statusCode).toBe(403);
    expect((await world.app.inject({ url: back })).statusCode).toBe(403);
  });
});

describe('the role of groups', () => {
  it('is the strongest of them, the default of none, and never that of a made-up one', () => {
    const roles = { a: 'viewer', b: 'admin' } as const;
    expect(roleOfGroups({ roles }, ['a', 'b'])).toBe('admin');
    expect(roleOfGroups({ roles }, 'a')).toBe('viewer');
    expect(roleOfGroups({ roles }, ['x', 7, null])).toBeUndefined();
    expect(roleOfGroups({ roles, default_role: 'viewer' }, undefined)).toBe('viewer');
    expect(roleOfGroups({ roles }, ['constructor', '__proto__'])).toBeUndefined();
  });
});
