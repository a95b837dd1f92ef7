import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { referencePages, typeOf } from './reference-pages.ts';

const folder = new URL('../../docs/reference/', import.meta.url);

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
    expect(alert).toMatch(/`kind`.*Known: `behavior_deviation`.*others are tolerated/);
  });

  it.each([
    [{ type: 'string', maxLength: 90 }, 'text ≤ 90'],
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
});
