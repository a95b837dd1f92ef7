/**
 * Meta classes whose words tell something only where they stand: whether a machine is spoken to and not
 * merely spoken of, whether it is the telling that is forbidden, whether something is to be done before
 * the reader goes on, and whether what came before is set aside and not something of the writer's own. As bags of
 * words of one segment they were in most mails: "the price list for model T40. You can …", "please do not forget to
 * confirm", "ignore my previous mail", "cancel my existing order".
 *
 * Position and not grammar, as with imperatives: a few words to either side are looked at.
 */
import { META_CLASSES, type MetaClass } from '@waywarden/schemas';
import { type Lexicon, WORD } from './lexicon/compile.ts';
import { CUES, type Cue, REQUEST_CUES } from './lexicon/language.ts';
import { INFO, type Scan } from './scan-text.ts';

function bitOf(cue: Cue): number {
  return 1 << CUES.indexOf(cue);
}

function metaBit(meta: MetaClass): number {
  return 1 << META_CLASSES.indexOf(meta);
}

const IGNORE = bitOf('ignore');
const PREVIOUS = bitOf('previous');
const YOU = bitOf('you');
const MACHINE = bitOf('machine');
const MACHINE_PART = bitOf('machinePart');
const ARTICLE = bitOf('article');
const BEING = bitOf('being');
const TOWARDS = bitOf('towards');
const OBLIGED = bitOf('obliged');
const READS = bitOf('reads');
const HAILED = bitOf('hailed');
/** What a text calls itself whose reader is named after it: "note to the assistant". */
const CALLS = HAILED | bitOf('message') | bitOf('urgent');
const NEGATION = bitOf('negation');
const NOBODY = bitOf('nobody');
const FORGET = bitOf('forget');
const TELL = bitOf('tell');
const BEFORE = bitOf('before');
const GO_ON = bitOf('goOn');
const MINE = 1 << REQUEST_CUES.indexOf('mine');

const CLAUSE_MARKS = INFO.comma | INFO.colon | INFO.quote | INFO.line;
/** "the AI language assistant": so many words at most lie between an article and what it belongs to. */
const NAME_WORDS_MAX = 4;
const ARTICLES_MAX = 2;
/** "do not ever even mention", "sage es bitte niemandem". */
const NEGATION_REACH = 3;
const NOBODY_REACH = 3;
/** "before you can continue". */
const GO_ON_REACH = 3;
/** "my very last previous mail", "mon mail précédent". */
const MINE_REACH = 2;

/** A segment and how its words are looked at. */
interface Reading {
  readonly scan: Scan;
  readonly lexicon: Lexicon;
  readonly from: number;
  readonly to: number;
}

function cuesAt({ scan, lexicon, from, to }: Reading, index: number): number {
  if (index < from || index >= to) return 0;
  const slot = scan.slot[index] ?? -1;
  return slot < 0 ? 0 : (lexicon.cues[slot] ?? 0);
}

/** Whether a clause begins with the word: nothing stands before it, or a mark. */
function begins({ scan, from }: Reading, index: number): boolean {
  return index <= from || ((scan.info[index] ?? 0) & CLAUSE_MARKS) !== 0;
}

/** Whether a comma, dash or the like follows the word; a colon alone follows the name of a field or speaker. */
function isSetOff({ scan, to }: Reading, index: number): boolean {
  return index + 1 < to && ((scan.info[index + 1] ?? 0) & INFO.comma) !== 0;
}

/** Whether an order may begin with the word: after "Assistant," it does, in a list of trades it does not. */
function mayOrder({ scan, lexicon, to }: Reading, index: number): boolean {
  const slot = index < to ? (scan.slot[index] ?? -1) : -1;
  return slot >= 0 && ((lexicon.kinds[slot] ?? 0) & (WORD.base | WORD.filler)) !== 0;
}

/** A machine's name, from its article's place on. */
interface Name {
  readonly from: number;
  readonly last: number;
  readonly hasArticle: boolean;
}

/** Whether what stands around a name speaks to who bears it. */
function isHailed(reading: Reading, { from, last, hasArticle }: Name): boolean {
  const before = cuesAt(reading, from - 1);
  if (begins(reading, from)) {
    if ((before & YOU) !== 0) return true;
    const inList = from > reading.from && isSetOff(reading, from - 1);
    return !hasArticle && !inList && isSetOff(reading, last) && mayOrder(reading, last + 1);
  }
  if ((before & TOWARDS) !== 0) {
    return begins(reading, from - 1) || (cuesAt(reading, from - 2) & CALLS) !== 0;
  }
  if ((before & BEING) !== 0) return ((before | cuesAt(reading, from - 2)) & YOU) !== 0;
  return (before & HAILED) !== 0;
}

/** "AI agents must …", "every assistant that reads this". */
function isObliged(reading: Reading, last: number): boolean {
  if (isSetOff(reading, last)) return false;
  if ((cuesAt(reading, last + 1) & (OBLIGED | READS)) !== 0) return true;
  return (cuesAt(reading, last + 2) & READS) !== 0;
}

function isAddressed(reading: Reading, at: number): boolean {
  const named = MACHINE | MACHINE_PART;
  let first = at;
  let last = at;
  while (last - at < NAME_WORDS_MAX && (cuesAt(reading, last + 1) & named) !== 0) last++;
  if (isObliged(reading, last)) return true;
  for (; at - first < NAME_WORDS_MAX && !begins(reading, first); first--) {
    if ((cuesAt(reading, first - 1) & named) === 0) break;
  }
  let from = first;
  for (; first - from < ARTICLES_MAX && !begins(reading, from); from--) {
    if ((cuesAt(reading, from - 1) & ARTICLE) === 0) break;
  }
  return isHailed(reading, { from, last, hasArticle: from < first });
}

/** What stands before the word at `at`: a "not", one of a reminder ("do not forget to tell"), or neither. */
function negationOf(reading: Reading, at: number): 'negated' | 'reminded' | 'none' {
  for (let i = at - 1; i >= reading.from && i >= at - NEGATION_REACH; i--) {
    if (begins(reading, i + 1)) break;
    const cues = cuesAt(reading, i);
    if ((cues & FORGET) !== 0) return 'reminded';
    if ((cues & NEGATION) !== 0) return 'negated';
  }
  return 'none';
}

/** Whether the telling at `at` is what is forbidden: "do not tell", "erwähne das niemandem". */
function isForbidden(reading: Reading, at: number): boolean {
  const negation = negationOf(reading, at);
  if (negation !== 'none') return negation === 'negated';
  for (let i = at + 1; i <= at + NOBODY_REACH && !begins(reading, i); i++) {
    if ((cuesAt(reading, i) & NOBODY) !== 0) return true;
  }
  return false;
}

/** Whether "before" at `at` is before the reader goes on with the work. */
function isBeforeGoingOn(reading: Reading, at: number): boolean {
  if ((cuesAt(reading, at + 1) & YOU) === 0 || begins(reading, at + 1)) return false;
  for (let i = at + 2; i <= at + 1 + GO_ON_REACH; i++) {
    if ((cuesAt(reading, i) & GO_ON) !== 0) return true;
  }
  return false;
}

/** Whether what is called earlier at `at` is the writer's own: "ignore my previous mail", "cancel our existing order". */
function isMine(reading: Reading, at: number): boolean {
  const { scan, lexicon, from } = reading;
  for (let i = at - 1; i >= from && i >= at - MINE_REACH && !begins(reading, i + 1); i--) {
    const slot = scan.slot[i] ?? -1;
    if (slot >= 0 && ((lexicon.requestCues[slot] ?? 0) & MINE) !== 0) return true;
  }
  return false;
}

/** Whether with the word at `at` its clause ends: "drop all of the above and …". */
function endsClause(reading: Reading, at: number): boolean {
  const next = at + 1;
  if (next >= reading.to || begins(reading, next)) return true;
  const slot = reading.scan.slot[next] ?? -1;
  return slot >= 0 && ((reading.lexicon.kinds[slot] ?? 0) & WORD.opener) !== 0;
}

/**
 * Whether something is set aside, and by a verb that says just that: "cancel", "drop" and "discard" are daily work too,
 * and set aside what came before only where nothing of it is named.
 */
function ignoringOf(reading: Reading): 'none' | 'action' | 'plain' {
  const { scan, lexicon, from, to } = reading;
  let found: 'none' | 'action' = 'none';
  for (let i = from; i < to; i++) {
    if ((cuesAt(reading, i) & IGNORE) === 0) continue;
    // "Never skip the preceding checks."
    if (negationOf(reading, i) === 'negated') continue;
    if ((lexicon.verbActions[scan.slot[i] ?? 0] ?? 0) === 0) return 'plain';
    found = 'action';
  }
  return found;
}

/** The meta classes of cues that count by their place; `cues` are those of the whole segment. */
export function boundMeta(reading: Reading, cues: number): number {
  const hasBefore = (cues & BEFORE) !== 0 && (cues & GO_ON) !== 0;
  const hasTelling = (cues & TELL) !== 0 && (cues & (NEGATION | NOBODY)) !== 0;
  const hasIgnoring = (cues & IGNORE) !== 0 && (cues & PREVIOUS) !== 0;
  if ((cues & MACHINE) === 0 && !hasBefore && !hasTelling && !hasIgnoring) return 0;
  const ignoring = hasIgnoring ? ignoringOf(reading) : 'none';
  let meta = 0;
  for (let i = reading.from; i < reading.to; i++) {
    const own = cuesAt(reading, i);
    if ((own & MACHINE) !== 0 && isAddressed(reading, i)) meta |= metaBit('addresses_ai');
    if (ignoring !== 'none' && (own & PREVIOUS) !== 0 && !isMine(reading, i)) {
      if (ignoring === 'plain' || endsClause(reading, i)) meta |= metaBit('override');
    }
    if (hasTelling && (own & TELL) !== 0 && isForbidden(reading, i)) meta |= metaBit('covert');
    if (hasBefore && (own & BEFORE) !== 0 && isBeforeGoingOn(reading, i)) {
      meta |= metaBit('task_talk');
    }
  }
  return meta;
}
