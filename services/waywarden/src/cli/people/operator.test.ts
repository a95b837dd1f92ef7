/**
 * Guarantees: whoever the registry can name can have a key, whatever characters the name has; a key
 * file of somebody else, or none, is said in a sentence.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadKeyFile, publicJwks } from '@waywarden/schemas';
import { afterAll, describe, expect, it } from 'vitest';
import { UsageError } from '../../input/command-output.ts';
import { claimedOf, isAmiss, whyOf } from './give-act.ts';
import { operatorKeyCommand } from './operator-key.ts';

const folder = mkdtempSync(join(tmpdir(), 'waywarden-operator-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const make = (by: string, file: string) =>
  operatorKeyCommand.parseAsync(['--by', by, '--out', join(folder, file), '--json'], {
    from: 'user',
  });
const idsIn = (file: string) => Object.keys(publicJwks(loadKeyFile(join(folder, file))));

describe('operator-key', () => {
  it.each([
    ['ana@acme.example', 'mail.json'],
    ['spiffe://acme.example/person/ana', 'spiffe.json'],
    ['Åsa Öberg', 'letters.json'],
    ['a'.repeat(300), 'long.json'],
  ])('makes one for %s', async (by, file) => {
    await make(by, file);
    expect(idsIn(file)).toHaveLength(1);
  });

  it('tells apart whose names differ in such characters only', async () => {
    await make('a@b', 'one.json');
    await make('a/b', 'two.json');
    expect(idsIn('one.json')).not.toEqual(idsIn('two.json'));
  });

  it('does not take the key of somebody else', async () => {
    await make('ana@acme.example', 'ana.json');
    await expect(make('bob@acme.example', 'ana.json')).rejects.toThrow(UsageError);
  });
});

it('names whom an order would hit of those who are never revoked', () => {
  expect(whyOf('never_revoke', ['agent/break-glass'])).toBe(
    'It would hit an agent on a list of those that are never revoked: agent/break-glass.',
  );
  expect(whyOf('no_receiver')).toBe('No registered receiver could carry it out.');
});

it('takes a verdict for said where another alert still needs what it would give back', () => {
  const withheld = 'needed_by_other_alert';
  expect([isAmiss('verdict', withheld), isAmiss('restore', withheld)]).toEqual([false, true]);
  const outcome = { by: ['ana'], withheld, issuedIds: [] };
  expect(claimedOf('verdict', 'ana', outcome)).toBe(
    'verdict: done, by ana. Nothing is given back: another alert still needs the order.',
  );
  expect(isAmiss('verdict', 'already_contained')).toBe(true);
});
