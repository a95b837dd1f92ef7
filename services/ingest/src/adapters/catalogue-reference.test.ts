/**
 * The list of files in docs/reference-catalogue.md is written from the shipped ones:
 * `WRITE_DOCS=1 npm test -- services/ingest/src/adapters/catalogue-reference.test.ts`.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { catalogueFileSchema } from '@waywarden/schemas';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { catalogueSources } from './catalogue-files.ts';

const PAGE = new URL('../../../../docs/reference-catalogue.md', import.meta.url);
const [BEGIN, END] = ['<!-- tools: generated -->', '<!-- tools: end -->'];

/** One row a file: the files themselves are the reference of their entries. */
function tables(): string {
  const rows = catalogueSources().map(({ path, text }) => {
    const { title, tools } = catalogueFileSchema.parse(parse(text));
    const name = path.slice(path.lastIndexOf('/') + 1);
    return `| ${title} | [${name}](../services/ingest/catalogue/${name}) | ${tools.length} |`;
  });
  return `${BEGIN}\n\n${['| tools of | file | entries |', '| --- | --- | --- |', ...rows].join('\n')}\n\n${END}`;
}

/** The formatter aligns tables; what they say is compared, not how wide their columns are. */
function unaligned(text: string): string {
  return text.replace(/ {2,}/g, ' ').replace(/-{3,}/g, '---');
}

it('the reference shows the catalogue as it is shipped', () => {
  const page = readFileSync(PAGE, 'utf8');
  const [start, end] = [page.indexOf(BEGIN), page.indexOf(END)];
  expect(start).toBeGreaterThan(0);
  expect(end).toBeGreaterThan(start);
  const current = `${page.slice(0, start)}${tables()}${page.slice(end + END.length)}`;
  if (process.env['WRITE_DOCS'] === '1') writeFileSync(PAGE, current);
  else expect(unaligned(page)).toBe(unaligned(current));
});
