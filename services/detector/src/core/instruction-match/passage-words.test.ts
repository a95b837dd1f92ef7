import { META_CLASSES } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { askWords, signWords } from './passage-words.ts';

describe('a passage in words', () => {
  it('says what it asks for', () => {
    const passage = { kind: 'imperative', actions: ['send', 'pay'], meta: ['urgent', 'covert'] };
    expect(askWords(passage)).toBe('asks to pay or send');
    expect(signWords(passage)).toBe('it asks for silence and it urges');
  });

  it('claims no demand where the action is only spoken of, or its kind is not known', () => {
    expect(askWords({ kind: 'mention', actions: ['pay'], meta: [] })).toBe(
      'speaks of an action (pay)',
    );
    expect(askWords({ kind: 'song', actions: [], meta: [] })).toBe('names no action that is known');
  });

  it('has words for every sign that ingest marks', () => {
    for (const sign of META_CLASSES) {
      expect(signWords({ kind: 'imperative', actions: [], meta: [sign] })).toMatch(/^it /);
    }
  });
});
