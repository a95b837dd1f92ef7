/** `catalogue check`: all problems of catalogue files, with place and remedy; also alternatives that never decide. */
import { ORGANISATION, type Shadowed, shadowedAlternatives } from '@waywarden/ingest';
import {
  CAPABILITY_SYMBOLS,
  type CatalogueEntry,
  didYouMean,
  parseCapability,
  type ToolEntry,
} from '@waywarden/schemas';
import { type PlacedEntry, type ReadEntries, readEntries } from './placed-entries.ts';

export interface CatalogueFinding {
  readonly level: 'error' | 'warning';
  readonly file: string;
  /** Null: no such place. */
  readonly line: number | null;
  /** `tools[3].match.tool`; empty for the file itself. */
  readonly path: string;
  /** As JSON. */
  readonly value: string;
  readonly expected: string;
}

export interface CheckedCatalogue {
  readonly files: number;
  readonly entries: number;
  readonly tools: number;
  readonly findings: readonly CatalogueFinding[];
}

export interface NamedText {
  readonly path: string;
  readonly text: string;
}

function shapeFindings(file: string, { problems }: ReadEntries): readonly CatalogueFinding[] {
  return problems.map(({ line = null, ...one }) => ({ level: 'error', file, ...one, line }));
}

function at(
  read: ReadEntries,
  { file, at: n }: PlacedEntry,
  one: {
    readonly level: 'error' | 'warning';
    readonly path: readonly PropertyKey[];
    readonly expected: string;
  },
): readonly CatalogueFinding[] {
  if (read.yaml === undefined) return [];
  const place = read.yaml.problem(['tools', n, ...one.path], one.expected);
  return [{ level: one.level, file, ...place, line: place.line ?? null }];
}

const meaning = ({ entry }: PlacedEntry) =>
  JSON.stringify([entry.effect, entry.capabilities, entry.result_trust]);

/** By the same: superfluous. By another: a mistake. */
function shadowFinding(
  read: ReadEntries,
  placed: PlacedEntry,
  by: PlacedEntry,
  { tool }: Shadowed,
) {
  const same = meaning(placed) === meaning(by);
  const listed = read.yaml !== undefined && Array.isArray(toolsOf(read, placed));
  const path = ['match', 'tool', ...(listed ? [toolAt(toolsOf(read, placed), tool)] : [])];
  const expected = `nothing for ${tool}: ${by.file}:${by.line ?? '?'} takes all its calls${same ? ' and says the same' : ', and says something else'}`;
  return at(read, placed, { level: same ? 'warning' : 'error', path, expected });
}

function toolsOf(read: ReadEntries, { at: n }: PlacedEntry): unknown {
  const root = read.yaml?.value as { readonly tools?: readonly { match?: { tool?: unknown } }[] };
  return root.tools?.[n]?.match?.tool;
}

function toolAt(tools: unknown, tool: string): number {
  const names = Array.isArray(tools) ? tools.map((one) => String(one).toLowerCase()) : [];
  return Math.max(
    0,
    names.findIndex((name) => name.replace(/[-\s]/g, '_') === tool),
  );
}

function shadowFindings(reads: readonly ReadEntries[]): readonly CatalogueFinding[] {
  const all = reads.flatMap((read) => read.entries.map((placed) => ({ read, placed })));
  const shadowed = shadowedAlternatives(all.map(({ placed }) => placed.entry));
  const seen = new Set<string>();
  return shadowed.flatMap((one) => {
    const loser = all[one.entry];
    const by = all[one.by]?.placed;
    const key = `${one.entry} ${one.tool}`;
    if (loser === undefined || by === undefined || seen.has(key)) return [];
    seen.add(key);
    return shadowFinding(loser.read, loser.placed, by, one);
  });
}

export function checkCatalogue(sources: readonly NamedText[]): CheckedCatalogue {
  const reads = sources.map(({ path, text }) => readEntries(path, text));
  const own = reads.flatMap((read, n) => [
    ...shapeFindings(sources[n]?.path ?? '', read),
    ...read.entries.flatMap((placed) =>
      lintEntry(placed.entry).flatMap((lint) => at(read, placed, lint)),
    ),
  ]);
  const byKind = (['registry', 'catalogue'] as const).flatMap((kind) =>
    shadowFindings(reads.filter((read) => read.kind === kind)),
  );
  const order = new Map(sources.map(({ path }, n) => [path, n]));
  const findings = [...own, ...byKind].sort(
    (a, b) => (order.get(a.file) ?? 0) - (order.get(b.file) ?? 0) || (a.line ?? 0) - (b.line ?? 0),
  );
  const entries = reads.flatMap((read) => read.entries);
  const tools = entries.reduce((sum, { entry }) => sum + entry.match.tool.split('|').length, 0);
  return { files: sources.length, entries: entries.length, tools, findings };
}

interface EntryLint {
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

/** What is doubtful about one catalogue entry. Errors: it does something else than it says. */
function lintEntry(entry: Entry): readonly EntryLint[] {
  return [symbolLints, domainLints, matchLints, meaningLints].flatMap((lint) => lint(entry));
}
