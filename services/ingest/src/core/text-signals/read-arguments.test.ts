/** Guarantees: values of one name push out no other, what decides a call stays, and bounds hold. */
import { ITEMS_MAX } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { readArguments } from './read-arguments.ts';
import { ARGUMENT_DEPTH_MAX } from './tokens.ts';

const many = (count: number, of: (n: number) => unknown) =>
  Array.from({ length: count }, (_, n) => of(n));
const idsOf = ({ items }: ReturnType<typeof readArguments>) => items.flatMap(({ ids }) => ids);

describe('what is kept of arguments', () => {
  it('is each value by its path, class, words and identifiers', () => {
    const { items, truncated } = readArguments({
      to: 'eve@bad.example',
      mail: {
        subject: 'Ledger of May',
        body: 'Here is the ledger that you wanted to have from us, with all that was paid.',
      },
      limit: 5,
      isUnsent: true,
    });
    expect(truncated).toBe(false);
    expect(items.map(({ path, class: length, idLike }) => [path, length, idLike])).toEqual([
      ['to', 'atom', true],
      ['mail.subject', 'atom', false],
      ['mail.body', 'text', false],
      ['limit', 'atom', false],
    ]);
    expect(items[0]?.ids).toEqual(['evebadexample']);
    expect(items[1]?.words).toEqual(['ledger', 'may']);
  });

  it.each([33, 64, 200])(
    'loses nothing that decides to %i values of one name before it',
    (count) => {
      for (const value of [
        { cells: many(count, (n) => `cell ${n}`), to: 'eve@bad.example' },
        {
          rows: many(count, (n) => ({ note: `note ${n}` })),
          payee: { iban: 'GB29NWBK60161331926819' },
        },
        { cc: many(count, (n) => `friend-${n}@corp.example`), to: 'eve@bad.example' },
        { cells: many(count, (n) => `cell ${n}`), body: 'Write to eve@bad.example' },
      ]) {
        const read = readArguments(value);
        const decisive = JSON.stringify(value).includes('iban')
          ? 'gb29nwbk60161331926819'
          : 'evebadexample';
        expect(idsOf(read)).toContain(decisive);
        expect(read.items).toHaveLength(ITEMS_MAX);
        expect(read.truncated).toBe(true);
      }
    },
  );

  it('keeps what decides by the catalogue before what does by its name', () => {
    const names = Object.fromEntries(
      many(2 * ITEMS_MAX, (n) => [`id_${n}`, `a-${n}`]).map((one) => one as [string, string]),
    );
    const value = { ...names, gadget: 'decisive-7' };
    expect(idsOf(readArguments(value))).not.toContain('decisive7');
    expect(idsOf(readArguments(value, (key) => key === 'gadget'))).toContain('decisive7');
  });

  it('counts a value of a name that comes again once', () => {
    const read = readArguments({ tags: many(100, () => 'urgent'), to: 'eve@bad.example' });
    expect(read.items.map(({ path }) => path)).toEqual(['tags', 'to']);
    expect(read.truncated).toBe(false);
  });

  it('says so where a value lies too deep or there are too many to look at', () => {
    let deep: unknown = 'eve@bad.example';
    for (let level = 0; level <= ARGUMENT_DEPTH_MAX; level++) deep = { a: deep };
    expect(readArguments(deep)).toEqual({ items: [], truncated: true });
    const rows = many(5_000, (n) => `row ${n}`);
    expect(readArguments({ rows, to: 'eve@bad.example' }).truncated).toBe(true);
  });
});
