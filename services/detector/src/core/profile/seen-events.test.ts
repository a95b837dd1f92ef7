import { MemoryDraft } from '@waywarden/stage';
import { describe, expect, it } from 'vitest';
import { firstSighting } from './seen-events.ts';

const HORIZON = 1000;

describe('firstSighting', () => {
  it('knows an id through the whole horizon, then forgets it, and stays bounded', () => {
    const draft = new MemoryDraft();
    const see = (id: string) => firstSighting(draft, id, HORIZON);
    for (let lap = 0; lap < 5; lap++) {
      expect(see(`first${lap}`)).toBe(true);
      for (let at = 1; at < HORIZON; at++) expect(see(`${lap}/${at}`)).toBe(true);
      expect(see(`first${lap}`)).toBe(false);
      expect(see(`${lap}/1`)).toBe(false);
      // An id, and a page for every 64 of them; at most one page more than the horizon.
      expect(draft.entries.size).toBeLessThanOrEqual((HORIZON + 128) * (1 + 1 / 64) + 2);
    }
    expect(see('first0')).toBe(true);
    expect(see('4/1')).toBe(false);
  });
});
