import { expect, it } from 'vitest';
import { printable } from './command-output.ts';

it('leaves nothing that moves a cursor, hides or turns text round', () => {
  expect(printable('a\u001b[2Jb\r\nc\u202ed\u200be\u009b')).toBe(
    'a\\u{1b}[2Jb\\u{d}\\u{a}c\\u{202e}d\\u{200b}e\\u{9b}',
  );
  expect(printable('{"ok":"Grüße, 你好 🙂"}')).toBe('{"ok":"Grüße, 你好 🙂"}');
});
