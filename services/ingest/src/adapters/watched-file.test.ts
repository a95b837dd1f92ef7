import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { issueToken, loadTokens, revokeToken } from './token-store.ts';
import { TOKENS_LOOK_MS, WatchedFile } from './watched-file.ts';

const source = { kind: 'sdk', instance: 's' };
let folder = '';
let path = '';
let unreadable = 0;
const events = { onRead: () => {}, onUnreadable: () => (unreadable += 1) };
const tokenFile = () => new WatchedFile({ path, read: loadTokens, ...events });

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ww-tokens-'));
  path = join(folder, 'tokens.json');
  unreadable = 0;
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('WatchedFile of tokens', () => {
  it('rotates without a gap: two tokens of a source live at once, and a revoked one ends within the stated time', () => {
    const old = issueToken(path, { id: 'old', tenant: 'acme', source });
    const file = tokenFile();
    const is = (token: string, at: number) => file.current(at).judge(token, at).is;
    expect(is(old, 0)).toBe('known');
    const fresh = issueToken(path, { id: 'new', tenant: 'acme', source });
    let at = TOKENS_LOOK_MS;
    expect([is(old, at), is(fresh, at)]).toEqual(['known', 'known']);
    expect(revokeToken(path, 'old')).toBe(true);
    at += TOKENS_LOOK_MS;
    expect([is(old, at), is(fresh, at)]).toEqual(['revoked', 'known']);
    expect(TOKENS_LOOK_MS).toBeLessThanOrEqual(1_000);
  });

  it('keeps the tokens of before while the file is broken or away, says so once, and takes the mended one', () => {
    const token = issueToken(path, { id: 'one', tenant: 'acme', source });
    const file = tokenFile();
    renameSync(path, `${path}.away`);
    expect(file.current(0).judge(token, 0).is).toBe('known');
    writeFileSync(path, '{', { mode: 0o600 });
    expect(file.current(1_000).judge(token, 0).is).toBe('known');
    file.current(2_000);
    expect(unreadable).toBe(2);
    renameSync(`${path}.away`, path);
    revokeToken(path, 'one');
    expect(file.current(3_000).judge(token, 0).is).toBe('revoked');
  });

  it('looks at once when the clock was set back', () => {
    const token = issueToken(path, { id: 'one', tenant: 'acme', source });
    const file = tokenFile();
    file.current(1_000_000);
    revokeToken(path, 'one');
    expect(file.current(5).judge(token, 5).is).toBe('revoked');
  });
});
