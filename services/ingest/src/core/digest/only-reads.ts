/**
 * Whether a request asks for reading at most: it reads ("summarise", "show") or is a question, and no verb of it that
 * asks does anything else. Its words alone don't tell: "mail", "message" and "order" are verbs and nouns, so of
 * "summarise my unread mails" they say that something is sent.
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
  if ((kinds & ASKS) === 0 || (cues & SHOWS) !== 0) return ifReads;
  const isForAsker = isAsker(sentence, index + 1);
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

/** Reads the scan only, which is gone with the next one. */
export function onlyReads(scan: Scan, lexicon: Lexicon): boolean {
  let reads = QUESTION_MARK.test(scan.text);
  for (const [at, from] of scan.segments.entries()) {
    const sentence = { scan, lexicon, from, to: scan.segments[at + 1] ?? scan.words };
    reads ||= (bitsAt(lexicon.requestCues, sentence, from) & QUESTION) !== 0;
    for (let i = from; i < sentence.to; i++) {
      const asked = askedAt(sentence, i);
      if (asked === 'more') return false;
      reads ||= asked === 'reading';
    }
  }
  return reads;
}
