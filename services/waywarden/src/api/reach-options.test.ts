import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isLoopbackHost, planReach } from './reach-options.ts';

const LOCAL = { host: '127.0.0.1' };

it('by default only this machine reaches it, and its programs read without an account', () => {
  expect(planReach(LOCAL, false)).toMatchObject({ localViewers: true, publicUrl: undefined });
  expect(planReach({ ...LOCAL, requireSignIn: true }, false).localViewers).toBe(false);
});

it('whoever is reached from elsewhere demands an account of everybody', () => {
  const flags = { host: '0.0.0.0', publicUrl: 'https://waywarden.acme.example' };
  expect(planReach(flags, false)).toMatchObject({ localViewers: false });
  expect(planReach({ ...LOCAL, publicUrl: flags.publicUrl }, false).localViewers).toBe(false);
});

it.each([
  [{ host: '0.0.0.0' }, /name the https address/],
  [{ ...LOCAL, publicUrl: 'http://waywarden.acme.example' }, /passwords would be sent in clear/],
  [{ ...LOCAL, publicUrl: 'https://acme.example/waywarden' }, /without a path/],
  [{ ...LOCAL, publicUrl: 'acme' }, /give an address/],
  [{ ...LOCAL, oidc: '/nowhere.yaml' }, /can't be read/],
])('%j is refused with what to do', (flags, said) => {
  expect(() => planReach(flags, false)).toThrow(said);
});

it('the demo, which signs in whoever opens it, is for this machine alone', () => {
  const flags = { ...LOCAL, publicUrl: 'https://waywarden.acme.example' };
  expect(() => planReach(flags, true)).toThrow(/for this machine alone/);
});

it('a file of a provider with a field that nobody knows is refused by name', () => {
  const folder = mkdtempSync(join(tmpdir(), 'waywarden-oidc-'));
  const file = join(folder, 'oidc.yaml');
  writeFileSync(
    file,
    'issuer: https://id.acme.example\nclient_id: w\nclient_secret: s\nroles: {}\nscope: x\n',
  );
  expect(() => planReach({ ...LOCAL, oidc: file }, false)).toThrow(/scope/);
  rmSync(folder, { recursive: true });
});

describe('loopback guard', () => {
  it.each(['127.0.0.1:8787', '127.0.0.1', 'localhost:1', 'LOCALHOST', '[::1]:8787'])(
    'lets %s in',
    (host) => expect(isLoopbackHost(host)).toBe(true),
  );

  it.each([undefined, '', 'evil.example', '127.0.0.1.evil.example:8787', 'localhost.evil', '::1'])(
    'refuses %s, which a rebound name may be',
    (host) => expect(isLoopbackHost(host)).toBe(false),
  );
});
