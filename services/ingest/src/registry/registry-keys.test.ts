import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadOrCreateKeyFile, publicJwks } from '@waywarden/schemas';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadRegistryKeys } from './registry-follower.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ww-registry-keys-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const written = (content: unknown) => {
  const path = join(folder, 'keys.json');
  writeFileSync(path, JSON.stringify(content));
  return path;
};

describe('loadRegistryKeys', () => {
  const keyFile = () =>
    loadOrCreateKeyFile(join(folder, 'publisher.json'), {
      service: 'responder',
      uses: ['sign'],
      createdAt: '2026-11-24T09:00:00.000Z',
    });

  it('takes a set of public keys, and the key file that they are of, alike', () => {
    const set = written({ keys: Object.values(publicJwks(keyFile())) });
    const fromFile = loadRegistryKeys(join(folder, 'publisher.json'));
    expect([...loadRegistryKeys(set).keys()]).toEqual([...fromFile.keys()]);
  });

  it('names the file when a key of it is none', () => {
    const path = written({ keys: [{ kid: 'a', kty: 'OKP', crv: 'Ed25519', x: 'short' }] });
    expect(() => loadRegistryKeys(path)).toThrow(path);
  });
});
