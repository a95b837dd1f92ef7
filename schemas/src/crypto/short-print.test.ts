/** What is remembered of prints changes none of them, whatever was asked for before. */
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { PRINT_LENGTH, shortPrint } from './short-print.ts';

const whole = (name: string) => createHash('sha256').update(name).digest('base64url');

describe('a short print', () => {
  it('is the beginning of one hash, at each length that is asked for', () => {
    for (const length of [4, 22, PRINT_LENGTH, 4]) {
      expect(shortPrint('send_mail', length)).toBe(whole('send_mail').slice(0, length));
    }
  });

  it('is the same after more names than are remembered', () => {
    const before = shortPrint('first', 8);
    for (let n = 0; n < 10_000; n += 1) shortPrint(`name-${n}`, 8);
    expect(shortPrint('first', 8)).toBe(before);
    expect(before).toBe(whole('first').slice(0, 8));
  });
});
