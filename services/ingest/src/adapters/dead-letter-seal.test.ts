import { fingerprintKey, REPLAY_KEY } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { deadLetterSeal, openDeadLetter } from './dead-letter-seal.ts';

const body = new TextEncoder().encode('{"args":{"value":"clear"}}');

describe('dead letter seal', () => {
  it('opens what it sealed, with the same key only', () => {
    const sealed = deadLetterSeal(REPLAY_KEY).seal(body);
    expect(Buffer.from(sealed).includes('clear')).toBe(false);
    expect(openDeadLetter(REPLAY_KEY, sealed)).toEqual(Buffer.from(body));
    const other = fingerprintKey('other', new Uint8Array(32).fill(1));
    expect(openDeadLetter(other, sealed)).toBeUndefined();
  });

  it('opens nothing of which a byte was changed', () => {
    const sealed = deadLetterSeal(REPLAY_KEY).seal(body);
    for (let at = 0; at < sealed.length; at++) {
      const changed = Uint8Array.from(sealed);
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(openDeadLetter(REPLAY_KEY, changed)).toBeUndefined();
    }
    expect(openDeadLetter(REPLAY_KEY, new Uint8Array(3))).toBeUndefined();
  });

  it('gives the same bytes for the same body, and other nonces for others', () => {
    const { seal } = deadLetterSeal(REPLAY_KEY);
    expect(seal(body)).toEqual(seal(body));
    const nonce = (text: string) =>
      Buffer.from(seal(new TextEncoder().encode(text))).toString('hex', 1, 13);
    expect(nonce('a')).not.toBe(nonce('b'));
  });
});
