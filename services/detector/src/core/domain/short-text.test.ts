import { describe, expect, it } from 'vitest';
import { counted, shortAgentName, shorten } from './short-text.ts';

describe('counted', () => {
  it('says one of one thing', () => {
    expect([0, 1, 2].map((n) => counted(n, 'call'))).toEqual(['0 calls', '1 call', '2 calls']);
  });
});

describe('shorten', () => {
  it('leaves alone what fits', () => {
    expect(shorten('read a secret', 13)).toBe('read a secret');
  });

  it('cuts between words, and leaves no comma hanging', () => {
    expect(shorten('read a secret, sent data outside', 22)).toBe('read a secret, sent…');
    expect(shorten('read a secret, sent data outside', 16)).toBe('read a secret…');
  });

  it('cuts one long word where it must', () => {
    expect(shorten('invoice-orchestrator', 8)).toBe('invoice…');
  });

  it('never leaves half a character', () => {
    expect(shorten('abc😀😀', 5)).toBe('abc…');
  });
});

describe('shortName', () => {
  it('is the last part of a uid, and the uid where it has no parts', () => {
    expect(shortAgentName('spiffe://acme.example/agent/intake-2')).toBe('intake-2');
    expect(shortAgentName('//')).toBe('//');
  });
});
