/**
 * Whether a request asks for reading at most: each sentence of it reads ("summarise", "show") or is a question, no verb
 * that asks does anything else, and its nouns are of what is there to be read. Its words alone don't tell: "mail",
 * "message" and "order" are verbs and nouns, so of "summarise my unread mails" they say that something is sent.
 *
 * A noun is there by what stands before it ("my unread mails", "any message", "which orders"). Any other may be what is
 * asked for ("a mail to Ines", "by mail", "Payment please."), and so is what a preposition of goal leads to ("in a
 * message", "on a page", "as a note") and whom it is for ("to Tom", "for the team"). Behind "and", "then" or a comma what
 * neither reads nor is read may be a verb that no lexicon has ("and confirm", "und beantworte sie").
 *
 * A verb asks where a clause begins, past fillers, or in a form that asks wherever it stands (infinitives, gerunds);
 * one that may be a noun only where nothing but fillers stands before it in its clause. "Tell me", "give me" ask to
 * be told, and "don't send" asks for nothing. In doubt it asks for more: then text is taken for a quotation, and who
 * has a mail passed on is not told as hijacked. So words of no known language or verb leave it open.
 */
import { ACTION_GROUPS } from '@waywarden/schemas';
import { type Lexicon, WORD } from './lexicon/compile.ts';
import { CUES, REQUEST_CUES } from './lexicon/language.ts';
import { INFO, type Scan } from './scan-text.ts';

const READ = 1 << ACTION_GROUPS.indexOf('read');
const SHARE = 1 << ACTION_GROUPS.indexOf('share');
const TELL = 1 << CUES.indexOf('tell');
const NEGATION = 1 << CUES.indexOf('negation');
const ASKER = 1 << REQUEST_CUES.indexOf('asker');
const QUESTION = 1 << REQUEST_CUES.indexOf('question');
const SHOWS = 1 << REQUEST_CUES.indexOf('shows');
const KEEPS = 1 << REQUEST_CUES.indexOf('keeps');
const BEGINS = INFO.comma | INFO.colon | INFO.quote;
const LEADS = WORD.filler | WORD.opener | WORD.modal;
const ASKS = WORD.base | WORD.formal | WORD.gerund;
/** So far before its verb stands what denies it ("do not ever send"). */
const DENIAL_REACH = 3;
const YOU = 1 << CUES.indexOf('you');
const AFTER = 1 << CUES.indexOf('after');
/** What ends the words before a noun that go with it. */
const ENDS_NOUN = WORD.stop | WORD.filler | WORD.opener | WORD.polite | WORD.modal | WORD.join;
/** So far before its noun stands "my" ("my last three mails"), and so many are listed. */
const NOUN_REACH = 4;
const LISTED_MAX = 12;
/** A sentence beside the request: "Thanks Claude." */
const ASIDE_WORDS_MAX = 2;
const QUESTION_MARK = /[?？؟]/;

interface Sentence {
  readonly scan: Scan;
  readonly lexicon: Lexicon;
  readonly from: number;
  readonly to: number;
}

function bitsAt(table: Int32Array, { scan, from, to }: Sentence, index: number): number {
  const slot = index < from || index >= to ? -1 : (scan.slot[index] ?? -1);
  return slot < 0 ? 0 : (table[slot] ?? 0);
}

function isAsker(sentence: Sentence, index: number): boolean {
  return (bitsAt(sentence.lexicon.requestCues, sentence, index) & ASKER) !== 0;
}

function beginsAt({ scan, from }: Sentence, index: number): boolean {
  return index <= from || ((scan.info[index] ?? 0) & BEGINS) !== 0;
}

/** Whether a verb stands at `index`: where a clause begins, past fillers and whoever asks or is asked. */
function standsAsVerb(sentence: Sentence, index: number, mayBeNoun: boolean): boolean {
  for (let i = index; !beginsAt(sentence, i); i--) {
    const before = bitsAt(sentence.lexicon.kinds, sentence, i - 1);
    const isLed = (before & LEADS) !== 0;
    if ((before & WORD.opener) !== 0 || (isLed && !mayBeNoun)) return true;
    if (!isLed && !(isAsker(sentence, i - 1) || (before & WORD.polite) !== 0)) return false;
  }
  return true;
}

/** "don't send", "send nothing". */
function isDenied(sentence: Sentence, verb: number): boolean {
  const { cues } = sentence.lexicon;
  if ((bitsAt(cues, sentence, verb + 1) & NEGATION) !== 0) return true;
  for (let i = verb; i > verb - DENIAL_REACH && !beginsAt(sentence, i); i--) {
    if ((bitsAt(cues, sentence, i - 1) & NEGATION) !== 0) return true;
  }
  return false;
}

/** What the word asks for, if it asks for anything. */
function askedAt(sentence: Sentence, index: number): 'reading' | 'more' | 'nothing' {
  const { lexicon } = sentence;
  const kinds = bitsAt(lexicon.kinds, sentence, index);
  const cues = bitsAt(lexicon.requestCues, sentence, index);
  const verbs = bitsAt(lexicon.verbActions, sentence, index);
  const mayBeNoun = (kinds & WORD.noun) !== 0;
  if ((cues & KEEPS) !== 0 && standsAsVerb(sentence, index, true)) return 'more';
  const actions = verbs & ~READ;
  const ifReads = (verbs & READ) !== 0 || (cues & SHOWS) !== 0 ? 'reading' : 'nothing';
  const isForAsker = isAsker(sentence, index + 1);
  // "Sag mir", but not "sag den Termin ab".
  const isShown = (cues & SHOWS) !== 0 && (actions === 0 || isForAsker);
  if ((kinds & ASKS) === 0 || isShown) return ifReads;
  if (actions === 0) {
    // "Place an order", but not "do I have".
    const isLight = (kinds & WORD.light) !== 0 && !isForAsker;
    return isLight && standsAsVerb(sentence, index, false) ? 'more' : ifReads;
  }
  const tells = actions === SHARE || (bitsAt(lexicon.cues, sentence, index) & TELL) !== 0;
  if (tells && isForAsker) return 'reading';
  if (isDenied(sentence, index)) return ifReads;
  const asks = (kinds & WORD.gerund) !== 0 && !mayBeNoun;
  return asks || standsAsVerb(sentence, index, mayBeNoun) ? 'more' : ifReads;
}

/** Whether an article, "any", "my" or "new" shows the noun at `index` to be there already, past a word or two. */
function isThere(sentence: Sentence, index: number): boolean {
  const { lexicon } = sentence;
  for (let i = index; i > index - NOUN_REACH && !beginsAt(sentence, i); i--) {
    const before = bitsAt(lexicon.kinds, sentence, i - 1);
    if ((before & WORD.known) !== 0) {
      return (bitsAt(lexicon.kinds, sentence, i - 2) & WORD.one) === 0;
    }
    if ((bitsAt(lexicon.requestCues, sentence, i - 1) & QUESTION) !== 0) return true;
    if ((before & ENDS_NOUN) !== 0) break;
  }
  return false;
}

/** "My orders, bills and appointments": what is listed with such a noun is there as it is. */
function isKnown(sentence: Sentence, index: number): boolean {
  const { scan, lexicon } = sentence;
  for (let i = index; i > index - LISTED_MAX; ) {
    if (isThere(sentence, i)) return true;
    // "Lees mijn mails en antwoord Ines".
    if (index + 1 < sentence.to && ((scan.info[index + 1] ?? 0) & INFO.upper) !== 0) return false;
    const joins = (bitsAt(lexicon.kinds, sentence, i - 1) & WORD.join) !== 0;
    if (!joins && !beginsAt(sentence, i)) return false;
    i -= joins ? 2 : 1;
    if (i < sentence.from || !mayAct(sentence, i)) return false;
  }
  return false;
}

function mayAct(sentence: Sentence, index: number): boolean {
  const { lexicon } = sentence;
  const verbs = bitsAt(lexicon.verbActions, sentence, index);
  return ((verbs | bitsAt(lexicon.nounActions, sentence, index)) & ~READ) !== 0;
}

/** Whether the words from `index` are of what is read or of a second order to read, behind "and", "then" or a comma. */
function goesOnReading(sentence: Sentence, index: number, isThen: boolean): boolean {
  const { lexicon, to } = sentence;
  let at = index;
  while (at < to && (bitsAt(lexicon.kinds, sentence, at) & (LEADS | WORD.polite)) !== 0) at++;
  if (at >= to) return true;
  const cues = bitsAt(lexicon.requestCues, sentence, at);
  if (askedAt(sentence, at) === 'reading' || (cues & QUESTION) !== 0) return true;
  if (isAsker(sentence, at)) return true;
  if (isThen) return false;
  return (bitsAt(lexicon.kinds, sentence, at) & WORD.known) !== 0 || mayAct(sentence, at);
}

function reads(sentence: Sentence, index: number): boolean {
  return (bitsAt(sentence.lexicon.verbActions, sentence, index) & READ) !== 0;
}

/** Whether the word at `index` says where a writing goes or whom it is for: "in a mail", "as", "to Tom", "show Tom my". */
function leadsOut(sentence: Sentence, index: number): boolean {
  const { scan, lexicon } = sentence;
  const kinds = bitsAt(lexicon.kinds, sentence, index);
  if ((kinds & WORD.medium) !== 0) return true;
  const next = bitsAt(lexicon.kinds, sentence, index + 1);
  if ((kinds & WORD.means) !== 0 && (next & WORD.one) !== 0) return true;
  if (index + 1 >= sentence.to || isAsker(sentence, index + 1)) return false;
  const isNamed = ((scan.info[index + 1] ?? 0) & (INFO.upper | INFO.at)) !== 0;
  if ((kinds & WORD.receiver) !== 0)
    return isNamed || (next & (WORD.known | WORD.stop | WORD.elided)) !== 0;
  const isShown =
    (bitsAt(lexicon.requestCues, sentence, index) & SHOWS) !== 0 || reads(sentence, index);
  return isShown && isNamed && (bitsAt(lexicon.kinds, sentence, index + 2) & WORD.known) !== 0;
}

/** Whether the word at `index` may ask for more than reading, be it by a noun that nothing shows to be there. */
function mayAskMore(sentence: Sentence, index: number): boolean {
  const { lexicon, from } = sentence;
  if (leadsOut(sentence, index)) return true;
  const asked = askedAt(sentence, index);
  if (asked !== 'nothing') return asked === 'more';
  const isThen = (bitsAt(lexicon.cues, sentence, index - 1) & AFTER) !== 0;
  const isJoined = (bitsAt(lexicon.kinds, sentence, index - 1) & WORD.join) !== 0;
  const begins = index > from && beginsAt(sentence, index);
  if ((isThen || isJoined || begins) && !goesOnReading(sentence, index, isThen)) return true;
  return mayAct(sentence, index) && !isKnown(sentence, index) && !isDenied(sentence, index);
}

/** A question reads by itself, but for one that asks somebody to do something ("can you …"). */
function isQuestion(sentence: Sentence): boolean {
  const { scan, lexicon, from, to } = sentence;
  if ((bitsAt(lexicon.requestCues, sentence, from) & QUESTION) !== 0) return true;
  const begins = scan.start[from] ?? 0;
  const ends = to < scan.words ? scan.start[to] : undefined;
  if (!QUESTION_MARK.test(scan.text.slice(begins, ends))) return false;
  const isYou = (bitsAt(lexicon.cues, sentence, from + 1) & YOU) !== 0;
  if ((bitsAt(lexicon.kinds, sentence, from) & LEADS) === 0) return !isYou;
  return isAsker(sentence, from + 1) && !isYou;
}

/** Reads the scan only, which is gone with the next one. */
export function onlyReads(scan: Scan, lexicon: Lexicon): boolean {
  let isReading = false;
  for (const [at, from] of scan.segments.entries()) {
    const sentence = { scan, lexicon, from, to: scan.segments[at + 1] ?? scan.words };
    let isRead = isQuestion(sentence);
    let isDenying = false;
    for (let i = from; i < sentence.to; i++) {
      if (mayAskMore(sentence, i)) return false;
      isRead ||= askedAt(sentence, i) === 'reading';
      isDenying ||= (bitsAt(lexicon.cues, sentence, i) & NEGATION) !== 0;
    }
    const isAside = isDenying || sentence.to - from <= ASIDE_WORDS_MAX;
    if (!isRead && (!isAside || (bitsAt(lexicon.kinds, sentence, from) & WORD.modal) !== 0)) {
      return false;
    }
    isReading ||= isRead;
  }
  return isReading;
}
