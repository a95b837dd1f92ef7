/** What a call has in common with a passage: tool, effect, and short arguments that the request does not give. */
import type { BenignHistory } from './agent-history.ts';
import type { Item, JudgedCall } from './call-view.ts';
import type { PassageSeen, ReadContext } from './read-context.ts';

export interface EvidenceInput {
  readonly context: ReadContext;
  readonly call: JudgedCall;
  readonly history: BenignHistory;
}

/** From what share of their words two texts speak of the same. */
export const WORD_SHARE_MIN = 0.5;

interface PassageContent {
  readonly tokens: ReadonlySet<string>;
  readonly ids: ReadonlySet<string>;
}

const contents = new WeakMap<PassageSeen, PassageContent>();

function contentOf(passage: PassageSeen): PassageContent {
  const known = contents.get(passage);
  if (known !== undefined) return known;
  const content = { tokens: new Set(passage.tokens), ids: new Set(passage.ids) };
  contents.set(passage, content);
  return content;
}

export interface Decisive {
  readonly path: string;
  readonly in: number;
  readonly isIdentifier: boolean;
  readonly isElsewhere: boolean;
}

function passagesWith(
  { passages }: ReadContext,
  hasIt: (content: PassageContent) => boolean,
): number {
  let bits = 0;
  passages.forEach((passage, at) => {
    if (hasIt(contentOf(passage))) bits |= 1 << at;
  });
  return bits;
}

const isText = (item: Item) => item.class === 'text' || (item.class === 'phrase' && !item.idLike);

export interface Decided {
  readonly found: readonly Decisive[];
  readonly given: number;
}

export function decisiveOf(
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
      const bits = passagesWith(context, (content) => content.ids.has(id));
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

export interface Match {
  readonly passage: PassageSeen;
  readonly bit: number;
  readonly toolNamed: boolean;
  readonly toolWords: number;
  readonly effectNamed: boolean;
  readonly wordsRead: number;
  readonly link: number;
}

interface Asking {
  readonly call: JudgedCall;
  readonly decisive: readonly Decisive[];
  readonly unsaid: ReadonlySet<string>;
}

const UNSAID_MIN = 3;

export function shareIn(
  words: Iterable<string>,
  tokens: ReadonlySet<string>,
  atLeast: number,
): number {
  let [all, found] = [0, 0];
  for (const word of words) {
    all++;
    if (tokens.has(word)) found++;
  }
  return all === 0 ? 0 : found / Math.max(all, atLeast);
}

function matchOf(
  passage: PassageSeen,
  at: number,
  { call, decisive, unsaid }: Asking,
): Match | null {
  const bit = 1 << at;
  const common = decisive.filter((one) => (one.in & bit) !== 0);
  const ids = common.filter((one) => one.isIdentifier).length;
  const isOther = passage.isOfOtherWork === true;
  if (isOther && ids === 0) return null;
  const tokens = contentOf(passage).tokens;
  const { tokens: asked, values } = call.purpose;
  const isAsking = passage.kind === 'imperative';
  const toolNamed =
    !isOther && call.nameIds.some((id) => passage.ids.includes(id) && !values.has(id));
  const unaskedWords = call.nameWords.filter((word) => !asked.has(word) && tokens.has(word));
  const toolWords =
    isAsking && call.nameWords.length > 0 ? unaskedWords.length / call.nameWords.length : 0;
  const effectNamed = isAsking && passage.effects.includes(call.effect);
  const wordsRead = isAsking ? shareIn(unsaid, tokens, UNSAID_MIN) : 0;
  const link =
    (toolNamed ? 3 : 0) +
    (ids > 0 ? 2 : 0) +
    (common.length > ids ? 1 : 0) +
    toolWords +
    (effectNamed ? 0.5 : 0) +
    wordsRead;
  const worth = link > 0.5 ? link + 2 * passage.mark : link;
  return { passage, bit, toolNamed, toolWords, effectNamed, wordsRead, link: worth };
}

export function bestMatch({ passages }: ReadContext, asking: Asking): Match | null {
  let best: Match | null = null;
  passages.forEach((passage, at) => {
    const match = matchOf(passage, at, asking);
    if (match !== null && match.link > 0 && match.link >= (best?.link ?? 0)) best = match;
  });
  return best;
}

/** Of an unknown effect, whether it says the tool's words. */
export function isAsked({ effect, nameWords, purpose }: JudgedCall): boolean {
  if (effect === 'read') return true;
  const nameShare = shareIn(nameWords, purpose.tokens, 1);
  if (effect === 'unknown') return nameShare >= WORD_SHARE_MIN;
  if (purpose.effects.includes(effect)) return true;
  return nameShare >= WORD_SHARE_MIN && purpose.effects.some((one) => one !== 'read');
}
