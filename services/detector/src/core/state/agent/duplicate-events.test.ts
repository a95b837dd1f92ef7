import { MemoryTransaction } from '@waywarden/stage';
import { describe, expect, it } from 'vitest';
import { sightEvent } from './duplicate-events.ts';

const HORIZON = 1000;

describe('sightEvent', () => {
  const body = 'A'.repeat(22);

  it('tells a repeat from a conflict by the body, and the first stands', () => {
    const transaction = new MemoryTransaction();
    const see = (text: string | undefined) => sightEvent(transaction, { id: 'a', body: text });
    expect(see(body)).toBe('first');
    expect(see(body)).toBe('repeat');
    expect(see('B'.repeat(22))).toBe('conflict');
    expect(see(body)).toBe('repeat');
  });

  it('takes what says nothing of its body for a repeat, before and after', () => {
    const transaction = new MemoryTransaction();
    expect(sightEvent(transaction, { id: 'a' })).toBe('first');
    expect(sightEvent(transaction, { id: 'a', body })).toBe('repeat');
    expect(sightEvent(transaction, { id: 'b', body })).toBe('first');
    expect(sightEvent(transaction, { id: 'b' })).toBe('repeat');
  });

  it('knows an id through the whole horizon, then forgets it, and stays bounded', () => {
    const transaction = new MemoryTransaction();
    const see = (id: string) => sightEvent(transaction, { id }, HORIZON) === 'first';
    for (let lap = 0; lap < 5; lap++) {
      expect(see(`first${lap}`)).toBe(true);
      for (let at = 1; at < HORIZON; at++) expect(see(`${lap}/${at}`)).toBe(true);
      expect(see(`first${lap}`)).toBe(false);
      expect(see(`${lap}/1`)).toBe(false);
      // An id, and a page for every 64 of them; at most one page more than the horizon.
      expect(transaction.entries.size).toBeLessThanOrEqual((HORIZON + 128) * (1 + 1 / 64) + 2);
    }
    expect(see('first0')).toBe(true);
    expect(see('4/1')).toBe(false);
  });
});
