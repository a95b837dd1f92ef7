import { MemoryDraft } from '@waywarden/stage';
import { describe, expect, it } from 'vitest';
import { firstSighting, SEEN_EVENTS_MAX } from './seen-events.ts';

describe('firstSighting', () => {
  it('knows an id through the whole stated horizon, then forgets it, and stays bounded', () => {
    const draft = new MemoryDraft();
    expect(firstSighting(draft, 'first')).toBe(true);
    for (let at = 1; at < SEEN_EVENTS_MAX; at++) firstSighting(draft, `e${at}`);
    expect(firstSighting(draft, 'first')).toBe(false);
    expect(firstSighting(draft, 'e1')).toBe(false);
    const full = draft.entries.size;
    // The page that holds the oldest is forgotten at most one page later.
    for (let at = 0; at < 128; at++) firstSighting(draft, `later${at}`);
    expect(firstSighting(draft, 'first')).toBe(true);
    expect(draft.entries.size).toBeLessThanOrEqual(full + 128);
  });
});
