import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { loadOrCreateKeyFile, rotateKeyFile } from '../crypto/key-file-store.ts';
import { LINKING_KINDS } from '../policy/policy.ts';
import { extractValues } from './extract-values.ts';
import {
  credentialFingerprint,
  fingerprintKey,
  fingerprintOf,
  keyedHash,
  REPLAY_KEY,
  tenantFingerprintKey,
  VALUE_KINDS,
} from './fingerprint.ts';

const value = z.strictObject({
  kind: z.enum(VALUE_KINDS),
  canonical: z.string(),
  domain: z.string().optional(),
  fp: z.string().length(22),
});
const vectors = z
  .looseObject({
    key_id: z.string(),
    key_text: z.string(),
    cases: z.array(z.object({ what: z.string(), text: z.string(), values: z.array(value) })),
    credentials: z.array(z.object({ presented: z.string(), fp: z.string() })),
  })
  .parse(
    JSON.parse(readFileSync(new URL('../../vectors/fingerprints.json', import.meta.url), 'utf8')),
  );

describe('fingerprints', () => {
  it('are of exactly the kinds that policies may link by', () => {
    expect([...VALUE_KINDS].sort()).toEqual([...LINKING_KINDS].sort());
  });

  it.each(vectors.cases)('never change: $what', ({ text, values }) => {
    const found = extractValues(text).values.map(({ path: _, ...v }) => ({
      ...v,
      fp: fingerprintOf(v.kind, v.canonical, REPLAY_KEY),
    }));
    expect(found).toEqual(values);
  });

  it('of a credential in use is that of the same secret in a result', () => {
    for (const { presented, fp } of vectors.credentials) {
      expect(credentialFingerprint(presented, REPLAY_KEY)).toBe(fp);
    }
  });

  it('are made with the published key that the vectors name', () => {
    const published = fingerprintKey(vectors.key_id, Buffer.from(vectors.key_text));
    expect(published.id).toBe(REPLAY_KEY.id);
    expect(fingerprintOf('iban', 'x', published)).toBe(fingerprintOf('iban', 'x', REPLAY_KEY));
  });

  it('of one text as secret and token meet, of an address and a number do not', () => {
    const fp = (kind: string) => fingerprintOf(kind, '123456789', REPLAY_KEY);
    expect(fp('secret')).toBe(fp('token'));
    expect(fp('account')).toBe(fp('phone'));
    expect(new Set(['secret', 'account', 'email', 'url', 'iban', 'root_key'].map(fp)).size).toBe(6);
  });

  it('differ between tenants, and stay through a restart', () => {
    const folder = mkdtempSync(join(tmpdir(), 'ww-fp-'));
    const path = join(folder, 'ingest.json');
    const make = () =>
      loadOrCreateKeyFile(path, { service: 'ingest', uses: ['fingerprint'], createdAt: 'now' });
    const fp = (tenant: string) => fingerprintOf('iban', 'x', tenantFingerprintKey(make(), tenant));
    expect(fp('acme')).not.toBe(fp('other'));
    expect(fp('acme')).toBe(fp('acme'));
    const other = fp('other');
    const before = fp('acme');
    rotateKeyFile(path, { use: 'fingerprint', createdAt: 'now', tenant: 'acme' });
    expect(fp('acme')).not.toBe(before);
    expect(fp('other')).toBe(other);
    rmSync(folder, { recursive: true });
  });

  it('take no key of another length', () => {
    expect(() => fingerprintKey('k', new Uint8Array(16))).toThrow(RangeError);
  });

  it('of whole arguments do not depend on the order of keys', () => {
    expect(keyedHash({ a: 1, b: [2] }, REPLAY_KEY)).toBe(keyedHash({ b: [2], a: 1 }, REPLAY_KEY));
    expect(keyedHash({ a: 1 }, REPLAY_KEY)).toMatch(/^hmac-sha256:[\w-]{43}$/);
  });
});
