/**
 * The table of docs/reference-catalogue.md is written from the shipped files:
 * `WRITE_DOCS=1 npm test -- services/ingest/src/adapters/catalogue-reference.test.ts`.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { type CatalogueEntry, catalogueFileSchema } from '@waywarden/schemas';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { catalogueSources } from './catalogue-files.ts';

const PAGE = new URL('../../../../docs/reference-catalogue.md', import.meta.url);
const [BEGIN, END] = ['<!-- tools: generated -->', '<!-- tools: end -->'];

const code = (text: string) => `\`${text.replaceAll('|', '\\|')}\``;

function capabilityText({ capabilities }: CatalogueEntry): string {
  if (capabilities.length === 0) return 'none';
  return capabilities
    .map(({ symbol, unless, when }) => {
      const values = when?.is === undefined ? 'given' : when.is.join(' or ');
      const only = when === undefined ? '' : ` when ${code(when.arg)} is ${values}`;
      const inside = unless === undefined ? '' : ` unless ${code(unless.arg)} stays inside`;
      return `${symbol}${only}${inside}`;
    })
    .join('; ');
}

/** What a call does is said by its statement, where it has one. */
function effectText({ effect, statement }: CatalogueEntry): string {
  if (statement === undefined) return String(effect);
  return `${effect}, or what the ${statement.language === 'sql' ? 'statement' : 'command'} in ${code(statement.arg)} does`;
}

function row(entry: CatalogueEntry): string {
  const { match, result_trust: trust } = entry;
  const server =
    match.server === undefined
      ? 'any'
      : `${match.server.split('|').map(code).join(' ')}${match.anywhere === true ? ', or any' : ''}`;
  const tools = match.tool.split('|').map(code).join(' ');
  return `| ${server} | ${tools} | ${effectText(entry)} | ${capabilityText(entry)} | ${trust ?? 'unknown'} |`;
}

function tables(): string {
  const parts = catalogueSources().map(({ path, text }) => {
    const file = catalogueFileSchema.parse(parse(text));
    const name = path.slice(path.lastIndexOf('/') + 1);
    return [
      `### ${file.title}`,
      '',
      `\`services/ingest/catalogue/${name}\``,
      '',
      '| server | tools | effect | capabilities | result |',
      '| --- | --- | --- | --- | --- |',
      ...file.tools.map(row),
    ].join('\n');
  });
  return `${BEGIN}\n\n${parts.join('\n\n')}\n\n${END}`;
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
