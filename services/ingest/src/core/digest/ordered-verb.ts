/**
 * Whether a verb of a request is what the request orders. It stands where a clause has its order: first, behind words
 * that only lead to it ("could you please …"), or last where a language puts it there ("die Aufgaben … erledigen").
 * A verb behind an asker, a relative or a question's word ("tasks that I have to do", "how to do"), and what looks
 * like a verb and is none ("the complete list", "process steps"), orders nothing. And nothing that is forbidden is
 * ordered: a negation counts for the verbs behind it up to a "but", so that a list of what not to do is one
 * prohibition; who writes "don't ask, do it" is taken at the "don't".
 *
 * Position and not grammar, as with the orders of a text (`read-segment.ts`). Where it is in doubt nothing is
 * ordered: what was read is then told of, where it would go unseen otherwise.
 */
import { WORD } from './lexicon/compile.ts';
import { anyIn, has, isFirst, isOpener, kindsOf, type Sentence } from './request-sentence.ts';
import { DIGITS_SHIFT, INFO } from './scan-text.ts';

const LEADS = WORD.filler | WORD.polite | WORD.modal;
/** "do the first one", "complete all of them": so soon comes what stands for the work. */
const THEM_REACH = 3;

function isLead(sentence: Sentence, index: number): boolean {
  if (index < sentence.from) return false;
  return (
    (kindsOf(sentence, index) & LEADS) !== 0 ||
    anyIn(sentence, index, index + 1, ['adverb', 'forget'])
  );
}

/** An id or a file's name. */
function isNamed({ scan, from, to }: Sentence, index: number): boolean {
  if (index < from || index >= to) return false;
  const info = scan.info[index] ?? 0;
  return (info & INFO.joined) !== 0 || info >>> DIGITS_SHIFT > 0;
}

/** A verb of doing whatever it is: "do", "follow", "erledige", but not "do I have". */
export function isWorking(sentence: Sentence, index: number): boolean {
  if (!anyIn(sentence, index, index + 1, ['perform', 'process'])) return false;
  return !anyIn(sentence, index + 1, index + 2, ['asker']);
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
  if (index > sentence.from && (kindsOf(sentence, index - 1) & WORD.polite) !== 0) return true;
  return (
    isFirst(sentence, index) && (!isWorking(sentence, verb) || has(sentence, index + 1, 'wish'))
  );
}

/** "before you do it", "instead of doing it", but not Italian "prima esegui". */
function waits(sentence: Sentence, index: number, verb: number): boolean {
  if (!has(sentence, index, 'unless')) return false;
  return index + 1 < verb || (kindsOf(sentence, index) & WORD.filler) === 0;
}

/** A negation of forgetting: "don't forget to do it", "n'oublie pas de le faire". */
function isUnforgotten(sentence: Sentence, index: number): boolean {
  if (!anyIn(sentence, index, index + 1, ['negation', 'nay'])) return false;
  return anyIn(sentence, index - 1, index + 2, ['forget']);
}

/** "Claude, you shall please do it", "I'd like you to do it", but not "mails that ask you to do it". */
function isAddressed(sentence: Sentence, index: number): boolean {
  if (isSubordinate(sentence, index)) return false;
  if (!has(sentence, index + 1, 'towards')) return true;
  return isLead(sentence, index - 1) || anyIn(sentence, index - 2, index - 1, ['asker']);
}

/** "use your tools to do it" */
function isUse(sentence: Sentence, index: number): boolean {
  let first = index;
  while (!isFirst(sentence, first) && !isOpener(sentence, first - 1)) first--;
  return has(sentence, first, 'using');
}

/** What the word before a verb, or before what leads to it, says of it: an order, none, or nothing yet. */
function leadAt(sentence: Sentence, index: number, verb: number): boolean | undefined {
  // "I want that you do it", but not "tasks that I do"
  if (has(sentence, index, 'that')) return isLead(sentence, index - 1) ? undefined : false;
  if (has(sentence, index, 'question') || waits(sentence, index, verb)) return false;
  if (isOpener(sentence, index)) return joinsClauses(sentence, index, verb);
  if (isUnforgotten(sentence, index)) return undefined;
  if (anyIn(sentence, index, index + 1, ['you', 'please'])) return isAddressed(sentence, index);
  if (isLead(sentence, index)) return undefined;
  if (has(sentence, index, 'asker')) return leadsFromAsker(sentence, index, verb);
  if (has(sentence, index, 'wish') && isFirst(sentence, index)) return true;
  if (has(sentence, index, 'being') && has(sentence, index - 1, 'duty')) return true;
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

/** A negation before `index` that holds for it; "no" and the like within its own clause only. */
export function isDenied(sentence: Sentence, index: number): boolean {
  let isOwnClause = true;
  for (let i = index - 1; i >= sentence.from; i--) {
    if (has(sentence, i, 'contrast')) return false;
    isOwnClause &&= !isFirst(sentence, i + 1) && !isOpener(sentence, i);
    const isNegation = has(sentence, i, 'negation') || (isOwnClause && has(sentence, i, 'nay'));
    if (isNegation && !isUnforgotten(sentence, i)) return true;
  }
  return false;
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

/** "die Aufgaben … erledigen": whether the verb, in the clause of its object before it, ends an order. */
export function isOrderedLast(sentence: Sentence, verb: number, object: number): boolean {
  const isGerund = (kindsOf(sentence, verb) & WORD.gerund) !== 0;
  const before = kindsOf(sentence, verb - 1);
  if (isWorking(sentence, verb) ? !has(sentence, verb, 'closing') : !isGerund) return false;
  // "zu erledigen"
  if ((before & WORD.polite) !== 0 && (before & WORD.modal) === 0) return false;
  if (verb + 1 < sentence.to && (kindsOf(sentence, verb + 1) & WORD.duty) !== 0) return false;
  for (let i = verb; !isFirst(sentence, i) && !isOpener(sentence, i - 1); i--) {
    if (has(sentence, i - 1, 'question')) return false;
    if (has(sentence, i - 1, 'asker') && isWorking(sentence, verb) && !isLead(sentence, i - 1))
      return false;
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
