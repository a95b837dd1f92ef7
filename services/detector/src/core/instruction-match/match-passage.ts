/**
 * How well one call is explained by each passage that the agent read: by its verb and object, and by
 * the argument words that the passage holds and the request does not.
 */
import { type Call, type Item, WRITING } from './call-digest.ts';
import { isPlanted } from './delegated.ts';
import type { MatchContext, PassageSeen } from './match-context.ts';
import type { TokenIndex } from './token-index.ts';
import { ACTION, VALUE } from './weights.ts';

/**
 * Groups that different tools and people use for one thing: an event is created or scheduled, a user
 * added or invited. Symmetric closure is not wanted: each line says what a tool of the group may be
 * asked for as.
 */
const KIN: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries({
    send: ['share', 'post'],
    [WRITING]: ['send', 'share', 'post', 'create', 'append', 'update'],
    pay: ['send'],
    create: ['schedule', 'append', 'invite', 'reserve'],
    delete: ['cancel'],
    update: ['schedule', 'append', 'cancel'],
    reserve: ['create', 'schedule'],
    invite: ['create', 'append', 'share'],
    share: ['send', 'invite'],
    post: ['send', 'share'],
    append: ['create', 'update', 'invite'],
    schedule: ['create', 'update', 'reserve'],
    cancel: ['delete'],
    read: [],
  }),
);

/** Whether a tool of group `action` does what one of `asked` asks for. */
export function acts(action: string | null, asked: readonly string[]): boolean {
  if (action === null) return false;
  if (asked.includes(action)) return true;
  const kin = KIN.get(action);
  return kin?.some((group) => asked.includes(group)) ?? false;
}

/**
 * The verb of the call's name: of one that writes, that of letters; of a memory whose name has none, that of saving.
 * Requests explain a call by this one alone.
 */
export function verbOf({ action, isMemory }: Call): string | null {
  if (action !== WRITING) return action;
  return isMemory ? 'create' : 'send';
}

/**
 * What the call does where a passage asks for it. That something is to be put into a file is in many mails ("add the
 * report to the folder"), so an unmarked one meets a call that writes only by its verb.
 */
export function actionFor(call: Call, passage: PassageSeen): string | null {
  return isPlanted(passage) ? call.action : verbOf(call);
}

export interface ItemMatch {
  readonly item: Item;
  /** Words that the request did not say. */
  readonly unsaid: number;
  /** Of these, how many each passage holds; empty where none holds any. */
  readonly held: readonly number[];
  /** Passages that hold one of the item's identifiers, as bits. */
  readonly idBits: number;
  /** It has identifiers, and all are known to the agent's records or history. */
  readonly known: boolean;
}

export interface Surroundings {
  /** Of the context's passages. */
  readonly index: TokenIndex;
  readonly context: MatchContext;
  readonly said: ReadonlySet<string>;
  readonly known: ReadonlySet<string>;
}

const NONE: readonly number[] = [];

export function matchItem(item: Item, { index, context, said, known }: Surroundings): ItemMatch {
  let held: number[] | undefined;
  let unsaid = 0;
  for (const token of item.tokens) {
    if (said.has(token)) continue;
    unsaid++;
    for (let bits = index.get(token) ?? 0; bits !== 0; bits &= bits - 1) {
      const at = 31 - Math.clz32(bits & -bits);
      held ??= new Array<number>(context.passages.length).fill(0);
      held[at] = (held[at] ?? 0) + 1;
    }
  }
  let idBits = 0;
  for (const id of item.ids) if (!said.has(id)) idBits |= index.get(id) ?? 0;
  const allKnown = item.ids.length > 0 && item.ids.every((id) => known.has(id));
  return { item, unsaid, held: held ?? NONE, idBits, known: allKnown };
}

export interface PassageMatch {
  readonly at: number;
  readonly action: number;
  readonly value: number;
  readonly identifier: boolean;
  /** Share of all unsaid argument words that the passage holds. */
  readonly coverage: number;
  readonly best: ItemMatch | null;
}

function actionMatch(call: Call, passage: PassageSeen, object: boolean): number {
  // Whatever else it speaks of, what is to be remembered is for a memory: "remember that invoices are paid to …", but
  // not "remember to send …", which orders just that.
  const isToRemember = call.isMemory && object && passage.kind === 'mention';
  if (!isToRemember && !acts(actionFor(call, passage), passage.actions)) {
    // A verb of no known language leaves its object: "… the file with ID 13". What is marked as
    // planted needs no such help, and would reach those who read it and did something else.
    const isSilent = passage.actions.length === 0 && passage.meta.length === 0;
    return object && isSilent && call.write ? ACTION.objectAlone : 0;
  }
  const weights = passage.kind === 'mention' ? ACTION.mention : ACTION.imperative;
  return object ? weights.verbAndObject : weights.verb;
}

/**
 * One word or small number that any listing may hold says little by itself: only in a passage that is
 * marked, or as an identifier, does it count in full.
 */
function isBare({ item, unsaid }: ItemMatch, { meta, ids }: PassageSeen): boolean {
  return unsaid === 1 && item.ids.length === 0 && meta.length === 0 && ids.length === 0;
}

function valueWeight(match: ItemMatch, passage: PassageSeen): number {
  const { item } = match;
  if (item.idLike) return VALUE.idLike;
  if (isBare(match, passage)) return VALUE.bare;
  return item.class === 'atom' ? VALUE.atom : VALUE.long;
}

interface PassageQuestion {
  readonly call: Call;
  readonly items: readonly ItemMatch[];
  /** Passages of the context that hold a word of the tool's object, as bits. */
  readonly objectBits: number;
  /** Those of the call's items whose text may be a quotation (quoted.ts). */
  readonly quotable: readonly Item[];
}

/** The match of the call with a passage, the one at `at`. */
export function matchPassage(
  passage: PassageSeen,
  at: number,
  { call, items, objectBits, quotable }: PassageQuestion,
): PassageMatch {
  const action = actionMatch(call, passage, (objectBits & (1 << at)) !== 0);
  // It asks for something else than what the call does, so text may only repeat its words (quoted.ts).
  const isOther = action === 0 && passage.actions.length > 0;
  let value = 0;
  let best: ItemMatch | null = null;
  let identifier = false;
  let unsaid = 0;
  let held = 0;
  for (const match of items) {
    if (match.unsaid === 0) continue;
    unsaid += match.unsaid;
    held += match.held[at] ?? 0;
    if ((match.idBits & (1 << at)) !== 0 && !match.known) identifier = true;
    const share = (match.held[at] ?? 0) / match.unsaid;
    if (share === 0 || (share < VALUE.shareMin && !match.item.idLike)) continue;
    if (isOther && quotable.includes(match.item)) continue;
    const worth = share * valueWeight(match, passage) * (match.known ? VALUE.known : 1);
    if (worth > value) {
      value = worth;
      best = match;
    }
  }
  return { at, action, value, identifier, coverage: unsaid === 0 ? 0 : held / unsaid, best };
}
