import { fingerprintKey, fingerprintOf, keyedHash, REPLAY_KEY } from '@waywarden/schemas';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tenantKeys } from './tenant-keys.ts';

const other = fingerprintKey('other', new Uint8Array(32).fill(7));

describe('tenantKeys', () => {
  it('hashes and fingerprints as the schemas do, whatever the length', () => {
    const keys = tenantKeys(REPLAY_KEY);
    const anyText = fc.oneof(fc.string({ unit: 'binary' }), fc.constant('é'.repeat(40_000)));
    fc.assert(
      fc.property(anyText, (text) => {
        const canonical = JSON.stringify(text);
        expect(`hmac-sha256:${keys.hash('args', canonical)}`).toBe(keyedHash(text, REPLAY_KEY));
        expect(keys.fingerprint('email', text)).toBe(fingerprintOf('email', text, REPLAY_KEY));
      }),
    );
  });

  it('keeps uses, chains and keys apart', () => {
    const keys = tenantKeys(REPLAY_KEY);
    expect(keys.hash('request', 'x')).not.toBe(keys.hash('tool-definition', 'x'));
    const [a, b] = [keys.chain('a'), keys.chain('b')];
    expect(a.id).not.toBe(b.id);
    expect(a.hashers.token('pay')).not.toBe(b.hashers.token('pay'));
    expect(a.hashers.identifier('x@y.z')).toBe(b.hashers.identifier('x@y.z'));
    expect(tenantKeys(other).chain('a').id).not.toBe(a.id);
    expect(tenantKeys(other).chain('a').hashers.token('pay')).not.toBe(a.hashers.token('pay'));
  });

  it('gives the same hashes to two makers of one key', () => {
    const [one, two] = [tenantKeys(REPLAY_KEY), tenantKeys(REPLAY_KEY)];
    two.chain('z').hashers.token('other');
    expect(one.chain('a').hashers.token('pay')).toBe(two.chain('a').hashers.token('pay'));
  });
});
