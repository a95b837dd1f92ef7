/** What is doubtful about one catalogue entry. Errors: it does something else than it says. */
import { ORGANISATION } from '@waywarden/ingest';
import {
  CAPABILITY_SYMBOLS,
  type CatalogueEntry,
  didYouMean,
  parseCapability,
  type ToolEntry,
} from '@waywarden/schemas';

export interface EntryLint {
  readonly level: 'error' | 'warning';
  readonly path: readonly PropertyKey[];
  readonly expected: string;
}

type Entry = ToolEntry | CatalogueEntry;

const error = (path: readonly PropertyKey[], expected: string): EntryLint => ({
  level: 'error',
  path,
  expected,
});
const warning = (path: readonly PropertyKey[], expected: string): EntryLint => ({
  level: 'warning',
  path,
  expected,
});

const CHANGES = new Set(
  'send publish write delete disable exec create grant initiate approve deploy impersonate modify'.split(
    ' ',
  ),
);

function symbolLints({ capabilities }: Entry): readonly EntryLint[] {
  return capabilities.flatMap(({ symbol, unless, when }, n) => {
    const path = ['capabilities', n, 'symbol'];
    const plain = symbol.replace(/@(prod|nonprod)$/, '');
    const meant = didYouMean(plain, CAPABILITY_SYMBOLS);
    if (parseCapability(symbol) === undefined) {
      return [error(path, `a capability verb:object, without wildcards${meant}`)];
    }
    if (!CAPABILITY_SYMBOLS.some((known) => known === plain)) {
      const own = 'a capability that version 1 lists, or one of your own';
      return meant === '' ? [warning(path, own)] : [error(path, `${own}${meant}`)];
    }
    const again = capabilities.findIndex((one) => one.symbol === symbol) < n;
    const always = unless === undefined && when === undefined;
    return again && always ? [warning(path, 'each capability once')] : [];
  });
}

function domainLints({ capabilities }: Entry): readonly EntryLint[] {
  return capabilities.flatMap(({ unless }, n) => {
    const path = ['capabilities', n, 'unless', 'domain'];
    const domain = unless?.domain ?? ORGANISATION;
    if (domain === ORGANISATION) return [];
    if (domain.startsWith('$')) return [error(path, `a domain, or ${ORGANISATION}`)];
    return /[@/*\s]/.test(domain)
      ? [
          error(
            path,
            'a domain, as acme.example (what is below it is inside too); addresses, URLs and patterns match nothing',
          ),
        ]
      : [];
  });
}

const FOREIGN = /[\^$()[\]?+{}\\]/;

function patternLints(text: string, path: readonly PropertyKey[]): readonly EntryLint[] {
  return text.split('|').flatMap((one): readonly EntryLint[] => {
    if (one === '') return [error(path, 'no empty alternative: it matches nothing')];
    if (one.trim() !== one) {
      return [
        error(path, `${JSON.stringify(one.trim())}: with a space around it, it matches nothing`),
      ];
    }
    if (FOREIGN.test(one)) {
      return [
        warning(
          path,
          `a name, or a pattern in which only * (any run of characters) and | (or) mean something, not ${JSON.stringify(one)}`,
        ),
      ];
    }
    return [];
  });
}

function matchLints({ match }: Entry): readonly EntryLint[] {
  const path = ['match', 'tool'];
  const tools = match.tool.split('|');
  const again = tools.find((tool, n) => tools.indexOf(tool) < n);
  const everything = match.server === undefined && tools.includes('*');
  const anywhere = 'anywhere' in match && match.anywhere === true && match.server === undefined;
  return [
    ...patternLints(match.tool, path),
    ...(match.server === undefined ? [] : patternLints(match.server, ['match', 'server'])),
    ...(again === undefined ? [] : [warning(path, `each tool once; ${again} is given twice`)]),
    ...(everything
      ? [warning(path, 'a server beside it: this takes every tool of every server')]
      : []),
    ...(anywhere
      ? [warning(['match', 'anywhere'], 'nothing: without a server, an entry holds anywhere')]
      : []),
  ];
}

function meaningLints({ capabilities, effect, result_trust: trust }: Entry): readonly EntryLint[] {
  const symbols = capabilities.map(({ symbol }) => symbol);
  const changes = symbols.find((symbol) => CHANGES.has(symbol.split(':')[0] ?? ''));
  return [
    ...(effect === 'read' && changes !== undefined
      ? [
          warning(
            ['effect'],
            `what ${changes} does: a read that times out is not counted as possibly done`,
          ),
        ]
      : []),
    ...(trust === 'trusted' && symbols.includes('ingest:untrusted')
      ? [error(['result_trust'], 'untrusted: the entry itself says ingest:untrusted')]
      : []),
  ];
}

export function lintEntry(entry: Entry): readonly EntryLint[] {
  return [symbolLints, domainLints, matchLints, meaningLints].flatMap((lint) => lint(entry));
}
