import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RowBytes } from './row-bytes.ts';

const UNESCAPED: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r' };

/** As ClickHouse reads TabSeparated text: lines, tabs, then a backslash and what follows it. */
function cellsOf(bytes: RowBytes): string[][] {
  const text = Buffer.concat(bytes.blocks()).toString('utf8');
  expect(text.endsWith('\n')).toBe(true);
  return text
    .slice(0, -1)
    .split('\n')
    .map((line) =>
      line
        .split('\t')
        .map((cell) => cell.replace(/\\(.)/g, (_all, one: string) => UNESCAPED[one] ?? one)),
    );
}

describe('rows as bytes', () => {
  it('come back as they were, whatever stands in them', () => {
    const hostile = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.string({
        unit: fc.constantFrom('\t', '\n', '\r', '\\', "'", '"', 'n', 'N', 'a', 'ä', '\0'),
      }),
      fc.string({ unit: 'grapheme-ascii', minLength: 30, maxLength: 80 }),
    );
    const rows = fc.array(fc.array(hostile, { minLength: 2, maxLength: 4 }), { minLength: 1 });
    fc.assert(
      fc.property(rows, (given) => {
        const bytes = new RowBytes();
        for (const cells of given) {
          // Every other cell as the bytes that `raw` is handed over as.
          bytes.row(cells.map((cell, at) => (at % 2 === 0 ? cell : Buffer.from(cell))));
        }
        expect(cellsOf(bytes)).toEqual(given);
        expect(bytes.length).toBe(Buffer.concat(bytes.blocks()).length);
      }),
      { seed: 20261124 },
    );
  });

  it('never hold two line breaks in a row, at which the embedded engine would stop', () => {
    const bytes = new RowBytes();
    bytes.row(['\n\n', Buffer.from('\n\n'), ['\n\n']]);
    bytes.row(['', '']);
    expect(Buffer.concat(bytes.blocks()).toString()).not.toContain('\n\n');
  });

  it('write null, numbers, truth and lists as ClickHouse reads them', () => {
    const bytes = new RowBytes();
    bytes.row([null, 2 ** 53 - 1, 1e-7, true, ['a', "it's", 'b\\c\td'], []]);
    expect(Buffer.concat(bytes.blocks()).toString()).toBe(
      "\\N\t9007199254740991\t1e-7\ttrue\t['a','it\\'s','b\\\\c\\td']\t[]\n",
    );
  });

  it('keep rows whole over blocks, also one that is larger than a block', () => {
    const bytes = new RowBytes();
    const large = 'x'.repeat(300_000);
    const given = [['a', large], ['b', 'small'], ...Array.from({ length: 9 }, () => ['c', large])];
    for (const cells of given) bytes.row(cells);
    expect(bytes.blocks().length).toBeGreaterThan(5);
    expect(cellsOf(bytes)).toEqual(given);
  });

  it('write half a surrogate pair as U+FFFD', () => {
    const bytes = new RowBytes();
    bytes.row(['a\ud800b', 'c']);
    expect(cellsOf(bytes)).toEqual([['a\ufffdb', 'c']]);
  });
});
