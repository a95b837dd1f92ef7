/** What the facet keeps of an agent's pieces of work; the match itself is tested beside it. */
import { describe, expect, it } from 'vitest';
import { event } from '../testing/event-builder.ts';
import { MapDraft } from '../testing/map-draft.ts';
import { CHAINS_KEPT_MAX, instructionMatch } from './instruction-match.ts';

describe('what an agent read', () => {
  it('is kept for its latest pieces of work and no others', () => {
    const draft = new MapDraft();
    for (let n = 0; n < 3 * CHAINS_KEPT_MAX; n += 1) {
      const work = { chain_id: `chain-${n}` };
      instructionMatch.learn(draft, event(2 * n, work), true);
      instructionMatch.learn(draft, event(2 * n + 1, work), true);
    }
    const kept = [...draft.entries].filter(
      ([key, value]) => key.startsWith('context|') && value !== undefined,
    );
    expect(kept).toHaveLength(CHAINS_KEPT_MAX);
    expect(kept.at(-1)?.[0]).toContain(`chain-${3 * CHAINS_KEPT_MAX - 1}`);
  });
});
