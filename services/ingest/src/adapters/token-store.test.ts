import { describe, expect, it } from 'vitest';
import { makeToken, TokenStore } from './token-store.ts';

const grant = { id: 't', tenant: 'acme', source: { kind: 'sdk', instance: 's' } };
const now = Date.parse('2026-06-01T00:00:00Z');

describe('TokenStore', () => {
  it('knows a token by its hash and keeps nothing of the token', () => {
    const { token, entry } = makeToken(grant);
    expect(new TokenStore([entry]).judge(token, now)).toEqual({ is: 'known', entry });
    expect(JSON.stringify(entry)).not.toContain(token.slice(4));
  });

  it('proves nothing that the entry does not say', () => {
    expect(makeToken(grant).entry).toMatchObject({ assurance: 'asserted', trust_fields: false });
  });

  it('refuses unknown, revoked and expired tokens', () => {
    const revoked = makeToken({ ...grant, state: 'revoked' });
    const expired = makeToken({ ...grant, expires_at: '2026-05-31T00:00:00Z' });
    const later = makeToken({ ...grant, expires_at: '2026-06-02T00:00:00+02:00' });
    const store = new TokenStore([revoked.entry, expired.entry, later.entry]);
    expect(store.judge(revoked.token, now).is).toBe('revoked');
    expect(store.judge(expired.token, now).is).toBe('expired');
    expect(store.judge(later.token, now).is).toBe('known');
    expect(store.judge(makeToken(grant).token, now).is).toBe('unknown');
    expect(store.judge(revoked.entry.hash, now).is).toBe('unknown');
  });
});
