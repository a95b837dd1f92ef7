import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { briefly, referencePages, typeOf } from './reference-pages.ts';

const folder = new URL('../../../docs/reference/', import.meta.url);

describe('the reference pages', () => {
  it('are those of today’s schemas, no more and no less (npm run docs:generate)', () => {
    const pages = referencePages();
    expect(readdirSync(folder).sort()).toEqual([...pages.keys()].sort());
    for (const [file, text] of pages) {
      expect(readFileSync(new URL(file, folder), 'utf8'), file).toBe(text);
    }
  });

  it('tell closed vocabularies from open ones', () => {
    const alert = referencePages().get('alert.md') ?? '';
    expect(alert).toMatch(/`state`.*One of: `open`, `withdrawn`\./);
    expect(alert).toMatch(/`kind`.*Known: `behavior_deviation`/);
  });

  it.each([
    [{ type: 'string', maxLength: 90 }, 'text'],
    [{ type: 'array', items: { type: 'string' }, maxItems: 3 }, 'list of text ≤ 3'],
    [
      { anyOf: [{ type: 'number', minimum: 0, maximum: 1 }, { type: 'null' }] },
      'number ≤ 1 or null',
    ],
    [{ type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER }, 'integer ≥ 1'],
    [{ type: 'object', additionalProperties: {} }, 'map'],
    [{}, 'anything'],
  ])('%j is %s', (schema, words) => {
    expect(typeOf(schema)).toBe(words);
  });

  it.each([
    ['who acted (by name). More.', 'Who acted.'],
    ['Since 1.5: a thing; and more', 'A thing.'],
    ['Ends in `code`; rest', 'Ends in `code`.'],
    ['Such as e.g. one. Two', 'Such as e.g. one.'],
    [
      'A long sentence goes here, and on it goes with words, until nobody reads it',
      'A long sentence goes here, and on it goes with words.',
    ],
  ])('shortens “%s”', (meaning, short) => {
    expect(briefly(meaning)).toBe(short);
  });
});
