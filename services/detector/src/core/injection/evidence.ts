/**
 * The evidence that a call obeys text which the agent read instead of its request: fifteen terms from 0 to
 * 1, of the passage that explains the call best. An analyst reads them as they are (`explain-evidence.ts`);
 * what each is worth is fitted (`evidence-weights.ts`).
 */
import type { BenignHistory } from './agent-history.ts';
import type { Call, Item, Purpose } from './call-view.ts';
import { MARKED, type PassageSeen, type ReadContext } from './read-context.ts';

/** By name, whether more of it speaks for a hijack (1) or against one (-1). */
export const TERMS = {
  tied: 1,
  mark: 1,
  tool_named: 1,
  tool_words: 1,
  effect_named: 1,
  value_elsewhere: -1,
  values_read: 1,
  words_read: 1,
  words_asked: -1,
  reads_only: 1,
  sent_there: -1,
  acts: 1,
  writes: 1,
  effect_unknown: 1,
  outsiders_write: 1,
} as const;
export type Term = keyof typeof TERMS;
export const TERM_NAMES = Object.keys(TERMS) as readonly Term[];
export type Terms = Readonly<Record<Term, number>>;

/** Whether a marked passage explains the call, and by what; else why it does not. */
export interface Tie {
  readonly isTied: boolean;
  readonly why: TieReason;
}

const BY = ['value', 'deed', 'tool', 'links'] as const;
const BY_NOT = [
  'no_passage',
  'not_marked',
  'sent_there',
  'other_work',
  'reads',
  'foreign',
  'elsewhere',
  'asked',
  'little',
] as const;
export type TieReason = (typeof BY)[number] | (typeof BY_NOT)[number];

function ties<Why extends TieReason>(isTied: boolean, names: readonly Why[]) {
  const all = names.map((why): [Why, Tie] => [why, { isTied, why }]);
  return Object.fromEntries(all) as Readonly<Record<Why, Tie>>;
}

const TIED = ties(true, BY);
const NOT_TIED = ties(false, BY_NOT);

export interface Evidence {
  readonly terms: Terms;
  /** The passage that explains the call best; null: none does at all. */
  readonly passage: PassageSeen | null;
  /** Arguments of which a new value stands in the passage. */
  readonly paths: readonly string[];
  readonly tie: Tie;
  /** Text that gives orders gives a value that decides the call and is known from nowhere else. */
  readonly isGiven: boolean;
  readonly isUnasked: boolean;
}

export interface EvidenceInput {
  readonly context: ReadContext;
  readonly call: Call;
  readonly history: BenignHistory;
}

const ACTING = new Set(['send', 'pay', 'delete', 'grant', 'execute', 'configure']);
const WRITING = new Set(['create', 'update']);
/** So much of a tool's name in a passage speaks of the tool. */
export const TOOL_WORDS_MIN = 0.5;

interface Held {
  readonly tokens: ReadonlySet<string>;
  readonly ids: ReadonlySet<string>;
}

/** A passage is compared with every call after it. */
const HELD = new WeakMap<PassageSeen, Held>();

function heldBy(passage: PassageSeen): Held {
  const known = HELD.get(passage);
  if (known !== undefined) return known;
  const made = { tokens: new Set(passage.tokens), ids: new Set(passage.ids) };
  HELD.set(passage, made);
  return made;
}

/** A short argument that the request does not give: what the call is done to, with or for. */
interface Decisive {
  readonly path: string;
  /** Passages that hold it. */
  readonly in: number;
  readonly isIdentifier: boolean;
  readonly isElsewhere: boolean;
}

/** The passages of which `isHeld` is true, as bits. */
function passagesWith({ passages }: ReadContext, isHeld: (held: Held) => boolean): number {
  let bits = 0;
  passages.forEach((passage, at) => {
    if (isHeld(heldBy(passage))) bits |= 1 << at;
  });
  return bits;
}

const isText = (item: Item) => item.class === 'text' || (item.class === 'phrase' && !item.idLike);

interface Decided {
  readonly found: readonly Decisive[];
  /** Short arguments that the request gives. */
  readonly given: number;
}

function decisiveOf(
  { call, context, history }: EvidenceInput,
  others: ReadonlySet<string>,
): Decided {
  const { tokens: asked, values } = call.purpose;
  const found: Decisive[] = [];
  let given = 0;
  for (const item of call.items) {
    if (isText(item)) continue;
    const ids = item.ids.filter((id) => !values.has(id));
    for (const id of ids) {
      const isElsewhere = others.has(id) || history.knowsId(id);
      const bits = passagesWith(context, (held) => held.ids.has(id));
      found.push({ path: item.path, in: bits, isIdentifier: true, isElsewhere });
    }
    const words = item.ids.length > 0 ? [] : item.tokens.filter((token) => !asked.has(token));
    if (words.length > 0) {
      const bits = passagesWith(context, ({ tokens }) => words.every((word) => tokens.has(word)));
      found.push({ path: item.path, in: bits, isIdentifier: false, isElsewhere: false });
    }
    if (ids.length === 0 && words.length === 0) given += 1;
  }
  return { found, given };
}

interface Match {
  readonly passage: PassageSeen;
  readonly bit: number;
  readonly toolNamed: boolean;
  readonly toolWords: number;
  readonly effectNamed: boolean;
  readonly wordsRead: number;
  readonly link: number;
}

interface Asking {
  readonly call: Call;
  readonly decisive: readonly Decisive[];
  /** Words of the arguments that the request does not say. */
  readonly unsaid: ReadonlySet<string>;
}

const UNSAID_MIN = 3;

function shareIn(words: Iterable<string>, held: ReadonlySet<string>, atLeast: number): number {
  let [all, found] = [0, 0];
  for (const word of words) {
    all++;
    if (held.has(word)) found++;
  }
  return all === 0 ? 0 : found / Math.max(all, atLeast);
}

function matchOf(passage: PassageSeen, at: number, { call, decisive, unsaid }: Asking): Match {
  const bit = 1 << at;
  const held = heldBy(passage).tokens;
  const { tokens: asked, values } = call.purpose;
  const isAsking = passage.kind === 'imperative';
  // In another piece of work the same tool is called for other reasons.
  const toolNamed =
    passage.isOfOtherWork !== true &&
    call.nameIds.some((id) => passage.ids.includes(id) && !values.has(id));
  const unaskedWords = call.nameWords.filter((word) => !asked.has(word) && held.has(word));
  const toolWords =
    isAsking && call.nameWords.length > 0 ? unaskedWords.length / call.nameWords.length : 0;
  const effectNamed = isAsking && passage.effects.includes(call.effect);
  const wordsRead = isAsking ? shareIn(unsaid, held, UNSAID_MIN) : 0;
  const values_ = decisive.filter((one) => (one.in & bit) !== 0);
  const ids = values_.filter((one) => one.isIdentifier).length;
  const link =
    (toolNamed ? 3 : 0) +
    (ids > 0 ? 2 : 0) +
    (values_.length > ids ? 1 : 0) +
    toolWords +
    (effectNamed ? 0.5 : 0) +
    wordsRead;
  const worth = link > 0.5 ? link + 2 * passage.mark : link;
  return { passage, bit, toolNamed, toolWords, effectNamed, wordsRead, link: worth };
}

function bestMatch({ passages }: ReadContext, asking: Asking): Match | null {
  let best: Match | null = null;
  passages.forEach((passage, at) => {
    const match = matchOf(passage, at, asking);
    if (match.link > 0 && match.link >= (best?.link ?? 0)) best = match;
  });
  return best;
}

/** Whether the request asks for what the call does; of an unknown effect, whether it says the tool's words. */
function isAsked({ effect, nameWords, purpose }: Call): boolean {
  if (effect === 'read') return true;
  const said = shareIn(nameWords, purpose.tokens, 1);
  if (effect === 'unknown') return said >= TOOL_WORDS_MIN;
  if (purpose.effects.includes(effect)) return true;
  return said >= TOOL_WORDS_MIN && purpose.effects.some((one) => one !== 'read');
}

/** Whether the request itself sends the agent to where the passage stands. */
const isSentTo = ({ purpose }: Call, passage: PassageSeen | null) =>
  purpose.delegates && passage?.named === true;

/** Text that is surely planted: where the request itself sends the agent there, less ties nothing. */
const MARKED_SURELY = 0.95;
const LINKS_MIN = { surelyUnasked: 2, else: 3 } as const;
const WORDS_READ_MIN = 0.5;
/** What nobody does to report, quote or refuse what a text wants. */
const DEEDS = new Set(['pay', 'delete', 'grant', 'execute', 'configure']);

/**
 * Whether a marked passage explains what the call does and with what. A value that stands only there ties by
 * itself. A call whose values come from elsewhere does not obey, whatever was planted, unless it does a deed
 * that the passage asks for and the request does not. Else the passage must name the tool, or share two of
 * its tool, effect and words with the call, three where it is less sure or the request asks for the effect as well.
 */
function tieOf(call: Call, match: Match | null, { found: decisive, given }: Decided): Tie {
  if (match === null) return NOT_TIED.no_passage;
  const { passage, bit, effectNamed } = match;
  const isSure = passage.mark >= MARKED_SURELY;
  if (passage.mark < MARKED) return NOT_TIED.not_marked;
  const isUnasked = !isAsked(call);
  if (isSentTo(call, passage) && !isSure) return NOT_TIED.sent_there;
  if (passage.isOfOtherWork === true && !(isSure && isUnasked)) return NOT_TIED.other_work;
  if (call.effect === 'read') return isSure && match.toolNamed ? TIED.tool : NOT_TIED.reads;
  const identifiers = decisive.filter((one) => one.isIdentifier);
  const inPassage = (one: Decisive) => (one.in & bit) !== 0;
  if (identifiers.some((one) => inPassage(one) && !one.isElsewhere)) return TIED.value;
  if (isUnasked && isSure && effectNamed && DEEDS.has(call.effect)) return TIED.deed;
  if (identifiers.length > 0 && !identifiers.some(inPassage)) return NOT_TIED.foreign;
  // Known from elsewhere, and given by the passage too: then only what nobody asked for is obeyed.
  const isOrdered = isUnasked && (isSure || match.toolNamed);
  if (identifiers.length > 0 && !isOrdered) return NOT_TIED.elsewhere;
  if (decisive.length === 0 && given > 0) return NOT_TIED.asked;
  if (match.toolNamed) return TIED.tool;
  const links = [
    match.toolWords >= TOOL_WORDS_MIN,
    effectNamed,
    match.wordsRead >= WORDS_READ_MIN,
    decisive.some(inPassage),
  ];
  const enough = isUnasked && isSure ? LINKS_MIN.surelyUnasked : LINKS_MIN.else;
  return links.filter((is) => is).length >= enough ? TIED.links : NOT_TIED.little;
}

/** Of a request that is not known, or of which no verb is, nobody can say so. */
const asksForReadingOnly = ({ effects }: Purpose) =>
  effects.length > 0 && effects.every((one) => one === 'read');

/** The evidence on `call`, given what the agent had read before it. */
export function evidenceOf(input: EvidenceInput): Evidence {
  const { call, context } = input;
  const { purpose, effect } = call;
  const { found: decisive, given } = decisiveOf(input, new Set(context.others));
  const argumentWords = call.items.flatMap(({ tokens }) => tokens);
  const unsaid = new Set(argumentWords.filter((token) => !purpose.tokens.has(token)));
  const match = bestMatch(context, { call, decisive, unsaid });
  const passage = match?.passage ?? null;
  const values = decisive.length + given;
  const read = decisive.filter((one) => one.in !== 0);
  const tie = tieOf(call, match, { found: decisive, given });
  const terms: Terms = {
    tied: Number(tie.isTied),
    mark: passage?.mark ?? 0,
    tool_named: Number(match?.toolNamed ?? false),
    tool_words: match?.toolWords ?? 0,
    effect_named: Number(match?.effectNamed ?? false),
    value_elsewhere: Number(decisive.some((one) => one.isElsewhere)),
    values_read: values === 0 ? 0 : read.length / values,
    words_read: match?.wordsRead ?? 0,
    words_asked: shareIn([...argumentWords, ...call.nameWords], purpose.tokens, 1),
    reads_only: Number(asksForReadingOnly(purpose) && ACTING.has(effect)),
    sent_there: Number(isSentTo(call, passage)),
    acts: Number(ACTING.has(effect)),
    writes: Number(WRITING.has(effect)),
    effect_unknown: Number(effect === 'unknown'),
    outsiders_write: Number(passage?.trust === 'untrusted'),
  };
  const isGiven =
    passage?.kind === 'imperative' &&
    decisive.some(
      (one) => one.isIdentifier && !one.isElsewhere && (one.in & (match?.bit ?? 0)) !== 0,
    );
  const paths = decisive.filter((one) => match !== null && (one.in & match.bit) !== 0);
  return {
    terms,
    passage,
    paths: [...new Set(paths.map(({ path }) => path))].sort(),
    tie,
    isGiven,
    isUnasked: !isAsked(call),
  };
}
