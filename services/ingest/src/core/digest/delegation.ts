/**
 * Whether a request hands work over to what stands in a source, and which one, by its structure: a
 * source's noun that a preposition governs where something is to be done ("send it to the address in
 * Lena's mail"), that a clause of manner names ("as the README says", "laut Ticket 812"), or that is
 * the object of working on it ("fix issue 44"), and a relative clause of what somebody asks for. Where the object is
 * work itself ("do the tasks in todo.txt"), what names the source is what stands behind it, a file by its name too.
 * What only asks to be told ("tell me what is in the mail", "list the tasks that I have to do") hands over nothing, nor
 * what forbids ("never follow instructions in the mails"): the verb must be ordered (`ordered-verb.ts`).
 */
import { ACTION_GROUPS } from '@waywarden/schemas';
import { canonicalWord, isSalient } from './canonical-word.ts';
import { isDenied } from './denied-verb.ts';
import { type Lexicon, WORD, words } from './lexicon/compile.ts';
import type { RequestCue } from './lexicon/language.ts';
import { isOrdered, isOrderedLast, isOrderedOnThem } from './ordered-verb.ts';
import { anyIn, has, isWorking, kindsOf, type Sentence } from './request-sentence.ts';
import { DIGITS_SHIFT, INFO, type Scan, scanText } from './scan-text.ts';

/** So many words may stand between a governor and its noun ("in the last two mails of May"). */
const REACH = 5;
/** And so many of a relative clause, which names who asks and where, or between work and where it stands. */
const CLAUSE_REACH = 8;
const NOT_READ = ~(1 << ACTION_GROUPS.indexOf('read'));

/** A verb that changes something, and not for the asker's eyes only ("give me"). */
function isDoing(sentence: Sentence, index: number): boolean {
  const slot = sentence.scan.slot[index] ?? -1;
  if (slot < 0 || (kindsOf(sentence, index) & (WORD.base | WORD.gerund)) === 0) return false;
  if (((sentence.lexicon.verbActions[slot] ?? 0) & NOT_READ) === 0) return false;
  return index + 1 >= sentence.to || !has(sentence, index + 1, 'asker');
}

/** Something is to be done: a doing verb is ordered before `index`, or right behind, as German puts it. */
function isToBeDone(sentence: Sentence, index: number, noun: number): boolean {
  for (let i = sentence.from; i < index; i++) {
    const isVerb = isDoing(sentence, i) || has(sentence, i, 'process');
    if (isVerb && isOrdered(sentence, i, i + 2)) return true;
  }
  for (let i = noun + 1; i < sentence.to && i <= noun + 2; i++) {
    if (!isDoing(sentence, i)) continue;
    if (isOrdered(sentence, i, i + 2) || isOrderedLast(sentence, i, noun)) return true;
  }
  return false;
}

/** The nearest word before `index` with one of the cues, within reach and in the same clause. */
function governor(
  sentence: Sentence,
  index: number,
  cues: readonly RequestCue[],
  reach = REACH,
): number {
  for (let i = index - 1; i >= sentence.from && i >= index - reach; i--) {
    if (cues.some((cue) => has(sentence, i, cue))) return i;
    // The "to" of "according to" begins no clause.
    const isOpener = (kindsOf(sentence, i) & WORD.opener) !== 0;
    if (isOpener && !(i > sentence.from && has(sentence, i - 1, 'manner'))) return -1;
  }
  return -1;
}

/** What names the one source meant: an id or a quoted name beside its noun. */
function nameBeside(sentence: Sentence, index: number): number {
  const { scan, from, to } = sentence;
  for (const at of [index + 1, index - 1]) {
    if (at < from || at >= to) continue;
    const info = scan.info[at] ?? 0;
    const isQuoted = at > index && (info & INFO.quote) !== 0;
    if (isQuoted || (info & INFO.joined) !== 0 || info >>> DIGITS_SHIFT > 0) return at;
  }
  return -1;
}

/** Working on the noun is ordered, and not "the complete list". */
function isWorkedOn(sentence: Sentence, noun: number): boolean {
  const verb = governor(sentence, noun, ['process']);
  if (verb >= 0 && isOrdered(sentence, verb, noun)) return true;
  // "Kannst du Ticket 812 bearbeiten?"
  for (let i = noun + 1; i < sentence.to && i <= noun + 2; i++) {
    if (has(sentence, i, 'process') && isOrderedLast(sentence, i, noun)) return true;
  }
  return false;
}

/** "wie ich die Anfragen im Postfach bearbeite", where the word for "as" is that for "how". */
function asksHow(sentence: Sentence, how: number, noun: number): boolean {
  for (let i = how + 1; i < noun; i++) {
    if (has(sentence, i, 'asker') || (kindsOf(sentence, i) & WORD.gerund) !== 0) return true;
  }
  return false;
}

/** "as the README says", "wie in der Mail beschrieben", "per ticket 812", but not "as a message". */
function isLikened(sentence: Sentence, noun: number): boolean {
  const at = governor(sentence, noun, ['alike']);
  if (at < 0 || (has(sentence, at, 'question') && asksHow(sentence, at, noun))) return false;
  return (
    nameBeside(sentence, noun) >= 0 ||
    anyIn(sentence, at + 1, noun + 3, ['within', 'says', 'content'])
  );
}

function isGoverned(sentence: Sentence, noun: number): boolean {
  if (isWorkedOn(sentence, noun)) return true;
  const isNamed = governor(sentence, noun, ['manner']) >= 0 || isLikened(sentence, noun);
  if (isNamed) return !isDenied(sentence, noun);
  const within = governor(sentence, noun, ['within']);
  if (within < 0) return false;
  if (isToBeDone(sentence, within, noun)) return true;
  // "Confirm it, the link is in the mail", but not "what is in the mail?"
  const isTold = within > sentence.from + 1 && has(sentence, within - 1, 'being');
  return (
    isTold &&
    !isDenied(sentence, within) &&
    !anyIn(sentence, sentence.from, within - 1, ['relative', 'asker'])
  );
}

/** "do what Petra asks", "the meeting that the customer proposes": where something is to be done. */
function isAskedFor(sentence: Sentence, verb: number): boolean {
  const relative = governor(sentence, verb, ['relative', 'alike'], CLAUSE_REACH);
  if (relative < 0 || anyIn(sentence, relative, verb, ['asker'])) return false;
  // An article of its own may stand between: "haz lo que pide", "fais ce qu'il demande".
  for (let i = Math.max(sentence.from, relative - 2); i < relative; i++) {
    const isLight = i === relative - 1 && (kindsOf(sentence, i) & WORD.light) !== 0;
    if ((isLight || isWorking(sentence, i)) && isOrdered(sentence, i, relative)) return true;
  }
  // "what asks" is a question's, but where who asks need not be said.
  return relative < verb - 1 && isToBeDone(sentence, relative, verb);
}

/** The ordered verb that has this work as its object, before it or behind ("die Aufgaben … erledigen"); -1 if none has. */
function workingVerb(sentence: Sentence, work: number): number {
  for (let i = work - 1; i >= sentence.from && i >= work - REACH; i--) {
    if (isWorking(sentence, i) && isOrdered(sentence, i, work)) return i;
    if (isDoing(sentence, i)) break;
  }
  for (let i = work + 1; i < sentence.to && i <= work + CLAUSE_REACH; i++) {
    if (!isWorking(sentence, i)) continue;
    if (isOrderedLast(sentence, i, work) || isOrderedOnThem(sentence, i)) return i;
  }
  return -1;
}

/** "todo.txt": joined by a full stop before a short ending of letters. */
function isFileName({ scan }: Sentence, index: number): boolean {
  const info = scan.info[index] ?? 0;
  if ((info & INFO.joined) === 0 || (info & (INFO.at | INFO.url)) !== 0) return false;
  return /\.[a-z][a-z0-9]{1,4}$/i.test(scan.text.slice(scan.start[index], scan.end[index]));
}

/** Work that is to be done, and where it stands: in the same clause behind it. */
function readWork(sentence: Sentence, work: number, found: Found): void {
  const verb = workingVerb(sentence, work);
  if (verb < 0) return;
  const { scan, lexicon, to } = sentence;
  const end = Math.min(to, work + 1 + CLAUSE_REACH);
  for (let i = work + 1; i < end; i++) {
    if ((kindsOf(sentence, i) & WORD.opener) !== 0) return;
    const isFile = isFileName(sentence, i);
    if (!isFile && !(has(sentence, i, 'source') && isSalient(scan, lexicon, i))) {
      if (isDoing(sentence, i)) return;
      continue;
    }
    addSource(sentence, i, isFile ? i : nameBeside(sentence, i), found);
    found.working.add(verb);
    return;
  }
}

/** What a request was found to name. Collected first, since a scan is gone with the next one. */
interface Found {
  /** Ids and titles of the very sources. */
  readonly names: Set<string>;
  /** Nouns of sources without a name. */
  readonly nouns: Set<string>;
  isSpeech: boolean;
  /** Verbs that say no more than to do the work which was handed over. */
  readonly working: Set<number>;
}

function addSource(sentence: Sentence, noun: number, name: number, found: Found): void {
  const { scan, lexicon } = sentence;
  const [into, at] = name < 0 ? [found.nouns, noun] : [found.names, name];
  for (const word of canonicalWord(scan, lexicon, at)) into.add(word);
}

function readSentence(sentence: Sentence, found: Found): void {
  const { scan, lexicon } = sentence;
  // A question wants an answer, whatever it is to be taken from.
  if (has(sentence, sentence.from, 'question')) return;
  for (let i = sentence.from; i < sentence.to; i++) {
    if (has(sentence, i, 'source') && isSalient(scan, lexicon, i) && isGoverned(sentence, i)) {
      addSource(sentence, i, nameBeside(sentence, i), found);
    } else if (has(sentence, i, 'says') && isAskedFor(sentence, i)) found.isSpeech = true;
    if (has(sentence, i, 'work')) readWork(sentence, i, found);
  }
}

/** Other names of the nouns, as words in canonical form: "mail" is read from an inbox. */
function widened(nouns: ReadonlySet<string>, isSpeech: boolean, lexicon: Lexicon): Set<string> {
  const all = new Set(nouns);
  const canonical = (list: string) => {
    const scan = scanText(list, lexicon);
    return words(list).map((_, index) => canonicalWord(scan, lexicon, index)[0] ?? '');
  };
  for (const { sources, speech } of lexicon.languages) {
    const spoken = isSpeech ? canonical(speech) : [];
    for (const set of sources) {
      const kin = canonical(set);
      if (!kin.some((word) => nouns.has(word) || spoken.includes(word))) continue;
      for (const word of kin) all.add(word);
    }
  }
  return all;
}

/** What a request hands over; undefined if nothing. Reads the scan only, which is gone with the next one. */
export function delegation(scan: Scan, lexicon: Lexicon): Found | undefined {
  const found: Found = { names: new Set(), nouns: new Set(), isSpeech: false, working: new Set() };
  scan.segments.forEach((from, at) => {
    const to = scan.segments[at + 1] ?? scan.words;
    readSentence({ scan, lexicon, from, to }, found);
  });
  return found.names.size + found.nouns.size === 0 && !found.isSpeech ? undefined : found;
}

/** The words that name the sources. It scans other names of theirs. */
export function sourcesOf(
  { names, nouns, isSpeech }: Found,
  lexicon: Lexicon,
): ReadonlySet<string> {
  return new Set([...names, ...widened(nouns, isSpeech, lexicon)]);
}
