/** `catalogue check`: all problems of catalogue files, with place and remedy; also alternatives that never decide. */
import { type Shadowed, shadowedAlternatives } from '@waywarden/ingest';
import { lintEntry } from './lint-entry.ts';
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
