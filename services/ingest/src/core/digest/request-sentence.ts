/**
 * One sentence of a request, and what its words are by the lexicon: what `delegation.ts`, `only-reads.ts`, `ordered-verb.ts`
 * and `denied-verb.ts` look at.
 */
import { type Lexicon, WORD } from './lexicon/compile.ts';
import { REQUEST_CUES, type RequestCue } from './lexicon/language.ts';
import { INFO, type Scan } from './scan-text.ts';

export interface Sentence {
  readonly scan: Scan;
  readonly lexicon: Lexicon;
  readonly from: number;
  readonly to: number;
}

/** Marks before a word with which a clause begins. */
const CLAUSE_MARKS = INFO.comma | INFO.colon | INFO.quote;
const LEADS = WORD.filler | WORD.polite | WORD.modal;

/** Where the word is in the lexicon's tables, or -1; beyond the sentence there is none. */
export function slotAt({ scan, from, to }: Sentence, index: number): number {
  return index >= from && index < to ? (scan.slot[index] ?? -1) : -1;
}

export function has(sentence: Sentence, index: number, cue: RequestCue): boolean {
  const slot = slotAt(sentence, index);
  const { lexicon } = sentence;
  return slot >= 0 && ((lexicon.requestCues[slot] ?? 0) & (1 << REQUEST_CUES.indexOf(cue))) !== 0;
}

/** Whether a word from `from` up to `to` has one of the cues. */
export function anyIn(
  sentence: Sentence,
  from: number,
  to: number,
  cues: readonly RequestCue[],
): boolean {
  for (let i = Math.max(from, sentence.from); i < to && i < sentence.to; i++) {
    if (cues.some((cue) => has(sentence, i, cue))) return true;
  }
  return false;
}

export function kindsOf(sentence: Sentence, index: number): number {
  const slot = slotAt(sentence, index);
  return slot < 0 ? 0 : (sentence.lexicon.kinds[slot] ?? 0);
}

/** Whether a clause begins with the word, by a mark before it or as the sentence's first. */
export function isFirst({ scan, from }: Sentence, index: number): boolean {
  return index <= from || ((scan.info[index] ?? 0) & CLAUSE_MARKS) !== 0;
}

/** A word after which a clause begins ("and", "while"), which the "to" of an infinitive is not. */
export function isOpener(sentence: Sentence, index: number): boolean {
  return (kindsOf(sentence, index) & WORD.opener) !== 0 && !has(sentence, index, 'towards');
}

/** A word that leads to an order: "could", "please", "just", "remember". */
export function isLead(sentence: Sentence, index: number): boolean {
  if (index < sentence.from) return false;
  return (
    (kindsOf(sentence, index) & LEADS) !== 0 ||
    anyIn(sentence, index, index + 1, ['adverb', 'forget'])
  );
}

/** Where the clause of the word begins. */
export function clauseStart(sentence: Sentence, index: number): number {
  let first = index;
  while (!isFirst(sentence, first) && !isOpener(sentence, first - 1)) first--;
  return first;
}

/** A verb of doing whatever it is: "do", "follow", "erledige", but not "do I have". */
export function isWorking(sentence: Sentence, index: number): boolean {
  if (!anyIn(sentence, index, index + 1, ['perform', 'process'])) return false;
  return !anyIn(sentence, index + 1, index + 2, ['asker']);
}
