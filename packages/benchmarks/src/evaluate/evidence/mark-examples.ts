/** Sentences, planted or harmless, as the mark model is taught them, and the words that it may know. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { readText, type Sentence, sentenceFeatures, wordHash } from '@waywarden/ingest';
import { seededRandom, shuffled } from '@waywarden/waywarden/input/seeded-random';
import { grammarTexts, grammarWords } from './grammar-texts.ts';
import { plantedSpans, repeatedSentences } from './planted-sentences.ts';
import type { LabelledRun } from './recorded-runs.ts';

export interface MarkExample {
  readonly features: readonly number[];
  readonly isPlanted: boolean;
}

export interface MarkExamples {
  /** A source, a grammar or the documentation. */
  readonly bySource: ReadonlyMap<string, readonly MarkExample[]>;
  readonly vocabulary: ReadonlySet<number>;
}

const PLANTED_MAX = 8_000;
const HARMLESS_MAX = 15_000;
const DOCUMENTS_MAX = 1_500;
const DOCUMENT_LENGTH_MAX = 60_000;
/** Words that so many documents have are words of the language, and tell of no topic. */
const COMMON_WORDS = 400;
const TEXTS_PER_PATTERN = { planted: 60, harmless: 60 } as const;

/** Its words without values. */
const contentOf = ({ tokens }: Sentence): string =>
  tokens.map(({ kind, form }) => (kind === 'word' ? form : kind)).join(' ');

const keyOf = ({ tokens }: Sentence): string => tokens.map(({ form }) => form).join(' ');

/** Sentences next to planted ones are neither: who wrote them is not known. */
function labelled(sentences: readonly Sentence[], isPlanted: (at: number) => boolean) {
  return sentences.flatMap((sentence, at) => {
    const planted = isPlanted(at);
    if (!planted && [-2, -1, 1, 2].some((by) => isPlanted(at + by))) return [];
    return [{ sentence, isPlanted: planted }];
  });
}

type Labelled = ReturnType<typeof labelled>[number];

function sampled(all: readonly Labelled[], vocabulary: ReadonlySet<number>): MarkExample[] {
  const distinct = new Map<string, Labelled>();
  for (const one of all) {
    const key = keyOf(one.sentence);
    if (distinct.get(key)?.isPlanted !== true) distinct.set(key, one);
  }
  const sorted = [...distinct].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
  const mixed = shuffled(sorted, seededRandom(3));
  const planted = mixed.filter(({ isPlanted }) => isPlanted).slice(0, PLANTED_MAX);
  const harmless = mixed.filter(({ isPlanted }) => !isPlanted).slice(0, HARMLESS_MAX);
  return [...planted, ...harmless].map(({ sentence, isPlanted }) => ({
    features: sentenceFeatures(sentence, vocabulary),
    isPlanted,
  }));
}

/** InjecAgent's setting without a wrapper: an order alone bears no mark, and is no harmless text either. */
const isUnwrapped = ({ id }: LabelledRun) => id.includes(':BASE/');

function ofRuns(all: readonly LabelledRun[]): Labelled[] {
  const runs = all.filter((run) => !isUnwrapped(run));
  const repeated = runs.some(({ source }) => source === 'injecagent')
    ? repeatedSentences(runs, (result) => readText(result).map(keyOf))
    : new Set<string>();
  const found: Labelled[] = [];
  const read = new Set<string>();
  for (const { kind, calls, source } of runs) {
    for (const { result } of calls) {
      if (result === null || result === undefined) continue;
      const text = typeof result === 'string' ? result : JSON.stringify(result);
      const known = `${kind === 'benign'}${text}`;
      if (read.has(known)) continue;
      read.add(known);
      const sentences = readText(result);
      const spans = kind === 'benign' ? '' : plantedSpans(source, text.replaceAll('\\n', '\n'));
      const planted = new Set(readText(spans).map(keyOf));
      const isPlanted = (at: number) => {
        const key = sentences[at] === undefined ? '' : keyOf(sentences[at]);
        return kind !== 'benign' && ((key.length > 8 && planted.has(key)) || repeated.has(key));
      };
      found.push(...labelled(sentences, isPlanted));
    }
  }
  return found;
}

function* documentsBelow(folder: string): Generator<string> {
  for (const name of readdirSync(folder).sort()) {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) yield* documentsBelow(path);
    else if (/\.(?:md|markdown|txt)$/i.test(name) && !/licen[cs]e/i.test(name)) yield path;
  }
}

/** Named, so that what else is installed changes no fit. */
const DOCUMENT_PACKAGES = readFileSync(
  new URL('../../../evidence/documents.txt', import.meta.url),
  'utf8',
)
  .trim()
  .split('\n');

const documentsOf = (path: string) => (existsSync(path) ? [...documentsBelow(path)] : []);

/** Documents that came with these packages: written for people, by many hands. */
function readDocuments(folder: string): (readonly Sentence[])[] {
  const found: (readonly Sentence[])[] = [];
  for (const path of DOCUMENT_PACKAGES.flatMap((name) => documentsOf(join(folder, name)))) {
    if (found.length >= DOCUMENTS_MAX) break;
    found.push(readText(readFileSync(path, 'utf8').slice(0, DOCUMENT_LENGTH_MAX)));
  }
  return found;
}

function wordsOf(sentences: readonly Sentence[]): ReadonlySet<string> {
  const words = sentences.flatMap(({ tokens }) => tokens.filter(({ kind }) => kind === 'word'));
  return new Set(words.map(({ form }) => form));
}

/** The words with which planted text talks, and those that stand in most documents. */
function vocabularyOf(planted: string, documents: readonly (readonly Sentence[])[]) {
  const counts = new Map<string, number>();
  for (const document of documents) {
    for (const word of wordsOf(document)) counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  const common = [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  const ofGrammar = wordsOf(grammarWords(planted).flatMap(readText));
  const all = [...ofGrammar, ...common.slice(0, COMMON_WORDS).map(([word]) => word)];
  return new Set(all.map(wordHash));
}

export interface ExampleFolders {
  /** Holds `planted.yaml` and `harmless.yaml`. */
  readonly grammars: string;
  readonly documents: string;
}

export function markExamples(
  runs: readonly LabelledRun[],
  { grammars, documents: folder }: ExampleFolders,
): MarkExamples {
  const [planted, harmless] = [join(grammars, 'planted.yaml'), join(grammars, 'harmless.yaml')];
  const documents = readDocuments(folder);
  const vocabulary = vocabularyOf(planted, documents);
  const harmlessTexts = grammarTexts(harmless, TEXTS_PER_PATTERN.harmless, planted);
  // A sentence that harmless texts have too is no mark of planting, whatever stands around it.
  const ordinary = new Set(harmlessTexts.flatMap(({ text }) => readText(text).map(contentOf)));
  const plantedTexts = grammarTexts(planted, TEXTS_PER_PATTERN.planted).flatMap(({ text }) =>
    readText(text)
      .filter((sentence) => !ordinary.has(contentOf(sentence)))
      .map((sentence) => ({ sentence, isPlanted: true })),
  );
  const bySource = new Map<string, readonly MarkExample[]>([
    ['grammar', sampled(plantedTexts, vocabulary)],
    [
      'harmless',
      sampled(
        harmlessTexts.flatMap(({ text }) => labelled(readText(text), () => false)),
        vocabulary,
      ),
    ],
    [
      'documents',
      sampled(
        documents.flatMap((one) => labelled(one, () => false)),
        vocabulary,
      ),
    ],
  ]);
  const grouped = new Map<string, LabelledRun[]>();
  for (const run of runs) {
    const own = grouped.get(run.source) ?? [];
    if (own.length === 0) grouped.set(run.source, own);
    own.push(run);
  }
  for (const [source, own] of grouped) bySource.set(source, sampled(ofRuns(own), vocabulary));
  return { bySource, vocabulary };
}
