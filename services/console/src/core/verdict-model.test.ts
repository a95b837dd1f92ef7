/**
 * Guarantees: the command names the alert and the revision that was looked at, and whatever people type, or a registry
 * names them, stays one word of the shell: a real shell is asked.
 */
import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { missingOf, shellWord, type VerdictTransaction, verdictCommand } from './verdict-model.ts';
import { visibleText } from './visible-text.ts';

const TRANSACTION: VerdictTransaction = {
  ...{ alertId: '8494fef6-fbed-5d78-8e1a-0bbc8a4eedd4', tenantId: 'default', revision: 9 },
  ...{ verdict: 'false_positive', by: 'ana@acme.example', keyFile: 'ana.json' },
  ...{ reason: 'a month-end', url: 'http://127.0.0.1:8787' },
};

/** The words as a shell takes them. */
function wordsOf(command: string): readonly string[] {
  const script = `set -f; for word in ${command}; do printf '%s\\0' "$word"; done`;
  const env = { HOME: '/home/ana', PATH: process.env['PATH'] };
  return execFileSync('/bin/sh', ['-c', script], { env, encoding: 'utf8' })
    .split('\0')
    .slice(0, -1);
}

const wordAfter = (command: string, flag: string) => {
  const words = wordsOf(command);
  return words[words.indexOf(flag) + 1];
};

describe('the command', () => {
  it('says all that is to be said', () => {
    expect(verdictCommand(TRANSACTION)).toBe(
      "npx waywarden verdict 8494fef6-fbed-5d78-8e1a-0bbc8a4eedd4 --false-positive --revision 9 --by ana@acme.example --key ana.json --reason 'a month-end' --url http://127.0.0.1:8787",
    );
    const right = verdictCommand({ ...TRANSACTION, verdict: 'true_positive', tenantId: 'acme' });
    expect(right).toMatch(/ --true-positive .* --tenant acme /);
    expect(missingOf(TRANSACTION)).toEqual([]);
  });

  it('stands in capitals where something is missing, and says what', () => {
    const empty = { ...TRANSACTION, verdict: null, by: '', keyFile: ' ', reason: '' };
    expect(verdictCommand(empty)).toContain(
      '--true-positive|--false-positive --revision 9 --by WHO --key FILE --reason WHY',
    );
    expect(missingOf(empty)).toEqual(['right or wrong', 'who you are', 'your key file', 'why']);
  });

  it.each([
    "it's planned",
    '$(reboot) `reboot` $HOME',
    'a; rm -rf / && b | c > d < e',
    '"quoted" \\ and * ? [a-z] !history #comment',
    '-x --json',
    'Größe, 東京',
  ])('keeps %j one word', (reason) => {
    const command = verdictCommand({ ...TRANSACTION, reason });
    expect(wordAfter(command, '--reason')).toBe(reason);
    expect(wordAfter(command, '--url')).toBe(TRANSACTION.url);
  });

  it('keeps any text one word, with what can’t be seen spelled out', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }), (text) => {
        const seen = visibleText(text).replace(/[\t\n]+/g, ' ');
        expect(wordsOf(shellWord(text))).toEqual([seen]);
      }),
      { numRuns: 50 },
    );
    expect(shellWord('pay\u202Erap')).toBe("'pay⟨U+202E⟩rap'");
    expect(shellWord('two\nlines')).toBe("'two lines'");
  });

  it('finds a key file in the home folder', () => {
    expect(
      wordAfter(verdictCommand({ ...TRANSACTION, keyFile: '~/my keys/ana.json' }), '--key'),
    ).toBe('/home/ana/my keys/ana.json');
    expect(wordAfter(verdictCommand({ ...TRANSACTION, keyFile: '~bob/x' }), '--key')).toBe(
      '~bob/x',
    );
  });
});
