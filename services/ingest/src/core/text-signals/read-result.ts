/** What is stored of a read text: passages, marks, identifiers. */
import { type Effect, MARKED, PASSAGES_MAX, type PassageKind } from '@waywarden/schemas';
import { MARK_WEIGHTS } from './mark-weights.ts';
import { effectsIn, isOrder, readText } from './read-request.ts';
import {
  PASSAGE_IDS_MAX,
  PASSAGE_SENTENCES_MAX,
  PASSAGE_TOKENS_MAX,
  RESULT_IDS_MAX,
  type Sentence,
  type Token,
} from './tokens.ts';
import { isIdentifier, matchWords } from './words.ts';

export interface PassageReading {
  readonly kind: PassageKind;
  readonly mark: number;
  readonly effects: readonly Effect[];
  readonly words: readonly number[];
  readonly ids: readonly string[];
}

export interface TextReading {
  readonly words: readonly string[];
  readonly passages: readonly PassageReading[];
  readonly freeTextIds: readonly string[];
  readonly fieldIds: readonly string[];
  readonly truncated: boolean;
  readonly isUnread: boolean;
}

/** To the end of its block, and one before. */
const MARK_AFTER = 3;
/** One a line. */
const VALUES_AFTER_MAX = 4;
const PROSE_WORDS_MIN = 6;
const UNREAD_WORDS_MIN = 12;
const KNOWN_SHARE_MIN = 0.1;

interface Span {
  readonly from: number;
  readonly to: number;
  readonly kind: PassageKind;
  readonly mark: number;
}

function reachOf(sentences: readonly Sentence[], marks: readonly number[]): readonly number[] {
  let [inBlock, block] = [0, -1];
  return sentences.map((sentence, at) => {
    if (sentence.block !== block) [inBlock, block] = [0, sentence.block];
    inBlock = Math.max(inBlock, marks[at] ?? 0);
    const near = marks.slice(Math.max(0, at - MARK_AFTER), at + 2);
    return Math.max(inBlock, ...near);
  });
}

function markedSpans(reach: readonly number[]): Span[] {
  const spans: Span[] = [];
  let from = -1;
  for (let at = 0; at <= reach.length; at++) {
    const isMarked = (reach[at] ?? 0) >= MARKED;
    if (isMarked && from < 0) from = at;
    const isFull = from >= 0 && at - from >= PASSAGE_SENTENCES_MAX;
    if (from >= 0 && (!isMarked || isFull)) {
      const mark = Math.max(...reach.slice(from, at));
      spans.push({ from, to: at, kind: 'imperative', mark });
      from = isMarked ? at : -1;
    }
  }
  return spans;
}

function plainSpans(sentences: readonly Sentence[], reach: readonly number[]): Span[] {
  const spans: Span[] = [];
  sentences.forEach((sentence, at) => {
    const mark = reach[at] ?? 0;
    if (mark >= MARKED) return;
    const isAsking = isOrder(sentence);
    if (!isAsking && (sentence.isField || !sentence.tokens.some(isIdentifier))) return;
    let to = at + 1;
    while (to <= at + VALUES_AFTER_MAX && sentences[to]?.isField === true) to++;
    const kind = isAsking ? 'imperative' : 'mention';
    spans.push({ from: Math.max(0, at - 1), to: isAsking ? to : at + 1, kind, mark });
  });
  return spans;
}

const rankOf = ({ kind, mark }: Span) =>
  (mark >= MARKED ? 2 + mark : 0) + (kind === 'imperative' ? 1 : 0);

function strongest(spans: readonly Span[]): readonly Span[] {
  if (spans.length <= PASSAGES_MAX) return spans;
  const ranked = [...spans].sort((a, b) => rankOf(b) - rankOf(a) || b.from - a.from);
  return ranked.slice(0, PASSAGES_MAX).sort((a, b) => a.from - b.from);
}

class Words {
  readonly all: string[] = [];
  readonly #places = new Map<string, number>();

  place(word: string): number {
    const known = this.#places.get(word);
    if (known !== undefined) return known;
    this.#places.set(word, this.all.length);
    return this.all.push(word) - 1;
  }
}

function passageOf(sentences: readonly Sentence[], span: Span, words: Words): PassageReading {
  const own = sentences.slice(span.from, span.to);
  const tokens = own.flatMap((sentence) => sentence.tokens);
  const places = new Set<number>();
  const ids = new Set<string>();
  for (const token of tokens) {
    if (isIdentifier(token) && ids.size < PASSAGE_IDS_MAX) ids.add(token.form);
    for (const word of matchWords(token)) {
      if (places.size < PASSAGE_TOKENS_MAX) places.add(words.place(word));
    }
  }
  return {
    kind: span.kind,
    mark: Number(span.mark.toFixed(2)),
    effects: [...effectsIn(own)].sort(),
    words: [...places],
    ids: [...ids],
  };
}

/** Before names. */
function identifiersOf(sentences: readonly Sentence[], reach: readonly number[]) {
  const [free, fields] = [new Set<string>(), new Set<string>()];
  let truncated = false;
  for (const isName of [false, true]) {
    sentences.forEach(({ tokens, isField }, at) => {
      if ((reach[at] ?? 0) >= MARKED) return;
      const into = isField ? fields : free;
      for (const token of tokens) {
        if (!isIdentifier(token) || (token.kind === 'name') !== isName) continue;
        if (into.size < RESULT_IDS_MAX) into.add(token.form);
        else if (!into.has(token.form)) truncated = true;
      }
    });
  }
  return { freeTextIds: [...free], fieldIds: [...fields], truncated };
}

function isUnread(sentences: readonly Sentence[], { vocabulary }: MarkModel): boolean {
  let [all, known] = [0, 0];
  for (const { tokens } of sentences) {
    const words = tokens.filter(({ kind }) => kind === 'word');
    if (words.length < PROSE_WORDS_MIN) continue;
    all += words.length;
    for (const word of words) if (isKnownWord(vocabulary, word)) known++;
  }
  return all >= UNREAD_WORDS_MIN && known < all * KNOWN_SHARE_MIN;
}

const NOTHING: TextReading = {
  words: [],
  passages: [],
  freeTextIds: [],
  fieldIds: [],
  truncated: false,
  isUnread: false,
};

export function readResult(value: unknown): TextReading {
  const sentences = readText(value);
  if (sentences.length === 0) return NOTHING;
  const model = markModel();
  const marks = sentences.map((sentence) => markOf(model, sentence));
  const reach = reachOf(sentences, marks);
  const spans = [...markedSpans(reach), ...plainSpans(sentences, reach)];
  const retained = strongest(spans);
  const words = new Words();
  const ids = identifiersOf(sentences, reach);
  return {
    passages: retained.map((span) => passageOf(sentences, span, words)),
    words: words.all,
    freeTextIds: ids.freeTextIds,
    fieldIds: ids.fieldIds,
    truncated: ids.truncated || retained.length < spans.length,
    isUnread: isUnread(sentences, model),
  };
}

export const BUCKETS = 1 << 15;

/**
 * How far a sentence speaks to the agent: linear model over hashed n-grams (Weinberger et al. 2009; `npm run
 * evidence:fit`).
 */
export interface MarkModel {
  readonly weights: Int8Array;
  readonly unit: number;
  readonly bias: number;
  /** Hashes of the words that count by their letters. */
  readonly vocabulary: ReadonlySet<number>;
}

const GRAMS_MAX = 3;
const FEATURES_MIN = 12;

const CLASS: Readonly<Record<Token['kind'], string>> = {
  word: '#w',
  number: '#0',
  identifier: '#id',
  name: '#name',
  mail: '#mail',
  url: '#url',
};

export function wordHash(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash | 0;
}

const CLASS_HASH = Object.fromEntries(
  Object.entries(CLASS).map(([kind, name]) => [kind, wordHash(name)]),
) as Readonly<Record<Token['kind'], number>>;

function bucketOf(hash: number): number {
  const mixed = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return (mixed ^ (mixed >>> 13)) & (BUCKETS - 1);
}

function isKnownWord(vocabulary: MarkModel['vocabulary'], { kind, form }: Token): boolean {
  return kind === 'word' && vocabulary.has(wordHash(form));
}

export function sentenceFeatures(
  { tokens, signs }: Sentence,
  vocabulary: MarkModel['vocabulary'],
): readonly number[] {
  const words = tokens.map((token) =>
    isKnownWord(vocabulary, token) ? wordHash(token.form) : CLASS_HASH[token.kind],
  );
  const found = new Set<number>();
  for (let at = 0; at < words.length; at++) {
    let hash = 0;
    for (let n = 0; n < GRAMS_MAX && at + n < words.length; n++) {
      hash = Math.imul(hash, 0x85ebca6b) + (words[at + n] ?? 0) + n;
      if (n > 0 || words[at] !== CLASS_HASH.word) found.add(bucketOf(hash));
    }
  }
  for (const sign of signs) found.add(bucketOf(wordHash(`~${sign}`)));
  return [...found];
}

export function featureScale(count: number): number {
  return 1 / Math.sqrt(Math.max(FEATURES_MIN, count));
}

export const sigmoid = (logit: number): number => 1 / (1 + Math.exp(-logit));

/** Where both are as many. */
export function markOf(model: MarkModel, sentence: Sentence): number {
  const features = sentenceFeatures(sentence, model.vocabulary);
  let sum = 0;
  for (const feature of features) sum += model.weights[feature] ?? 0;
  return sigmoid(model.bias + sum * model.unit * featureScale(features.length));
}

function bytesOf(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (unit) => unit.charCodeAt(0));
}

function unpacked({ unit, bias, weights, vocabulary }: typeof MARK_WEIGHTS): MarkModel {
  return {
    unit,
    bias,
    weights: Int8Array.from(bytesOf(weights)),
    vocabulary: new Set(new Int32Array(bytesOf(vocabulary).buffer)),
  };
}

const FITTED = unpacked(MARK_WEIGHTS);
let current = FITTED;

export function markModel(): MarkModel {
  return current;
}

export function useMarkModel(model: MarkModel = FITTED): void {
  current = model;
}
