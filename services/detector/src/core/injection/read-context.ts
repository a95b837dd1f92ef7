/**
 * What an agent has read in one chain so far. What is evicted is decided by marks, proof and recency, never by
 * arrival: who floods an agent pushes out what is weaker, and what is asserted nothing proven.
 */
import { type Assurance, assuranceAtLeast, MARKED } from '@waywarden/schemas';
import {
  idsOf,
  type JudgedCall,
  type Passage,
  type Reading,
  type TextSource,
} from './call-view.ts';

/** With planted texts of other pieces of work (`read-by-agent.ts`) a bit each in the index: 32 in all. */
export const CONTEXT_PASSAGES_MAX = 24;
export const CONTEXT_IDS_MAX = 512;
/** Identifiers of marked passages that writes of the chain had since. */
const SPENT_IDS_MAX = 64;
export interface PassageSeen extends Passage {
  readonly eventId: string;
  readonly atMs: number;
  readonly assurance: Assurance;
  readonly trust: string;
  /** Its place among the passages of its result. */
  readonly index: number;
  /** The request named the source that was read. */
  readonly named: boolean;
  /** It was read in another piece of work. */
  readonly isOfOtherWork?: true;
  readonly source?: TextSource;
  readonly reportedBy?: string;
  readonly nativeId?: string;
}

export interface ReadContext {
  readonly passages: readonly PassageSeen[];
  /** Identifiers that stood outside of marked passages, latest last. */
  readonly others: readonly string[];
  /** Of marked passages, those that a write had since: a record may have them from there. */
  readonly spent: readonly string[];
  /** Something that was read is in a language that is not. */
  readonly hasUnread: boolean;
}

export const EMPTY_CONTEXT: ReadContext = {
  passages: [],
  others: [],
  spent: [],
  hasUnread: false,
};

/** Strongest last: what stays when there are too many. */
function byWorth(a: PassageSeen, b: PassageSeen): number {
  const marked = Number(a.mark >= MARKED) - Number(b.mark >= MARKED);
  if (marked !== 0) return marked;
  if (a.assurance !== b.assurance) return assuranceAtLeast(a.assurance, b.assurance) ? 1 : -1;
  const orders = Number(a.kind === 'imperative') - Number(b.kind === 'imperative');
  return orders || a.atMs - b.atMs || (a.eventId < b.eventId ? -1 : 1) || a.index - b.index;
}

/** The `max` strongest, in the order in which they were read. */
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

/** In whatever order: neither list has one. */
const sameList = (a: readonly string[], b: readonly string[]) =>
  a.length === b.length && a.toSorted().join('\n') === b.toSorted().join('\n');

export function isSameText(a: Passage, b: Passage): boolean {
  return a.kind === b.kind && sameList(a.tokens, b.tokens) && sameList(a.ids, b.ids);
}

/** The same text again counts once, by the event that is believed furthest. */
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
 * Where else an identifier stands takes weight off a passage that orders something with it. So what the
 * text's own source says beside it counts for nothing, what outsiders can write counts only before the passage was
 * read, and what a write may have carried into a record only where the record is trusted.
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

/** The context after something was read; `named`: the request names where it stands. */
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

/** The context after `call` brought `reading`; judge the call before. */
export function observe(
  before: ReadContext,
  call: JudgedCall,
  reading: Reading | null,
): ReadContext {
  const spent = withSpent(before, call);
  const context = { ...before, spent };
  return reading === null ? context : observeReading(context, reading, isNamedSource(call));
}
