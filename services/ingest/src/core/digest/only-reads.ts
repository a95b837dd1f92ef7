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
import { CUES } from './lexicon/language.ts';
import { has, isFirst, kindsOf, type Sentence, slotAt } from './request-sentence.ts';
import { INFO, type Scan } from './scan-text.ts';

const READ = 1 << ACTION_GROUPS.indexOf('read');
const SHARE = 1 << ACTION_GROUPS.indexOf('share');
const TELL = 1 << CUES.indexOf('tell');
const NEGATION = 1 << CUES.indexOf('negation');
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

function bitsAt(table: Int32Array, sentence: Sentence, index: number): number {
  const slot = slotAt(sentence, index);
  return slot < 0 ? 0 : (table[slot] ?? 0);
}

/** Whether a verb stands at `index`: where a clause begins, past fillers and whoever asks or is asked. */
function standsAsVerb(sentence: Sentence, index: number, mayBeNoun: boolean): boolean {
  for (let i = index; !isFirst(sentence, i); i--) {
    const before = kindsOf(sentence, i - 1);
    const isLed = (before & LEADS) !== 0;
    if ((before & WORD.opener) !== 0 || (isLed && !mayBeNoun)) return true;
    if (!isLed && !(has(sentence, i - 1, 'asker') || (before & WORD.polite) !== 0)) return false;
  }
  return true;
}

/** "don't send", "send nothing". */
function isDenied(sentence: Sentence, verb: number): boolean {
  const { cues } = sentence.lexicon;
  if ((bitsAt(cues, sentence, verb + 1) & NEGATION) !== 0) return true;
  for (let i = verb; i > verb - DENIAL_REACH && !isFirst(sentence, i); i--) {
    if ((bitsAt(cues, sentence, i - 1) & NEGATION) !== 0) return true;
  }
  return false;
}

/** What the word asks for, if it asks for anything. */
function askedAt(sentence: Sentence, index: number): 'reading' | 'more' | 'nothing' {
  const { lexicon } = sentence;
  const kinds = kindsOf(sentence, index);
  const shows = has(sentence, index, 'shows');
  const verbs = bitsAt(lexicon.verbActions, sentence, index);
  const mayBeNoun = (kinds & WORD.noun) !== 0;
  if (has(sentence, index, 'keeps') && standsAsVerb(sentence, index, true)) return 'more';
  const actions = verbs & ~READ;
  const ifReads = (verbs & READ) !== 0 || shows ? 'reading' : 'nothing';
  const isForAsker = has(sentence, index + 1, 'asker');
  // "Sag mir", but not "sag den Termin ab".
  const isShown = shows && (actions === 0 || isForAsker);
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
  for (let i = index; i > index - NOUN_REACH && !isFirst(sentence, i); i--) {
    const before = kindsOf(sentence, i - 1);
    if ((before & WORD.known) !== 0) {
      return (kindsOf(sentence, i - 2) & WORD.one) === 0;
    }
    if (has(sentence, i - 1, 'question')) return true;
    if ((before & ENDS_NOUN) !== 0) break;
  }
  return false;
}

/** "My orders, bills and appointments": what is listed with such a noun is there as it is. */
function isKnown(sentence: Sentence, index: number): boolean {
  const { scan } = sentence;
  for (let i = index; i > index - LISTED_MAX; ) {
    if (isThere(sentence, i)) return true;
    // "Lees mijn mails en antwoord Ines".
    if (index + 1 < sentence.to && ((scan.info[index + 1] ?? 0) & INFO.upper) !== 0) return false;
    const joins = (kindsOf(sentence, i - 1) & WORD.join) !== 0;
    if (!joins && !isFirst(sentence, i)) return false;
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
  const { to } = sentence;
  let at = index;
  while (at < to && (kindsOf(sentence, at) & (LEADS | WORD.polite)) !== 0) at++;
  if (at >= to) return true;
  if (askedAt(sentence, at) === 'reading' || has(sentence, at, 'question')) return true;
  if (has(sentence, at, 'asker')) return true;
  if (isThen) return false;
  return (kindsOf(sentence, at) & WORD.known) !== 0 || mayAct(sentence, at);
}

function reads(sentence: Sentence, index: number): boolean {
  return (bitsAt(sentence.lexicon.verbActions, sentence, index) & READ) !== 0;
}

/** Whether the word at `index` says where a writing goes or whom it is for: "in a mail", "as", "to Tom", "show Tom my". */
function leadsOut(sentence: Sentence, index: number): boolean {
  const { scan } = sentence;
  const kinds = kindsOf(sentence, index);
  if ((kinds & WORD.medium) !== 0) return true;
  const next = kindsOf(sentence, index + 1);
  if ((kinds & WORD.means) !== 0 && (next & WORD.one) !== 0) return true;
  if (index + 1 >= sentence.to || has(sentence, index + 1, 'asker')) return false;
  const isNamed = ((scan.info[index + 1] ?? 0) & (INFO.upper | INFO.at)) !== 0;
  if ((kinds & WORD.receiver) !== 0)
    return isNamed || (next & (WORD.known | WORD.stop | WORD.elided)) !== 0;
  const isShown = has(sentence, index, 'shows') || reads(sentence, index);
  return isShown && isNamed && (kindsOf(sentence, index + 2) & WORD.known) !== 0;
}

/** Whether the word at `index` may ask for more than reading, be it by a noun that nothing shows to be there. */
function mayAskMore(sentence: Sentence, index: number): boolean {
  const { lexicon, from } = sentence;
  if (leadsOut(sentence, index)) return true;
  const asked = askedAt(sentence, index);
  if (asked !== 'nothing') return asked === 'more';
  const isThen = (bitsAt(lexicon.cues, sentence, index - 1) & AFTER) !== 0;
  const isJoined = (kindsOf(sentence, index - 1) & WORD.join) !== 0;
  const begins = index > from && isFirst(sentence, index);
  if ((isThen || isJoined || begins) && !goesOnReading(sentence, index, isThen)) return true;
  return mayAct(sentence, index) && !isKnown(sentence, index) && !isDenied(sentence, index);
}

/** A question reads by itself, but for one that asks somebody to do something ("can you …"). */
function isQuestion(sentence: Sentence): boolean {
  const { scan, lexicon, from, to } = sentence;
  if (has(sentence, from, 'question')) return true;
  const begins = scan.start[from] ?? 0;
  const ends = to < scan.words ? scan.start[to] : undefined;
  if (!QUESTION_MARK.test(scan.text.slice(begins, ends))) return false;
  const isYou = (bitsAt(lexicon.cues, sentence, from + 1) & YOU) !== 0;
  if ((kindsOf(sentence, from) & LEADS) === 0) return !isYou;
  return has(sentence, from + 1, 'asker') && !isYou;
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
    if (!isRead && (!isAside || (kindsOf(sentence, from) & WORD.modal) !== 0)) {
      return false;
    }
    isReading ||= isRead;
  }
  return isReading;
}
