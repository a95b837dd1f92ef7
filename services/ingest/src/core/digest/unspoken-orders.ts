/**
 * Orders that nobody is addressed with: "the file should be deleted", "die Datei muss gelöscht werden", "a
 * transfer to … is due". A model does what is overdue as readily as what it is told, so they count as asked.
 *
 * Grammar of two words and not a list of phrases: the passive's verb with a word of duty beside it, or an
 * action's noun in one segment with a word that says it has yet to be done. "will be sent" and "can be
 * found" are no duty.
 */
import { type Lexicon, WORD } from './lexicon/compile.ts';
import type { Scan } from './scan-text.ts';

/** A participle stands so many words before the verb that comes last ("bitte überwiesen werden"). */
const FORM_REACH = 2;

interface Words {
  readonly scan: Scan;
  readonly lexicon: Lexicon;
  readonly from: number;
  readonly to: number;
}

function slotAt({ scan, from, to }: Words, index: number): number {
  return index < from || index >= to ? -1 : (scan.slot[index] ?? -1);
}

function kindsAt(words: Words, index: number): number {
  const slot = slotAt(words, index);
  return slot < 0 ? 0 : (words.lexicon.kinds[slot] ?? 0);
}

/** Actions of the verbs' forms from `from` up to `to`. */
function formsIn(words: Words, from: number, to: number): number {
  let actions = 0;
  for (let i = from; i < to; i++) {
    if ((kindsAt(words, i) & WORD.form) === 0) continue;
    actions |= words.lexicon.verbActions[slotAt(words, i)] ?? 0;
  }
  return actions;
}

/** Bits over ACTION_GROUPS that the segment's words ask for without a speaker; `kinds` are all of its words'. */
export function unspokenOrders(words: Words, kinds: number, nouns: number): number {
  let asked = (kinds & WORD.due) === 0 ? 0 : nouns;
  if ((kinds & WORD.duty) === 0 || (kinds & (WORD.beFirst | WORD.beLast)) === 0) return asked;
  let hasDuty = false;
  for (let i = words.from; i < words.to; i++) {
    const own = kindsAt(words, i);
    if ((own & WORD.beFirst) !== 0 && (kindsAt(words, i - 1) & WORD.duty) !== 0) {
      asked |= formsIn(words, i + 1, words.to);
    }
    if ((own & WORD.beLast) !== 0 && hasDuty) {
      // Dutch puts it on either side: "moet verzonden worden", "moet worden verzonden".
      asked |= formsIn(words, i - FORM_REACH, i) | formsIn(words, i + 1, i + 2);
    }
    hasDuty ||= (own & WORD.duty) !== 0;
  }
  return asked;
}
