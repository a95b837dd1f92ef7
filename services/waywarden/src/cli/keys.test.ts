/** Guarantee: `keys rotate` makes a new active key and keeps the old one; nobody is told a secret. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadKeyFile, signingKeyRing } from '@waywarden/schemas';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { loadServiceKeys } from '../runtime/service-keys.ts';
import { keysCommand } from './keys.ts';

let folder: string;
let said: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'waywarden-keys-'));
  loadServiceKeys(join(folder, 'keys'), '2026-11-24T09:00:00Z');
  said = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    said += String(text);
    return true;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});

const run = (...args: readonly string[]) =>
  keysCommand.parseAsync([...args, '--data', folder, '--json'], { from: 'user' });

it('rotates a service’s keys and verifies with both', async () => {
  const path = join(folder, 'keys', 'responder.json');
  const before = [...signingKeyRing(loadKeyFile(path)).keys()];
  await run('rotate', 'responder');
  const after = loadKeyFile(path);
  expect([...signingKeyRing(after).keys()]).toEqual([...before, 'responder-sign-2']);
  expect(JSON.parse(said)).toMatchObject({ service: 'responder', active: ['responder-sign-2'] });
});

it('lists keys without their secrets, and names the services on a wrong one', async () => {
  await run('list');
  const secrets = readFileSync(join(folder, 'keys', 'detector.json'), 'utf8').match(/[\w-]{43,}/g);
  expect(secrets?.some((secret) => said.includes(secret))).toBe(false);
  expect(JSON.parse(said).keys).toHaveLength(5);
  await expect(run('rotate', 'nobody')).rejects.toThrow('detector, ingest');
});
