/**
 * Whether a request hands work over to what stands in a source, and which one, by its structure: a
 * source's noun that a preposition governs where something is to be done ("send it to the address in
 * Lena's mail"), that a clause of manner names ("as the README says", "laut Ticket 812"), or that is
 * the object of working on it ("fix issue 44"), and a relative clause of what somebody asks for. Where the object is
 * work itself ("do the tasks in todo.txt"), what names the source is what stands behind it, a file by its name too.
 * What only asks to be told ("tell me what is in the mail") hands over nothing.
 */
import { ACTION_GROUPS } from '@waywarden/schemas';
import { canonicalWord, isSalient } from './canonical-word.ts';
import { type Lexicon, WORD, words } from './lexicon/compile.ts';
import { REQUEST_CUES, type RequestCue } from './lexicon/language.ts';
import { DIGITS_SHIFT, INFO, type Scan, scanText } from './scan-text.ts';

/** So many words may stand between a governor and its noun ("in the last two mails of May"). */
const REACH = 5;
/** And so many of a relative clause, which names who asks and where, or between work and where it stands. */
const CLAUSE_REACH = 8;
const NOT_READ = ~(1 << ACTION_GROUPS.indexOf('read'));

interface Sentence {
  readonly scan: Scan;
  readonly lexicon: Lexicon;
  readonly from: number;
  readonly to: number;
}

function has({ scan, lexicon }: Sentence, index: number, cue: RequestCue): boolean {
  const slot = scan.slot[index] ?? -1;
  return slot >= 0 && ((lexicon.requestCues[slot] ?? 0) & (1 << REQUEST_CUES.indexOf(cue))) !== 0;
}

function kindsOf({ scan, lexicon }: Sentence, index: number): number {
  const slot = scan.slot[index] ?? -1;
  return slot < 0 ? 0 : (lexicon.kinds[slot] ?? 0);
}

/** A verb that changes something, and not for the asker's eyes only ("give me"). */
function isDoing(sentence: Sentence, index: number): boolean {
  const slot = sentence.scan.slot[index] ?? -1;
  if (slot < 0 || (kindsOf(sentence, index) & (WORD.base | WORD.gerund)) === 0) return false;
  if (((sentence.lexicon.verbActions[slot] ?? 0) & NOT_READ) === 0) return false;
  return index + 1 >= sentence.to || !has(sentence, index + 1, 'asker');
}

/** Something is to be done: a doing verb before `index`, or right behind, as German puts it. */
function isToBeDone(sentence: Sentence, index: number, noun: number): boolean {
  for (let i = sentence.from; i < index; i++) {
    if (isDoing(sentence, i) || has(sentence, i, 'process')) return true;
  }
  for (let i = noun + 1; i < sentence.to && i <= noun + 2; i++) {
    if (isDoing(sentence, i)) return true;
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

/** A process verb before the noun that stands where a request has its verb, not "the complete list". */
function isWorkedOn(sentence: Sentence, noun: number): boolean {
  const verb = governor(sentence, noun, ['process']);
  if (verb >= 0) {
    const leads = WORD.filler | WORD.opener | WORD.polite | WORD.modal;
    const isMarked = ((sentence.scan.info[verb] ?? 0) & INFO.comma) !== 0;
    if (verb === sentence.from || isMarked || (kindsOf(sentence, verb - 1) & leads) !== 0)
      return true;
  }
  // "Kannst du Ticket 812 bearbeiten?"
  return anyIn(sentence, noun + 1, noun + 3, ['process']);
}

function anyIn(sentence: Sentence, from: number, to: number, cues: readonly RequestCue[]): boolean {
  for (let i = from; i < to && i < sentence.to; i++) {
    if (cues.some((cue) => has(sentence, i, cue))) return true;
  }
  return false;
}

/** "as the README says", "wie in der Mail beschrieben", "per ticket 812", but not "as a message". */
function isLikened(sentence: Sentence, noun: number): boolean {
  const at = governor(sentence, noun, ['alike']);
  if (at < 0) return false;
  return (
    nameBeside(sentence, noun) >= 0 ||
    anyIn(sentence, at + 1, noun + 3, ['within', 'says', 'content'])
  );
}

function isGoverned(sentence: Sentence, noun: number): boolean {
  if (governor(sentence, noun, ['manner']) >= 0) return true;
  if (isWorkedOn(sentence, noun) || isLikened(sentence, noun)) return true;
  const within = governor(sentence, noun, ['within']);
  if (within < 0) return false;
  if (isToBeDone(sentence, within, noun)) return true;
  // "Confirm it, the link is in the mail", but not "what is in the mail?"
  const isTold = within > sentence.from + 1 && has(sentence, within - 1, 'being');
  return isTold && !anyIn(sentence, sentence.from, within - 1, ['relative', 'asker']);
}

/** "do what Petra asks", "the meeting that the customer proposes": where something is to be done. */
function isAskedFor(sentence: Sentence, verb: number): boolean {
  const relative = governor(sentence, verb, ['relative', 'alike'], CLAUSE_REACH);
  if (relative < 0 || anyIn(sentence, relative, verb, ['asker'])) return false;
  // An article of its own may stand between: "haz lo que pide", "fais ce qu'il demande".
  const isLight = relative > sentence.from && (kindsOf(sentence, relative - 1) & WORD.light) !== 0;
  const isDone = isLight || isWorking(sentence, relative - 1) || isWorking(sentence, relative - 2);
  // "what asks" is a question's, but where who asks need not be said.
  return isDone || (relative < verb - 1 && isToBeDone(sentence, relative, verb));
}

/** A verb of doing whatever it is: "do", "follow", "erledige", but not "do I have". */
function isWorking(sentence: Sentence, index: number): boolean {
  if (!anyIn(sentence, Math.max(index, sentence.from), index + 1, ['perform', 'process']))
    return false;
  return !anyIn(sentence, index + 1, index + 2, ['asker']);
}

/** The verb that has this work as its object, before it or behind ("die Aufgaben … erledigen"); -1 if none has. */
function workingVerb(sentence: Sentence, work: number): number {
  for (let i = work - 1; i >= sentence.from && i >= work - REACH; i--) {
    if (isWorking(sentence, i)) return i;
    if (isDoing(sentence, i)) return -1;
  }
  for (let i = work + 1; i < sentence.to && i <= work + CLAUSE_REACH; i++) {
    if (isWorking(sentence, i)) return i;
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
