/**
 * How much two label files have in common that chance should have drawn anew: two seeds are two
 * samples only as far as victims, contributors, completers, circumstances and moments differ. Counted
 * for labels of one sort (family and strength, combination and variant, variation), compared as sets,
 * so that numbering does not matter.
 *
 * Uids may differ in a made-up part only (`desk-a1b2c3`): the same is therefore counted without it,
 * beside what chance would give if each file drew from the values that both have.
 */
import { shapeOf } from './event-feature.ts';
import { type ReadLabel, readLabel, textOf, textsOf } from './label.ts';

/** Values of one label by what they are. */
interface Facts {
  readonly sort: string;
  readonly values: ReadonlyMap<string, readonly string[]>;
}

/** A name without its made-up end, which differs in each company. */
const withoutEnd = (uid: string): string => shapeOf(uid).replace(/-#+$/, '');

/** A list of agents is one value: the same company is what is asked for. */
const asOne = (uids: readonly string[]): readonly string[] =>
  uids.length === 0 ? [] : [[...new Set(uids)].sort().join()];

function whoFacts(
  what: string,
  uids: readonly string[],
): readonly (readonly [string, readonly string[]])[] {
  return [
    [what, asOne(uids)],
    [`${what}, role`, asOne(uids.map(withoutEnd))],
  ];
}

function factsOf(read: ReadLabel): readonly Facts[] {
  if ('label' in read) {
    const { combination, variant, contributors, completedBy, nativeIds } = read.label;
    return [
      {
        sort: `plots ${combination}/${variant}`,
        values: new Map([
          ...whoFacts('contributors', contributors),
          ...whoFacts('completer', completedBy === null ? [] : [completedBy]),
          ['events', [...nativeIds]],
        ]),
      },
    ];
  }
  if (!('other' in read)) return [];
  const { stream, fields } = read.other;
  const text = (key: string) => textOf(fields.get(key)) ?? '';
  const day = (key: string) => [text(key).slice(0, 10)];
  if (stream === 'behavior') {
    return [
      {
        sort: `attacks ${text('family')} ${text('strength')}`,
        values: new Map([
          ...whoFacts('victim', [text('agent_uid')]),
          ['day', day('onset')],
          ['hour', [text('onset').slice(11, 13)]],
          ['events', [...(textsOf(fields.get('native_ids')) ?? [])]],
        ]),
      },
    ];
  }
  return [
    {
      sort: `variations ${text('variation')}`,
      values: new Map([
        ...whoFacts('agents', textsOf(fields.get('agents')) ?? []),
        ['day', day('from')],
      ]),
    },
  ];
}

/** For each group (plots, attacks, variations) and fact: sort → values. */
type Table = ReadonlyMap<string, ReadonlyMap<string, ReadonlySet<string>>>;

function tableOf(lines: Iterable<unknown>): Table {
  const table = new Map<string, Map<string, Set<string>>>();
  for (const { sort, values } of [...lines].flatMap((line) => factsOf(readLabel(line)))) {
    for (const [fact, ofFact] of values) {
      const name = `${sort.split(' ')[0]}: ${fact}`;
      const sorts = table.get(name) ?? new Map<string, Set<string>>();
      table.set(name, sorts);
      const known = sorts.get(sort) ?? new Set<string>();
      sorts.set(sort, known);
      for (const value of ofFact) known.add(value);
    }
  }
  return table;
}

export interface Overlap {
  readonly fact: string;
  /** Values of both files, sort by sort. */
  readonly common: number;
  readonly of: number;
  /** What would be common if sorts were compared with other sorts: what chance gives. */
  readonly byChance: number;
}

function commonIn(
  a: ReadonlyMap<string, ReadonlySet<string>>,
  b: ReadonlyMap<string, ReadonlySet<string>>,
  shift: number,
): { readonly common: number; readonly of: number } {
  const sorts = [...a.keys()].sort();
  let [common, of] = [0, 0];
  for (const [at, sort] of sorts.entries()) {
    const other = b.get(sorts[(at + shift) % sorts.length] ?? '') ?? new Set<string>();
    const mine = a.get(sort) ?? new Set<string>();
    common += [...mine].filter((value) => other.has(value)).length;
    of += mine.size;
  }
  return { common, of };
}

export function overlapsOf(a: Iterable<unknown>, b: Iterable<unknown>): readonly Overlap[] {
  const [first, second] = [tableOf(a), tableOf(b)];
  return [...first].map(([fact, sorts]) => {
    const other = second.get(fact) ?? new Map<string, ReadonlySet<string>>();
    const { common, of } = commonIn(sorts, other, 0);
    const shifts = Array.from({ length: Math.max(0, sorts.size - 1) }, (_, at) => at + 1);
    const chance = shifts.map((shift) => commonIn(sorts, other, shift).common);
    const byChance = chance.reduce((sum, one) => sum + one, 0) / Math.max(1, chance.length);
    return { fact, common, of, byChance };
  });
}

export function overlapReport(a: Iterable<unknown>, b: Iterable<unknown>): string {
  const lines = overlapsOf(a, b).map(
    ({ fact, common, of, byChance }) =>
      `${fact}: ${common} of ${of} in both (${byChance.toFixed(1)} when sorts are mixed up)`,
  );
  return `${lines.join('\n')}\n`;
}
