import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { jwsPublicKey, signDetached, verifyDetached } from './jws.ts';
import * as keys from './key-file.ts';
import { loadKeyFile, loadOrCreateKeyFile, rotateKeyFile } from './key-file-store.ts';
import { macHeaders, verifyMac } from './mac.ts';

const createdAt = '2026-11-24T09:00:00Z';
const uses = ['mac', 'sign', 'fingerprint'] as const;
let folder = '';
let path = '';
const make = () => loadOrCreateKeyFile(path, { service: 'responder', uses, createdAt });

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ww-keys-'));
  path = join(folder, 'deep', 'responder.json');
});
afterEach(() => rmSync(folder, { recursive: true }));

function codeOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof keys.KeyFileError) return error.code;
    throw error;
  }
  return 'none';
}

describe('a key file', () => {
  it('is made once, for its owner alone, and is the same ever after', () => {
    const first = make();
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(make()).toEqual(first);
    expect(readdirSync(join(folder, 'deep'))).toEqual(['responder.json']);
    expect(first.keys.map((k) => k.id)).toEqual([
      'responder-mac-1',
      'responder-sign-1',
      'responder-fingerprint-1',
    ]);
  });

  it('is refused when others may read it', () => {
    make();
    chmodSync(path, 0o640);
    expect(codeOf(() => loadKeyFile(path))).toBe('open_to_others');
  });

  it('is refused when it is missing, damaged, or another service’s', () => {
    expect(codeOf(() => loadKeyFile(path))).toBe('missing');
    make();
    expect(codeOf(() => loadKeyFile(path, 'detector'))).toBe('wrong_service');
    writeFileSync(path, '{"version":1,');
    expect(codeOf(() => loadKeyFile(path))).toBe('malformed');
    expect(codeOf(make)).toBe('malformed');
  });

  it('is refused without exactly one active key of a use, or with an id given twice', () => {
    const file = make();
    const write = (k: readonly object[]) =>
      writeFileSync(path, JSON.stringify({ ...file, keys: k }));
    write(file.keys.map((k) => ({ ...k, state: 'retired' })));
    expect(codeOf(() => loadKeyFile(path))).toBe('malformed');
    write([...file.keys, ...file.keys.map((k) => ({ ...k, state: 'retired' }))]);
    expect(codeOf(() => loadKeyFile(path))).toBe('malformed');
  });

  it('never quotes a key in an error', () => {
    make();
    const text = readFileSync(path, 'utf8');
    const secret = /"secret": "([^"]+)"/.exec(text)?.[1] ?? '';
    expect(secret).toHaveLength(43);
    for (const damaged of [text.slice(0, -9), text.replace('"mac"', '"nothing"')]) {
      writeFileSync(path, damaged);
      expect(() => loadKeyFile(path)).toThrow(keys.KeyFileError);
      try {
        loadKeyFile(path);
      } catch (error) {
        expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain(secret);
      }
    }
  });
});

describe('rotation', () => {
  const record = { topic: 't', key: 'k', value: new Uint8Array([1]), headers: {} };

  it('signs with the new key and still verifies what the old one signed', async () => {
    const before = make();
    const old = { ...record, headers: macHeaders(record, keys.activeMacKey(before)) };
    const oldSig = await signDetached(record.value, keys.activeSigningKey(before), {
      topic: 't',
      iat: 1,
    });
    rotateKeyFile(path, { use: 'mac', createdAt });
    rotateKeyFile(path, { use: 'sign', createdAt });
    const after = loadKeyFile(path);
    expect(keys.activeMacKey(after).id).toBe('responder-mac-2');
    expect(keys.activeSigningKey(after).kid).toBe('responder-sign-2');
    expect(verifyMac(old, keys.macKeyRing(after))).toBe('ok');
    const ring = keys.signingKeyRing(after);
    expect(await verifyDetached(record.value, oldSig, ring, { topic: 't' })).toMatchObject({
      ok: true,
    });
  });

  it('keeps a bounded number of retired keys and never reuses an id', () => {
    make();
    for (let n = 0; n < 20; n++) rotateKeyFile(path, { use: 'mac', createdAt });
    const macs = loadKeyFile(path).keys.filter((k) => k.use === 'mac');
    expect(macs).toHaveLength(keys.KEYS_PER_USE_MAX);
    expect(macs.at(-1)?.id).toBe('responder-mac-21');
  });

  it('gives one tenant a fingerprint key of its own and leaves the others at the master', () => {
    const before = make();
    expect(keys.fingerprintSecret(before, 'acme')).toMatchObject({ isMaster: true });
    const after = rotateKeyFile(path, { use: 'fingerprint', createdAt, tenant: 'acme' });
    expect(keys.fingerprintSecret(after, 'acme')).toMatchObject({
      isMaster: false,
      keyId: 'responder-fingerprint-2',
    });
    expect(keys.fingerprintSecret(after, 'other')).toEqual(keys.fingerprintSecret(before, 'other'));
  });
});

it('public keys verify, and hold no private part', async () => {
  const file = make();
  const key = keys.activeSigningKey(file);
  const jwk = keys.publicJwks(file)[key.kid] ?? {};
  expect(jwk['d']).toBeUndefined();
  const ring = new Map([[key.kid, jwsPublicKey(key.kid, jwk)]]);
  const value = new Uint8Array([1, 2]);
  const sig = await signDetached(value, key, { topic: 't', iat: 1 });
  expect(await verifyDetached(value, sig, ring, { topic: 't' })).toMatchObject({ ok: true });
});

it('a service without such a key is told so', () => {
  const file = loadOrCreateKeyFile(path, { service: 'ingest', uses: [], createdAt });
  expect(codeOf(() => keys.activeMacKey(file))).toBe('no_such_key');
  expect(codeOf(() => keys.activeSigningKey(file))).toBe('no_such_key');
  expect(codeOf(() => keys.fingerprintSecret(file, 'acme'))).toBe('no_such_key');
});
