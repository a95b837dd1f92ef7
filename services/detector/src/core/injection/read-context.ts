/** What an agent has read in one chain. Evicted by marks, proof and recency, never by arrival. */
import { type Assurance, assuranceAtLeast, MARKED } from '@waywarden/schemas';
import {
  idsOf,
  type JudgedCall,
  type Passage,
  type Reading,
  type TextSource,
} from './call-view.ts';

/** One bit each, with the planted texts of other tasks: 32 in all. */
export const CONTEXT_PASSAGES_MAX = 24;
export const CONTEXT_IDS_MAX = 512;
const SPENT_IDS_MAX = 64;
export interface PassageSeen extends Passage {
  readonly eventId: string;
  readonly atMs: number;
  readonly assurance: Assurance;
  readonly trust: string;
  readonly index: number;
  readonly named: boolean;
  readonly isOfOtherWork?: true;
  readonly source?: TextSource;
  readonly reportedBy?: string;
  readonly nativeId?: string;
}

export interface ReadContext {
  readonly passages: readonly PassageSeen[];
  readonly others: readonly string[];
  /** A record may have them from a write. */
  readonly spent: readonly string[];
  readonly hasUnread: boolean;
}

export const EMPTY_CONTEXT: ReadContext = {
  passages: [],
  others: [],
  spent: [],
  hasUnread: false,
};

/** Strongest last. */
function byWorth(a: PassageSeen, b: PassageSeen): number {
  const marked = Number(a.mark >= MARKED) - Number(b.mark >= MARKED);
  if (marked !== 0) return marked;
  if (a.assurance !== b.assurance) return assuranceAtLeast(a.assurance, b.assurance) ? 1 : -1;
  const orders = Number(a.kind === 'imperative') - Number(b.kind === 'imperative');
  return orders || a.atMs - b.atMs || (a.eventId < b.eventId ? -1 : 1) || a.index - b.index;
}

/** In reading order. */
export function strongestPassages(
  all: readonly PassageSeen[],
  max: number,
): readonly PassageSeen[] {
  if (all.length <= max) return all;
  const retained = new Set([...all].sort(byWorth).slice(-max));
  return all.filter((passage) => retained.has(passage));
}

export function isNamedSource({ purpose, items, nameWords }: JudgedCall): boolean {
  const { sources } = purpose;
  if (sources.size === 0) return false;
  if (purpose.delegates && nameWords.some((word) => sources.has(word))) return true;
  return items.some(({ tokens }) => tokens.some((token) => sources.has(token)));
}

function seenPassage(passage: Passage, reading: Reading, named: boolean, index: number) {
  const { eventId, atMs, assurance, trust, source, reportedBy, nativeId } = reading;
  const seen: PassageSeen = { ...passage, eventId, atMs, assurance, trust, index, named };
  return {
    ...seen,
    ...(source === undefined ? {} : { source }),
    ...(reportedBy === undefined ? {} : { reportedBy }),
    ...(nativeId === undefined ? {} : { nativeId }),
  };
}

const sameList = (a: readonly string[], b: readonly string[]) =>
  a.length === b.length && a.toSorted().join('\n') === b.toSorted().join('\n');

function isSameText(a: Passage, b: Passage): boolean {
  return a.kind === b.kind && sameList(a.tokens, b.tokens) && sameList(a.ids, b.ids);
}

/** The same text counts once. */
export function withPassages(
  before: readonly PassageSeen[],
  reading: Reading,
  named: boolean,
): readonly PassageSeen[] {
  let all: PassageSeen[] | undefined;
  reading.passages.forEach((passage, index) => {
    const known = all ?? before;
    const at = known.findIndex((one) => isSameText(one, passage));
    const inHand = known[at];
    if (inHand !== undefined && assuranceAtLeast(inHand.assurance, reading.assurance)) return;
    all ??= [...before];
    const seen = seenPassage(passage, reading, named, index);
    if (at < 0) all.push(seen);
    else all[at] = seen;
  });
  return all ?? before;
}

const NO_IDS: ReadonlySet<string> = new Set();

const idsIn = (passages: readonly Passage[]): ReadonlySet<string> =>
  passages.length === 0 ? NO_IDS : new Set(passages.flatMap(({ ids }) => ids));

const markedIds = (passages: readonly Passage[]) =>
  idsIn(passages.filter(({ mark }) => mark >= MARKED));

/**
 * Where else an identifier stands weakens a passage that orders with it: not what the same source says, outsiders'
 * text only if read before, carried records only if trusted.
 */
function withOthers(context: ReadContext, reading: Reading): readonly string[] {
  const own = idsIn(reading.passages.filter(({ kind }) => kind === 'imperative'));
  const read = markedIds(context.passages);
  const spent = new Set(context.spent);
  const isOther = (id: string) => {
    if (own.has(id)) return false;
    if (!read.has(id) || reading.trust === 'trusted') return true;
    return reading.trust !== 'untrusted' && !spent.has(id);
  };
  const known = new Set(context.others);
  const added = reading.otherIds.filter((id) => !known.has(id) && isOther(id));
  if (added.length === 0) return context.others;
  return [...context.others, ...new Set(added)].slice(-CONTEXT_IDS_MAX);
}

function withSpent(context: ReadContext, call: JudgedCall): readonly string[] {
  if (call.effect === 'read' || context.passages.length === 0) return context.spent;
  const read = markedIds(context.passages);
  const added = idsOf(call).filter((id) => read.has(id) && !context.spent.includes(id));
  return added.length === 0 ? context.spent : [...context.spent, ...added].slice(-SPENT_IDS_MAX);
}

/** `named`: the request names the source. */
export function observeReading(
  context: ReadContext,
  reading: Reading,
  named: boolean,
): ReadContext {
  const passages = withPassages(context.passages, reading, named);
  return {
    ...context,
    passages: strongestPassages(passages, CONTEXT_PASSAGES_MAX),
    others: withOthers(context, reading),
    hasUnread: context.hasUnread || reading.isUnread,
  };
}

/** Judge the call before. */
export function observe(
  before: ReadContext,
  call: JudgedCall,
  reading: Reading | null,
): ReadContext {
  const spent = withSpent(before, call);
  const context = { ...before, spent };
  return reading === null ? context : observeReading(context, reading, isNamedSource(call));
}
