/** Any value as the sentences that its reader reads: fields a line each, letters plain, encodings opened twice. */
import { resultText } from '../result-text.ts';
import { readableResult } from './readable-text.ts';
import { type Sentence, sentencesOf } from './tokens.ts';

const ESCAPES = /\\+([nrt"'])/g;
const PRINTED: Readonly<Record<string, string>> = { n: '\n', r: '\n', t: ' ' };

/** Escapes that printing left behind, as what they stand for. */
export function unprinted(text: string): string {
  return text.includes('\\') ? text.replace(ESCAPES, (_, c: string) => PRINTED[c] ?? c) : text;
}

export function readText(value: unknown): readonly Sentence[] {
  const once = readableResult(unprinted(resultText(value)));
  return sentencesOf(readableResult(once));
}
