/**
 * What one segment asks for and how it talks: the action groups of its imperative clauses, those it
 * merely speaks of, and the meta classes of its cue words.
 *
 * An imperative is a base-form verb where a clause begins: at the start of the segment, after a lead-in
 * (`TODO:`, `1.`), a comma, an opener ("and", "then"), and past fillers ("please", "you must"). A
 * gerund asks too after a polite word ("would you mind sending"), and after a modal of languages that
 * put their infinitive last. A verb that as often begins no order needs its object (`uncertain-verb.ts`), and a
 * formal order its pronoun ("Senden Sie").
 * Position and not grammar: a parser would be slower and no better on text that isn't quite English.
 */

import { META_CLASSES, type MetaClass } from '@waywarden/schemas';
import { boundMeta } from './bound-cues.ts';
import { type Lexicon, WORD } from './lexicon/compile.ts';
import { CUES, type Cue } from './lexicon/language.ts';
import { DIGITS_SHIFT, INFO, type Scan } from './scan-text.ts';
import { isAskedAfter, isOrderedBy } from './uncertain-verb.ts';
import { unspokenOrders } from './unspoken-orders.ts';

/** A verb's object stands within so many words after it. */
const OBJECT_REACH_WORDS = 5;

export interface Segment {
  readonly from: number;
  readonly to: number;
  /** Bits over ACTION_GROUPS. */
  readonly asked: number;
  readonly spoken: number;
  /** The first verb that asks, or -1. */
  readonly verb: number;
  readonly meta: number;
}

interface MetaRule {
  readonly meta: MetaClass;
  /** All of these cues in one segment. */
  readonly all: readonly Cue[];
}

/**
 * Shared by all languages: cues are what a language translates. Those that tell something only where they stand
 * are in bound-cues.ts.
 */
const META_RULES: readonly MetaRule[] = [
  { meta: 'addresses_ai', all: ['message', 'you', 'urgent'] },
  { meta: 'override', all: ['ignore', 'instruction'] },
  { meta: 'override', all: ['ignore', 'task'] },
  { meta: 'override', all: ['before', 'you', 'solve', 'task'] },
  { meta: 'override', all: ['before', 'following', 'solve', 'you'] },
  { meta: 'task_talk', all: ['task', 'gave'] },
  { meta: 'task_talk', all: ['task', 'solve', 'you'] },
  { meta: 'task_talk', all: ['instruction', 'following'] },
  { meta: 'task_talk', all: ['tool', 'argument'] },
  { meta: 'task_talk', all: ['task', 'previous'] },
  { meta: 'urgent', all: ['urgent'] },
  { meta: 'covert', all: ['silent'] },
  { meta: 'todo', all: ['todo'] },
];

function bitsOf(cues: readonly Cue[]): number {
  return cues.reduce((bits, cue) => bits | (1 << CUES.indexOf(cue)), 0);
}

const COMPILED_RULES = META_RULES.map(({ meta, all }) => ({
  bit: 1 << META_CLASSES.indexOf(meta),
  cues: bitsOf(all),
}));
export const TAG_META = 1 << META_CLASSES.indexOf('tag');

function metaOf(cues: number): number {
  if (cues === 0) return 0;
  let meta = 0;
  for (const rule of COMPILED_RULES) if ((cues & rule.cues) === rule.cues) meta |= rule.bit;
  return meta;
}

/** Whether the word at a clause's start is a list number or letter, which begins nothing. */
function isListMark(scan: Scan, index: number): boolean {
  const info = scan.info[index] ?? 0;
  const length = (scan.end[index] ?? 0) - (scan.start[index] ?? 0);
  return length <= 2 && (info & INFO.letter) === 0 && info >>> DIGITS_SHIFT > 0;
}

/** So many words make a field whose name may be a verb: `email: ada@corp.example`, `order: 4711 open`. */
const FIELD_WORDS_MAX = 3;

/** Whether the unit is what parts the cells of a row. */
function isCellMark(unit: number): boolean {
  return unit === 59 || unit === 124 || unit === 9;
}

/** So far from its word is a cell's mark looked for: past blanks, and the quotes of a quoted cell. */
const CELL_MARK_REACH = 8;

/** Whether going from `at` by `step` past blanks and quotes a mark of a row is met. */
function meetsCellMark(text: string, at: number, step: 1 | -1): boolean {
  for (let i = at, left = CELL_MARK_REACH; left > 0; i += step, left--) {
    const unit = text.charCodeAt(i);
    if (isCellMark(unit)) return true;
    if (unit !== 32 && unit !== 34 && unit !== 39) return false;
  }
  return false;
}

/**
 * Whether the segment is a cell: one word beside a mark that parts cells, as in a table's `4711;open;…`. There a
 * verb alone says not what to do it to. On a line of its own it may be an order that goes on in the next lines.
 */
function isCell({ text, start, end }: Scan, from: number, to: number): boolean {
  if (to - from !== 1) return false;
  return meetsCellMark(text, (start[from] ?? 0) - 1, -1) || meetsCellMark(text, end[from] ?? 0, 1);
}

/** Whether the segment is a field of a record, whose name asks for nothing whatever word it is. */
function isField({ info, words }: Scan, from: number, to: number): boolean {
  if (to - from > FIELD_WORDS_MAX || from + 1 >= words) return false;
  return ((info[from + 1] ?? 0) & INFO.colon) !== 0;
}

/**
 * Whether the pronoun of a formal order stands behind the verb at `index`. German "sie" are also those that are sent
 * ("und senden sie an …"), so within a segment it needs its capital.
 */
function isFormalOrder(
  scan: Scan,
  lexicon: Lexicon,
  index: number,
  bounds: readonly [from: number, to: number],
) {
  const next = index + 1;
  const slot = next < bounds[1] ? (scan.slot[next] ?? -1) : -1;
  if (slot < 0 || ((lexicon.kinds[slot] ?? 0) & WORD.sir) === 0) return false;
  return index === bounds[0] || ((scan.info[next] ?? 0) & INFO.upper) !== 0;
}

/** Whether the verb at `index`, with which a clause begins, gives an order. */
function isOrder(
  scan: Scan,
  lexicon: Lexicon,
  index: number,
  bounds: readonly [from: number, to: number],
): boolean {
  const kinds = lexicon.kinds[scan.slot[index] ?? 0] ?? 0;
  if ((kinds & WORD.formal) !== 0 && isFormalOrder(scan, lexicon, index, bounds)) return true;
  if ((kinds & WORD.base) === 0) return false;
  return (kinds & WORD.uncertain) === 0 || isOrderedBy(scan, lexicon, index, bounds[1]);
}

/** Reads the words from `from` up to `to`. */
export function readSegment(scan: Scan, lexicon: Lexicon, from: number, to: number): Segment {
  const clauseMarks = INFO.comma | INFO.colon | INFO.quote;
  let asked = 0;
  let spoken = 0;
  let nouns = 0;
  let all = 0;
  let cues = 0;
  let verb = -1;
  let clause = true;
  let polite = false;
  let modal = false;
  let objectUntil = -1;
  for (let i = from; i < to; i++) {
    if (((scan.info[i] ?? 0) & clauseMarks) !== 0) clause = true;
    if (i === from && (isCell(scan, from, to) || isField(scan, from, to))) clause = false;
    const slot = scan.slot[i] ?? -1;
    if (slot < 0) {
      clause = clause && isListMark(scan, i);
      polite = false;
      continue;
    }
    const kinds = lexicon.kinds[slot] ?? 0;
    const verbs = lexicon.verbActions[slot] ?? 0;
    all |= kinds;
    cues |= lexicon.cues[slot] ?? 0;
    spoken |= verbs;
    if ((kinds & WORD.noun) !== 0) nouns |= lexicon.nounActions[slot] ?? 0;
    if (i <= objectUntil && (kinds & WORD.noun) !== 0) asked |= lexicon.nounActions[slot] ?? 0;
    const orders =
      clause && (kinds & (WORD.base | WORD.formal)) !== 0 && isOrder(scan, lexicon, i, [from, to]);
    const isGerund = (polite || modal) && (kinds & WORD.gerund) !== 0;
    const asks = orders || (isGerund && isAskedAfter(scan, lexicon, i));
    if (asks && (kinds & WORD.light) !== 0) objectUntil = i + OBJECT_REACH_WORDS;
    if (asks && verbs !== 0) {
      asked |= verbs;
      if (verb < 0) verb = i;
      objectUntil = i + OBJECT_REACH_WORDS;
    }
    if (asks && verb < 0 && (kinds & WORD.light) !== 0) verb = i;
    clause = (kinds & (WORD.opener | WORD.filler)) !== 0 && (clause || (kinds & WORD.opener) !== 0);
    modal ||= (kinds & WORD.modal) !== 0;
    polite = (kinds & WORD.polite) !== 0 || (polite && (kinds & WORD.filler) !== 0);
  }
  if ((all & (WORD.due | WORD.duty)) !== 0) {
    asked |= unspokenOrders({ scan, lexicon, from, to }, all, nouns);
  }
  return {
    from,
    to,
    asked,
    // Whose verb is of no known language still names what is to be done ("… a transaction to …").
    spoken: asked === 0 ? spoken | nouns : spoken | asked,
    verb: asked === 0 ? -1 : verb,
    meta: metaOf(cues) | (cues === 0 ? 0 : boundMeta({ scan, lexicon, from, to }, cues)),
  };
}
