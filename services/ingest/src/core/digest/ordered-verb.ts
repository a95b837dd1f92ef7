/**
 * Whether a verb of a request is what the request orders. It stands where a clause has its order: first, behind words
 * that only lead to it ("could you please …"), or last where a language puts it there ("die Aufgaben … erledigen").
 * A verb behind an asker, a relative or a question's word ("tasks that I have to do", "how to do"), and what looks
 * like a verb and is none ("the complete list", "process steps"), orders nothing; nor is anything ordered that is
 * denied (`denied-verb.ts`).
 *
 * Position and not grammar, as with the orders of a text (`read-segment.ts`). Where it is in doubt nothing is
 * ordered: what was read is then told of, where it would go unseen otherwise.
 */

import { isDenied, isPolite, isUnforgotten } from './denied-verb.ts';
import { WORD } from './lexicon/compile.ts';
import {
  anyIn,
  clauseStart,
  has,
  isFirst,
  isLead,
  isOpener,
  isWorking,
  kindsOf,
  type Sentence,
} from './request-sentence.ts';
import { DIGITS_SHIFT, INFO } from './scan-text.ts';

/** "do the first one", "complete all of them": so soon comes what stands for the work. */
const THEM_REACH = 3;

/** An id or a file's name. */
function isNamed({ scan, from, to }: Sentence, index: number): boolean {
  if (index < from || index >= to) return false;
  const info = scan.info[index] ?? 0;
  return (info & INFO.joined) !== 0 || info >>> DIGITS_SHIFT > 0;
}

/** Whether the words of the clause up to `index` ask or tell of something. */
function isSubordinate(sentence: Sentence, index: number): boolean {
  for (let i = index; i >= sentence.from; i--) {
    if (anyIn(sentence, i, i + 1, ['question', 'relative', 'unless'])) return true;
    if (isFirst(sentence, i) || isOpener(sentence, i)) return false;
  }
  return false;
}

/** "read the notes and complete steps", but not "the open and complete tasks", where both are attributes. */
function joinsClauses(sentence: Sentence, opener: number, verb: number): boolean {
  const before = opener - 1;
  const isBare = (kindsOf(sentence, verb + 1) & WORD.stop) === 0;
  if (opener + 1 < verb || before < sentence.from || !isBare) return true;
  if (!has(sentence, verb, 'attribute') || isLead(sentence, before)) return true;
  // "and fix issue 44"
  if (isNamed(sentence, before) || isNamed(sentence, verb + 2)) return true;
  if ((kindsOf(sentence, before) & WORD.stop) !== 0) return true;
  return anyIn(sentence, before, opener, ['source', 'work']);
}

/** Who asks as the subject: helped with it, or telling at the outset what is wished, but not what the own work is. */
function leadsFromAsker(sentence: Sentence, index: number, verb: number): boolean {
  const isHelped = (kindsOf(sentence, index - 1) & WORD.polite) !== 0;
  if (isHelped || has(sentence, index - 1, 'please')) return true;
  return (
    isFirst(sentence, index) && (!isWorking(sentence, verb) || has(sentence, index + 1, 'wish'))
  );
}

/** "before you do it", "instead of doing it", but not Italian "prima esegui". */
function waits(sentence: Sentence, index: number, verb: number): boolean {
  if (!has(sentence, index, 'unless')) return false;
  return index + 1 < verb || (kindsOf(sentence, index) & WORD.filler) === 0;
}

/** "Claude, you shall please do it", "I'd like you to do it", but not "mails that ask you to do it". */
function isAddressed(sentence: Sentence, index: number): boolean {
  if (isSubordinate(sentence, index)) return false;
  if (!has(sentence, index + 1, 'towards')) return true;
  return isLead(sentence, index - 1) || anyIn(sentence, index - 2, index - 1, ['asker']);
}

/** "use your tools to do it" */
function isUse(sentence: Sentence, index: number): boolean {
  return has(sentence, clauseStart(sentence, index), 'using');
}

/** "I want that you do it", "je veux que tu le fasses", "est-ce que tu peux le faire", but not "tasks that I do". */
function leadsToThat(sentence: Sentence, index: number): boolean | undefined {
  if (isLead(sentence, index - 1)) return undefined;
  if (has(sentence, index - 1, 'wish')) return isFirst(sentence, index - 2);
  const at = has(sentence, index - 1, 'being') ? index - 1 : index - 2;
  return has(sentence, at, 'being') && isFirst(sentence, at);
}

/** What the word before a verb, or before what leads to it, says of it: an order, none, or nothing yet. */
function leadAt(sentence: Sentence, index: number, verb: number): boolean | undefined {
  if (has(sentence, index, 'that')) return leadsToThat(sentence, index);
  if (has(sentence, index, 'question') || waits(sentence, index, verb)) return false;
  if (isOpener(sentence, index)) return joinsClauses(sentence, index, verb);
  if (isUnforgotten(sentence, index) || has(sentence, index + 1, 'forget')) return undefined;
  if (isPolite(sentence, index)) return true;
  if (anyIn(sentence, index, index + 1, ['you', 'please'])) return isAddressed(sentence, index);
  if (isLead(sentence, index)) return undefined;
  if (has(sentence, index, 'asker')) return leadsFromAsker(sentence, index, verb);
  if (has(sentence, index, 'wish') && isFirst(sentence, index)) return true;
  if (has(sentence, index, 'being') && has(sentence, index - 1, 'duty')) return true;
  // "is it possible to"
  if (has(sentence, index, 'them') && has(sentence, index - 1, 'being'))
    return isFirst(sentence, index - 1);
  // "you are to"
  if (has(sentence, index, 'being') && has(sentence, index - 1, 'you')) return undefined;
  return has(sentence, index + 1, 'towards') && isUse(sentence, index);
}

/** Whether all that stands before the verb in its clause leads to it. */
function isLed(sentence: Sentence, verb: number): boolean {
  for (let i = verb; !isFirst(sentence, i); i--) {
    const led = leadAt(sentence, i - 1, verb);
    if (led !== undefined) return led;
  }
  return true;
}

/** A negation around the verb; behind it up to the end of its clause, "no" and the like before its object only. */
function isForbidden(sentence: Sentence, verb: number, object: number): boolean {
  if (isDenied(sentence, verb)) return true;
  for (let i = verb + 1; i < sentence.to; i++) {
    if (isFirst(sentence, i) || isOpener(sentence, i)) return false;
    if (anyIn(sentence, i, i + 1, ['question', 'that'])) return false;
    if (has(sentence, i, 'negation') || (i < object && has(sentence, i, 'nay'))) return true;
  }
  return false;
}

/** Whether the verb before its object at `object` is ordered. */
export function isOrdered(sentence: Sentence, verb: number, object: number): boolean {
  return isLed(sentence, verb) && !isForbidden(sentence, verb, object);
}

/** "vergiss nicht, die … zu", "ich bitte dich, die … zu", "deine Aufgabe ist es, die … zu": what leads to the object's clause. */
function leadsToInfinitive(sentence: Sentence, object: number): boolean {
  const start = clauseStart(sentence, object);
  let isLeading = false;
  for (let i = sentence.from; i < (start > sentence.from ? start : object); i++) {
    if (anyIn(sentence, i, i + 1, ['question', 'mine', 'that'])) return false;
    const isHead = anyIn(sentence, i, i + 1, ['please', 'duty']) || isUnforgotten(sentence, i);
    isLeading ||= isHead;
    if (!isHead && !isLead(sentence, i) && (kindsOf(sentence, i) & WORD.stop) === 0) return false;
  }
  return isLeading;
}

/** "die Aufgaben … erledigen": whether the verb, in the clause of its object before it, ends an order. */
export function isOrderedLast(sentence: Sentence, verb: number, object: number): boolean {
  const isGerund = (kindsOf(sentence, verb) & WORD.gerund) !== 0;
  const before = kindsOf(sentence, verb - 1);
  if (isWorking(sentence, verb) ? !has(sentence, verb, 'closing') : !isGerund) return false;
  // "zu erledigen", but "vergiss nicht, … zu erledigen"
  const isTo = (before & WORD.polite) !== 0 && (before & WORD.modal) === 0;
  if (isTo && !leadsToInfinitive(sentence, object)) return false;
  if (verb + 1 < sentence.to && (kindsOf(sentence, verb + 1) & WORD.duty) !== 0) return false;
  for (let i = verb; !isFirst(sentence, i) && !isOpener(sentence, i - 1); i--) {
    if (has(sentence, i - 1, 'question')) return false;
    const isAsker = has(sentence, i - 1, 'asker') && !isLead(sentence, i - 1);
    if (isAsker && isWorking(sentence, verb) && !isTo) return false;
    if (i > object && (kindsOf(sentence, i) & WORD.duty) !== 0) return false;
  }
  return !isForbidden(sentence, verb, object) && isOneClause(sentence, object, verb);
}

function isOneClause(sentence: Sentence, from: number, to: number): boolean {
  for (let i = from + 1; i <= to; i++) {
    if (isFirst(sentence, i) || isOpener(sentence, i)) return false;
  }
  return true;
}

/** "list the tasks and do them": an order of its own whose object is what was spoken of. */
export function isOrderedOnThem(sentence: Sentence, verb: number): boolean {
  const end = verb + 1 + THEM_REACH;
  return anyIn(sentence, verb + 1, end, ['them']) && isOrdered(sentence, verb, verb + 1);
}
