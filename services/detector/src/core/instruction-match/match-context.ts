/**
 * What an agent has read in one chain so far: the strongest passages and where identifiers were first
 * met. Plain JSON and bounded, so that it can be stored beside the agent's other state. Who floods an
 * agent with passages can only push out weaker ones, and the oldest among equals.
 */
import { type Assurance, assuranceAtLeast } from '@waywarden/schemas';
import { type Call, idsOf, type Passage, type Result, type TextSource } from './call-digest.ts';
import { GrowingMemo } from './growing-memo.ts';

/** A bit each in the token index, so at most 32. */
export const CONTEXT_PASSAGES_MAX = 32;
export const CONTEXT_IDS_MAX = 512;
const VERSION = 1;

export interface PassageSeen extends Passage {
  readonly eventId: string;
  readonly assurance: Assurance;
  readonly source?: TextSource;
  readonly toldBy?: string;
  readonly nativeId?: string;
  /** Its place among the passages of its result. */
  readonly index: number;
  /** The request named the source that was read. */
  readonly named: boolean;
}

/** `carried`: met in text, and a write of this chain had it since: a record may have it from there. */
export type Origin = 'text' | 'field' | 'carried';

export interface MatchContext {
  readonly version: typeof VERSION;
  readonly passages: readonly PassageSeen[];
  /** First met where, oldest first. */
  readonly origins: readonly (readonly [id: string, origin: Origin])[];
  readonly previousTool: string | null;
}

export const EMPTY_CONTEXT: MatchContext = {
  version: VERSION,
  passages: [],
  origins: [],
  previousTool: null,
};

/** How strong a passage is, whatever it is compared with. */
export function rankOf(passage: Pick<Passage, 'kind' | 'meta' | 'ids'>): number {
  const asks = passage.kind === 'mention' ? 0 : 4;
  return passage.meta.length * 4 + (passage.ids.length > 0 ? 3 : 0) + asks;
}

/** A number that equal lists have in common, whatever the order of their words. */
function sumOf(tokens: readonly string[]): number {
  let sum = 0;
  for (const token of tokens) sum += token.length + 31 * (token.codePointAt(0) ?? 0);
  return sum;
}

export function sameList(a: readonly string[], b: readonly string[]): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let at = 0; at < a.length; at++) if (a[at] !== b[at]) return false;
  return true;
}

/** The same words, in whatever order; most other lists differ in how many they are, or in their sum. */
function sameWords(a: readonly string[], b: readonly string[]): boolean {
  if (a.length !== b.length) return false;
  if (sameList(a, b)) return true;
  return sumOf(a) === sumOf(b) && sameList([...a].sort(), [...b].sort());
}

function isSameText(a: Passage, b: Passage): boolean {
  return (
    a.kind === b.kind &&
    sameWords(a.tokens, b.tokens) &&
    sameList(a.actions, b.actions) &&
    sameList(a.meta, b.meta)
  );
}

/** Whether the request names the source that this call reads: by its name, or by what the tool reads. */
export function isNamedSource(call: Call): boolean {
  const { sources } = call.purpose;
  if (sources.length === 0) return false;
  const named = new Set(sources);
  if (call.purpose.handsOver && call.objectTokens.some((token) => named.has(token))) return true;
  return call.items.some(({ tokens }) => tokens.some((token) => named.has(token)));
}

function addPassages(
  context: MatchContext,
  result: Result,
  named: boolean,
): readonly PassageSeen[] {
  let all: PassageSeen[] | undefined;
  result.passages.forEach((passage, index) => {
    const known = all ?? context.passages;
    const before = known.findIndex((one) => isSameText(one, passage));
    const held = known[before]?.assurance;
    // The same text again counts once, by the event that is believed furthest: who asserts it first
    // must not make what a proven event brings look asserted.
    if (held !== undefined && assuranceAtLeast(held, result.assurance)) return;
    all ??= [...context.passages];
    const at = before >= 0 ? before : all.length;
    all[at] = seenPassage(passage, result, { index, named });
  });
  return all === undefined ? context.passages : strongest(all);
}

function seenPassage(
  { kind, actions, meta, tokens, ids }: Passage,
  { eventId, assurance, source, toldBy, nativeId }: Result,
  { index, named }: Pick<PassageSeen, 'index' | 'named'>,
): PassageSeen {
  const seen: { -readonly [K in keyof PassageSeen]: PassageSeen[K] } = {
    kind,
    actions,
    meta,
    tokens,
    ids,
    eventId,
    assurance,
    index,
    named,
  };
  if (toldBy !== undefined) seen.toldBy = toldBy;
  if (nativeId !== undefined) seen.nativeId = nativeId;
  if (source !== undefined) seen.source = source;
  return seen;
}

/** The strongest `CONTEXT_PASSAGES_MAX`, in their order. */
function strongest(all: readonly PassageSeen[]): readonly PassageSeen[] {
  if (all.length <= CONTEXT_PASSAGES_MAX) return all;
  const keep = all
    .map((passage, at) => ({ at, rank: rankOf(passage) }))
    .sort((a, b) => b.rank - a.rank || b.at - a.at)
    .slice(0, CONTEXT_PASSAGES_MAX);
  const kept = new Set(keep.map(({ at }) => at));
  return all.filter((_, at) => kept.has(at));
}

/** Origins by identifier: hundreds of them, of which a call asks for a few. */
const BY_ID = new GrowingMemo<MatchContext['origins'][number], Map<string, Origin>>(
  () => new Map(),
  (byId, [id, origin]) => byId.set(id, origin),
);

export function originsById({ origins }: MatchContext): ReadonlyMap<string, Origin> {
  return BY_ID.of(origins);
}

/** The list with what became known of identifiers that it has; the same one where nothing did. */
function withOrigins(
  before: MatchContext['origins'],
  ids: Iterable<string>,
  from: Origin,
  to: Origin,
): MatchContext['origins'] {
  const byId = BY_ID.of(before);
  let changed: Set<string> | undefined;
  for (const id of ids) {
    if (byId.get(id) !== from) continue;
    changed ??= new Set();
    changed.add(id);
  }
  if (changed === undefined) return before;
  return before.map((one) => (changed.has(one[0]) ? ([one[0], to] as const) : one));
}

/** What a write took out of a text may come back from any record, so no record clears it any more. */
function carriedBy(context: MatchContext, call: Call): MatchContext {
  if (!call.write || context.origins.length === 0) return context;
  const origins = withOrigins(context.origins, idsOf(call), 'text', 'carried');
  return origins === context.origins ? context : { ...context, origins };
}

/** A system of record that has it in a field knows it from elsewhere, whatever text said it first. */
function clearedBy(context: MatchContext, result: Result): MatchContext['origins'] {
  if (result.isTrusted !== true) return context.origins;
  return withOrigins(context.origins, result.fieldIds, 'text', 'field');
}

function addOrigins(context: MatchContext, result: Result): MatchContext['origins'] {
  const { passages, freeTextIds, fieldIds } = result;
  const before = clearedBy(context, result);
  if (before.length >= CONTEXT_IDS_MAX) return before;
  if (freeTextIds.length + fieldIds.length + passages.length === 0) return before;
  const known = BY_ID.of(before);
  const added = new Map<string, Origin>();
  const add = (ids: readonly string[], origin: Origin) => {
    for (const id of ids) {
      if (known.size + added.size >= CONTEXT_IDS_MAX) return;
      if (!known.has(id) && !added.has(id)) added.set(id, origin);
    }
  };
  // A value that stands in a field of the same result is a record that some text repeats.
  add(fieldIds, 'field');
  add(freeTextIds, 'text');
  // Those of passages too, since a spelled-out address is put together only there.
  for (const { ids } of passages) add(ids, 'text');
  return added.size === 0 ? before : [...before, ...added];
}

/** The context after `call` returned `result`; score the call before. */
export function observe(before: MatchContext, call: Call, result: Result | null): MatchContext {
  const context = carriedBy(before, call);
  if (result === null) return { ...context, previousTool: call.tool };
  const named = result.passages.length > 0 && isNamedSource(call);
  return observeResult(context, result, named, call.tool);
}

/** The same for a result of which only this is known: what it brought, and whether it was named. */
export function observeResult(
  context: MatchContext,
  result: Result,
  named: boolean,
  previousTool = context.previousTool,
): MatchContext {
  const { passages } = result;
  return {
    version: VERSION,
    passages: passages.length === 0 ? context.passages : addPassages(context, result, named),
    origins: addOrigins(context, result),
    previousTool,
  };
}
