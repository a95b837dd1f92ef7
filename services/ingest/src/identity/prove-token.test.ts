import { createHmac } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Issuer, loadIssuers } from './issuers.ts';
import { HOPS_MAX, proveToken, readActors } from './prove-token.ts';

const NOW = Date.parse('2026-11-30T12:00:00Z');
const AUDIENCE = 'waywarden';
const ISSUER = 'https://idp.example';

type Pair = Awaited<ReturnType<typeof generateKeyPair>>;
let issuers: readonly Issuer[];
let own: Pair;
let foreign: Pair;
let publicKey: string;

async function signed(
  claims: Readonly<Record<string, unknown>>,
  { privateKey } = own,
  header: { readonly kid?: string; readonly typ?: string } = {},
): Promise<string> {
  return new SignJWT({ iss: ISSUER, aud: AUDIENCE, exp: NOW / 1_000 + 300, ...claims })
    .setProtectedHeader({ alg: 'ES256', kid: 'k1', ...header })
    .sign(privateKey);
}

function unsigned(header: object, claims: object, signature = ''): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part(header)}.${part(claims)}.${signature}`;
}

const prove = (token: string) => proveToken(token, issuers, NOW);
const REFUSED = { is: 'refused', refusal: 'unknown_token' };

beforeAll(async () => {
  own = await generateKeyPair('ES256', { extractable: true });
  foreign = await generateKeyPair('ES256', { extractable: true });
  const folder = mkdtempSync(join(tmpdir(), 'issuers-'));
  const jwk = { ...(await exportJWK(own.publicKey)), kid: 'k1', alg: 'ES256' };
  publicKey = JSON.stringify(jwk);
  writeFileSync(join(folder, 'keys.json'), JSON.stringify({ keys: [jwk] }));
  const shared = {
    audience: AUDIENCE,
    jwks: 'keys.json',
    tenant: 'acme',
    source: { kind: 'idp', instance: 'main' },
  };
  const entries = [
    { ...shared, id: 'idp', issuer: ISSUER },
    { ...shared, id: 'spire', trust_domain: 'acme.example' },
  ];
  writeFileSync(join(folder, 'issuers.json'), JSON.stringify({ version: 1, issuers: entries }));
  issuers = loadIssuers(join(folder, 'issuers.json'));
});

describe('what a token proves', () => {
  it('authenticates the subject of a named issuer’s token', async () => {
    expect(
      await prove(await signed({ sub: 'agent-7', scope: 'mail.read mail.send', jti: 'j1' })),
    ).toMatchObject({
      is: 'proven',
      entry: { tenant: 'acme' },
      actors: { agent: { uid: 'agent-7', assurance: 'authenticated' } },
      scopes: ['mail.read', 'mail.send'],
      tokenId: 'j1',
    });
  });

  it('takes the types of access tokens', async () => {
    for (const typ of ['JWT', 'at+jwt', 'application/at+jwt']) {
      expect(await prove(await signed({ sub: 'agent-7' }, own, { typ }))).toMatchObject({
        is: 'proven',
      });
    }
  });

  it('attests a workload by its JWT-SVID', async () => {
    const token = await signed({ iss: undefined, sub: 'spiffe://acme.example/agents/mail' });
    expect(await prove(token)).toMatchObject({
      actors: { agent: { uid: 'spiffe://acme.example/agents/mail', assurance: 'attested' } },
    });
  });

  it('keeps the chain of actors hop by hop, and believes only who acts now', async () => {
    const act = { sub: 'payer', act: { sub: 'writer', act: { sub: 'researcher' } } };
    expect(await prove(await signed({ sub: 'alice', act }))).toMatchObject({
      actors: {
        agent: { uid: 'payer', assurance: 'authenticated' },
        principal: { uid: 'alice', assurance: 'authenticated' },
        before: [
          { uid: 'researcher', assurance: 'asserted' },
          { uid: 'writer', assurance: 'asserted' },
        ],
      },
    });
  });

  it('says that a longer chain was cut', () => {
    let act: object = { sub: 'first' };
    for (let hop = 0; hop < HOPS_MAX; hop += 1) act = { sub: `hop-${hop}`, act };
    expect(readActors({ sub: 'alice', act }, 'authenticated')).toMatchObject({ isCut: true });
  });
});

describe('who pretends', () => {
  it.each<[string, () => Promise<string> | string]>([
    [
      'a token without a signature',
      () => unsigned({ alg: 'none' }, { iss: ISSUER, aud: AUDIENCE, sub: 'agent-7', exp: NOW }),
    ],
    [
      'the public key used as a shared secret',
      () => {
        const token = unsigned(
          { alg: 'HS256', kid: 'k1' },
          { iss: ISSUER, aud: AUDIENCE, sub: 'agent-7', exp: NOW },
        );
        const body = token.slice(0, -1);
        return `${body}.${createHmac('sha256', publicKey).update(body).digest('base64url')}`;
      },
    ],
    ['another’s key under the issuer’s key id', () => signed({ sub: 'agent-7' }, foreign)],
    ['an issuer that nobody named', () => signed({ iss: 'https://evil.example', sub: 'agent-7' })],
    [
      'an issuer whose name only begins alike',
      () => signed({ iss: `${ISSUER}.evil`, sub: 'agent-7' }),
    ],
    ['a logout token', () => signed({ sub: 'agent-7' }, own, { typ: 'logout+jwt' })],
    ['a security event', () => signed({ sub: 'agent-7' }, own, { typ: 'secevent+jwt' })],
    ['a logout of no type', () => signed({ sub: 'agent-7', events: { logout: {} } })],
    ['a token for another audience', () => signed({ aud: 'billing', sub: 'agent-7' })],
    ['a token without an end', () => signed({ sub: 'agent-7', exp: undefined })],
    ['a token that is not valid yet', () => signed({ sub: 'agent-7', nbf: NOW / 1_000 + 600 })],
    [
      'a SPIFFE ID of another trust domain',
      () => signed({ iss: undefined, sub: 'spiffe://evil.example/agents/mail' }),
    ],
    [
      'a subject that is no SPIFFE ID where one is asked for',
      () => signed({ iss: undefined, sub: 'agent-7' }),
    ],
    ['an actor without a name', () => signed({ sub: 'alice', act: { iss: ISSUER } })],
    ['text that is no token', () => 'a.b.c'],
  ])('is refused: %s', async (_name, make) => {
    expect(await prove(await make())).toEqual(REFUSED);
  });

  it('is told that a token is over, so that it can be renewed', async () => {
    const token = await signed({ sub: 'agent-7', exp: NOW / 1_000 - 600 });
    expect(await prove(token)).toEqual({ is: 'refused', refusal: 'expired_token' });
  });
});

describe('the issuer file', () => {
  it('is refused where keys would come over an open connection', () => {
    const folder = mkdtempSync(join(tmpdir(), 'issuers-'));
    const entry = {
      id: 'x',
      issuer: ISSUER,
      audience: 'a',
      jwks: 'http://idp.example/keys',
      tenant: 't',
      source: { kind: 'k', instance: 'i' },
    };
    writeFileSync(join(folder, 'issuers.json'), JSON.stringify({ version: 1, issuers: [entry] }));
    expect(() => loadIssuers(join(folder, 'issuers.json'))).toThrow(/neither a file nor an https/u);
  });

  it('is refused where an entry names neither an issuer nor a trust domain', () => {
    const folder = mkdtempSync(join(tmpdir(), 'issuers-'));
    const entry = {
      id: 'x',
      audience: 'a',
      jwks: 'k.json',
      tenant: 't',
      source: { kind: 'k', instance: 'i' },
    };
    writeFileSync(join(folder, 'issuers.json'), JSON.stringify({ version: 1, issuers: [entry] }));
    expect(() => loadIssuers(join(folder, 'issuers.json'))).toThrow(/issuers.0: needs `issuer`/u);
  });
});
