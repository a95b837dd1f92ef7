/**
 * Whether what a request says is denied. A negation counts for the verbs behind it up to a "but", so that a list of what
 * not to do is one prohibition; who writes "don't ask, do it" is taken at the "don't". It counts no further than its own
 * clause where the verb's clause leads to an order by itself ("…, please do it") or where nothing is forbidden by it: a
 * remark on the one who asks ("I'm not at my desk", "no time", "not urgent"), and "don't just list them, do them".
 * "Can't you do it?" and "don't forget to do it" deny nothing.
 */
import { WORD } from './lexicon/compile.ts';
import {
  anyIn,
  clauseStart,
  has,
  isFirst,
  isLead,
  isOpener,
  kindsOf,
  type Sentence,
} from './request-sentence.ts';

/** "please just do", "can you do": so soon a clause shows that it leads to an order. */
const OWN_LEAD_REACH = 3;
/** "n'ai pas le temps": so soon behind a negation comes what shows a remark. */
const REMARK_REACH = 4;
/** A question's mark may stand behind spaces and a bracket or quote. */
const QUESTION_REACH = 3;

/** A negation of forgetting: "don't forget to do it", "n'oublie pas de le faire", "não se esqueça". */
export function isUnforgotten(sentence: Sentence, index: number): boolean {
  if (!anyIn(sentence, index, index + 1, ['negation', 'nay'])) return false;
  if (anyIn(sentence, index - 1, index + 2, ['forget'])) return true;
  if (isFirst(sentence, index + 1) || isFirst(sentence, index + 2)) return false;
  return has(sentence, index + 2, 'forget');
}

/** Whether the clause of the verb at `index` leads to an order by itself: "please do it", "can you do it", "just do it". */
function hasOwnLead(sentence: Sentence, index: number): boolean {
  const first = clauseStart(sentence, index);
  if (!isLead(sentence, first) && !has(sentence, first, 'please')) return false;
  for (let i = first; i < index && i < first + OWN_LEAD_REACH; i++) {
    if (anyIn(sentence, i, i + 1, ['please', 'you', 'adverb'])) return true;
    if ((kindsOf(sentence, i) & WORD.modal) !== 0) return true;
  }
  return false;
}

/** Whether a word from `from` up to `to` is a verb that something is done by. */
function hasVerb(sentence: Sentence, from: number, to: number): boolean {
  for (let i = from; i < to; i++) {
    const slot = sentence.scan.slot[i] ?? -1;
    // French "pas", a Dutch verb
    if (slot < 0 || has(sentence, i, 'nay')) continue;
    const isForm = (kindsOf(sentence, i) & (WORD.base | WORD.gerund)) !== 0;
    if (isForm && (sentence.lexicon.verbActions[slot] ?? 0) !== 0) return true;
    if (anyIn(sentence, i, i + 1, ['perform', 'process'])) return true;
  }
  return false;
}

/** Who asks is the subject of the clause: its first word, or behind "today" and "am". */
function isOfAsker(sentence: Sentence, first: number, negation: number): boolean {
  for (let i = first; i < negation; i++) {
    const isFiller = (kindsOf(sentence, i) & WORD.filler) !== 0;
    if (has(sentence, i, 'asker') && !isFiller) return true;
    if (!anyIn(sentence, i, i + 1, ['adverb', 'being'])) return false;
  }
  return false;
}

/** A negated clause that ends before `end` and forbids nothing: "I'm not in", "non ho tempo", "not urgent", "not only". */
function isRemark(sentence: Sentence, negation: number, end: number): boolean {
  const first = clauseStart(sentence, negation);
  if (anyIn(sentence, negation + 1, negation + 2, ['adverb'])) return true;
  if (anyIn(sentence, first, end, ['wish', 'you'])) return false;
  // "je ne suis pas là", but not "ne suis pas", where the same word is that of following
  const isBeing = negation > first && has(sentence, negation + 1, 'being');
  if (hasVerb(sentence, isBeing ? negation + 2 : first, end)) return false;
  const soon = Math.min(negation + 1 + REMARK_REACH, end);
  return (
    isOfAsker(sentence, first, negation) ||
    anyIn(sentence, negation + 1, soon, ['adverb']) ||
    anyIn(sentence, negation + 1, Math.min(negation + 3, end), ['being'])
  );
}

/** Whether the negation ends with its clause, so that it says nothing of the verb at `index` in a later one. */
function endsBefore(sentence: Sentence, negation: number, index: number): boolean {
  let end = negation + 1;
  while (end <= index && !isFirst(sentence, end)) end++;
  if (end > index) return false;
  if (hasOwnLead(sentence, index)) return true;
  const first = clauseStart(sentence, index);
  // "I do not allow, …, that", "nicht erlaubt, … zu befolgen", and a list that goes on: "…, or follow"
  if (first !== end || has(sentence, index - 1, 'towards')) return false;
  if (anyIn(sentence, first, index, ['that', 'relative', 'question', 'unless'])) return false;
  return isRemark(sentence, negation, end);
}

/** "Can't you do it?", "Не могли бы вы …?": asks politely for what the negation seems to deny. */
export function isPolite(sentence: Sentence, negation: number): boolean {
  const { scan, to } = sentence;
  const isNext =
    has(sentence, negation + 1, 'you') ||
    (kindsOf(sentence, negation + 1) & (WORD.filler | WORD.modal)) !== 0;
  if (!isNext || clauseStart(sentence, negation) !== negation) return false;
  const end = scan.end[to - 1] ?? 0;
  return scan.text
    .slice(end, end + QUESTION_REACH)
    .trimStart()
    .startsWith('?');
}

/** A negation before `index` that holds for it; "no" and the like within its own clause only. */
export function isDenied(sentence: Sentence, index: number): boolean {
  let isOwnClause = true;
  for (let i = index - 1; i >= sentence.from; i--) {
    if (has(sentence, i, 'contrast')) return false;
    isOwnClause &&= !isFirst(sentence, i + 1) && !isOpener(sentence, i);
    const isNegation = has(sentence, i, 'negation') || (isOwnClause && has(sentence, i, 'nay'));
    if (!isNegation || isUnforgotten(sentence, i) || isPolite(sentence, i)) continue;
    if (!endsBefore(sentence, i, index)) return true;
  }
  return false;
}
