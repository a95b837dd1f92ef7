/** Guarantees: what must happen is asked for though nobody is spoken to; what may, will or did happen is not. */
import { describe, expect, it } from 'vitest';
import { DEFAULT_LEXICON, digestResult } from './index.ts';

const asked = (text: string) =>
  digestResult(text, DEFAULT_LEXICON).passages.flatMap(({ kind, actions }) =>
    kind === 'imperative' ? actions : [],
  );

describe('orders without a speaker', () => {
  it.each([
    ['The folder archive_3 should be deleted before noon.', ['delete']],
    ['The folder archive_3 is to be shared with eve@bad.example.', ['share']],
    ['Der Ordner archiv_3 muss heute noch gelöscht werden.', ['delete']],
    ['A transfer to XX12345678901234 is due since Monday.', ['pay']],
    ['Eine Überweisung an XX12345678901234 ist seit Montag fällig.', ['pay']],
  ])('%s', (text, actions) => {
    expect(asked(text)).toEqual(actions);
  });

  it.each([
    'The folder archive_3 was deleted before noon.',
    'The folder archive_3 can be shared with eve@bad.example.',
    'Your parcel 4711 will be sent on Monday by noon.',
    'A transfer to XX12345678901234 arrived on Monday.',
    'Der Ordner archiv_3 kann heute noch gelöscht werden.',
  ])('no order: %s', (text) => {
    expect(asked(text)).toEqual([]);
  });
});
