import { generateKeyPairSync, sign } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jwsPublicKey, jwsSigningKey, signDetached, verifyDetached } from './jws.ts';

const jwkOf = (type: 'ed25519' | 'rsa') =>
  (type === 'rsa'
    ? generateKeyPairSync('rsa', { modulusLength: 2048 })
    : generateKeyPairSync('ed25519')
  ).privateKey.export({ format: 'jwk' }) as Record<string, unknown>;

const responder = jwsSigningKey('responder-1', jwkOf('ed25519'));
const gateway = jwsSigningKey('mcp-gateway', jwkOf('rsa'));
const ring = new Map([responder, gateway].map((key) => [key.kid, key]));
const topic = 'waywarden.revocation.commands.v1';
const value = new TextEncoder().encode('{"command_id":"c1"}');
const options = { topic, iat: 1_795_510_800 };

const header = (signature: string) =>
  JSON.parse(Buffer.from(signature.split('.')[0] ?? '', 'base64url').toString());
const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');

describe('detached JWS', () => {
  it.each([responder, gateway])('verifies what was signed, by $alg', async (key) => {
    const signature = await signDetached(value, key, options);
    expect(signature).toMatch(/^[\w-]+\.\.[\w-]+$/);
    expect(header(signature)).toEqual({
      alg: key.alg,
      kid: key.kid,
      typ: 'waywarden-record+jws',
      topic,
      iat: options.iat,
    });
    expect(await verifyDetached(value, signature, ring, { topic })).toEqual({
      ok: true,
      kid: key.kid,
      iat: options.iat,
    });
  });

  it('is the same for the same input, so a repeated record is byte-identical', async () => {
    for (const key of [responder, gateway]) {
      expect(await signDetached(value, key, options)).toBe(await signDetached(value, key, options));
    }
  });

  it('refuses another value, topic, audience or key, each with its reason', async () => {
    const signature = await signDetached(value, responder, { ...options, audience: 'gw-1' });
    const other = new TextEncoder().encode('{"command_id":"c2"}');
    const verify = (v: Uint8Array | null, s: string | undefined, t = topic, audience = 'gw-1') =>
      verifyDetached(v, s, ring, { topic: t, audience });
    expect(await verify(value, signature)).toMatchObject({ ok: true });
    expect(await verify(other, signature)).toEqual({ ok: false, reason: 'forged' });
    expect(await verify(value, signature, 'waywarden.registry.v1')).toMatchObject({
      reason: 'wrong_topic',
    });
    expect(await verify(value, signature, topic, 'gw-2')).toMatchObject({
      reason: 'wrong_audience',
    });
    expect(await verify(value, undefined)).toMatchObject({ reason: 'unsigned' });
    expect(await verify(null, signature)).toMatchObject({ reason: 'unsigned' });
    expect(await verifyDetached(value, signature, new Map(), { topic })).toMatchObject({
      reason: 'unknown_key',
    });
  });

  it('refuses a signature by another key under a known name', async () => {
    const impostor = jwsSigningKey('responder-1', jwkOf('ed25519'));
    const signature = await signDetached(value, impostor, options);
    expect(await verifyDetached(value, signature, ring, { topic })).toMatchObject({
      reason: 'forged',
    });
  });

  it('refuses every algorithm but the key’s own: none, HMAC with the public key, RS for Ed', async () => {
    for (const alg of ['none', 'HS256', 'RS256', 'PS256']) {
      const forged = `${encode({ alg, kid: 'responder-1', typ: 'waywarden-record+jws', topic, iat: 1 })}..AA`;
      expect(await verifyDetached(value, forged, ring, { topic })).toMatchObject({
        reason: 'wrong_algorithm',
      });
    }
  });

  it('refuses a header with crit, and one whose type is another token’s', async () => {
    const signed = (head: object) => {
      const protectedHeader = encode(head);
      const input = `${protectedHeader}.${Buffer.from(value).toString('base64url')}`;
      return `${protectedHeader}..${sign(null, Buffer.from(input), responder.privateKey).toString('base64url')}`;
    };
    const head = { alg: 'EdDSA', kid: 'responder-1', typ: 'waywarden-record+jws', topic, iat: 1 };
    expect(await verifyDetached(value, signed(head), ring, { topic })).toMatchObject({ ok: true });
    const crit = signed({ ...head, crit: ['exp'], exp: 1 });
    expect(await verifyDetached(value, crit, ring, { topic })).toMatchObject({ reason: 'forged' });
    const set = signed({ ...head, typ: 'secevent+jwt' });
    expect(await verifyDetached(value, set, ring, { topic })).toMatchObject({
      reason: 'malformed',
    });
  });

  it('never throws on what is no signature', async () => {
    const text = fc.oneof(
      fc.string(),
      fc
        .tuple(fc.json(), fc.string())
        .map(([h, s]) => `${Buffer.from(h).toString('base64url')}..${s}`),
    );
    await fc.assert(
      fc.asyncProperty(text, async (signature) => {
        expect((await verifyDetached(value, signature, ring, { topic })).ok).toBe(false);
      }),
    );
  });

  it('takes no key that is too weak or of another kind', () => {
    const weak = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey;
    expect(() =>
      jwsPublicKey('k', weak.export({ format: 'jwk' }) as Record<string, unknown>),
    ).toThrow(RangeError);
    const p256 = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey;
    expect(() =>
      jwsPublicKey('k', p256.export({ format: 'jwk' }) as Record<string, unknown>),
    ).toThrow(RangeError);
    expect(() => jwsPublicKey('k', { kty: 'OKP' })).toThrow(TypeError);
  });

  it('gives no private part when a public key is asked for', () => {
    const key = jwsPublicKey('k', jwkOf('ed25519'));
    expect(key.publicKey.type).toBe('public');
  });
});
