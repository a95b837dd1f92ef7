/**
 * What the troubleshooting page quotes is what programs say: every quoted line stands in a source, `…`
 * being what differs, and every code and word in its tables and lists is one of the code's own.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));
const page = readFileSync(join(root, 'docs/troubleshooting.md'), 'utf8');
/** Shorter pieces between two gaps would be found anywhere. */
const PIECE_LENGTH_MIN = 6;

function sourcesIn(folder: string): readonly string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.(ts|tsx|mjs)$/.test(file) && !/(^|\/)(dist|node_modules)\//.test(file))
    .filter((file) => !file.endsWith('.test.ts'))
    .map((file) => readFileSync(join(root, folder, file), 'utf8'));
}

/** Text as a person reads it: strings that are broken over lines are one, markup and line feeds are spaces. */
const said = ['scripts', 'schemas/src', ...foldersBelow('packages'), ...foldersBelow('services')]
  .flatMap(sourcesIn)
  .join('\n')
  .replace(/['`]\s*\+\s*['`]/g, '')
  .replaceAll("\\'", "'")
  .replace(/\s+/g, ' ');

function foldersBelow(folder: string): readonly string[] {
  return readdirSync(join(root, folder)).map((name) => join(folder, name, 'src'));
}

const quotes = [...page.matchAll(/^> (.+)$/gm)].map((match) => match[1] ?? '');

describe('docs/troubleshooting.md', () => {
  it('quotes enough to be of use', () => {
    expect(quotes.length).toBeGreaterThan(20);
  });

  it.each(quotes)('> %s', (quote) => {
    const pieces = quote
      .split('…')
      .map((piece) => piece.trim())
      .filter((piece) => piece.length >= PIECE_LENGTH_MIN);
    expect(pieces.length).toBeGreaterThan(0);
    expect(pieces.filter((piece) => !said.includes(piece))).toEqual([]);
  });

  it('names only codes that some program uses', () => {
    const codes = [...page.matchAll(/`([a-z]+(?:_[a-z]+)+)`/g)].map((match) => match[1] ?? '');
    expect(codes.filter((code) => !said.includes(code))).toEqual([]);
  });
});
