/** Guarantee: the module is what `npm run words:generate` makes of the word lists. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { LEXICON } from './lexicon.ts';

const read = (name: string) =>
  parse(readFileSync(new URL(`../../../lexicon/${name}.yaml`, import.meta.url), 'utf8'));

it('is generated from lexicon/*.yaml as they are now', () => {
  const { verbs, objects, endings } = read('tool-names');
  expect(LEXICON).toEqual({
    ...verbs,
    objects,
    endings,
    texts: read('texts'),
    ...read('statements'),
  });
});
