/**
 * How far a sentence speaks to the agent: linear model over hashed n-grams (Weinberger et al. 2009; `npm run
 * evidence:fit`).
 */
import { MARK_WEIGHTS } from './mark-weights.ts';
import type { Sentence, Token } from './tokens.ts';

export const BUCKETS = 1 << 15;

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

export function isKnownWord(vocabulary: MarkModel['vocabulary'], { kind, form }: Token): boolean {
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
