/**
 * What an agent has read in one chain so far: the strongest passages and where identifiers were first
 * met. Plain JSON and bounded, so that it can be stored beside the agent's other state. Who floods an
 * agent with passages can only push out weaker ones, and the oldest among equals.
 */
import { type Assurance, assuranceAtLeast } from '@waywarden/schemas';
import type { Call, Passage, Result } from './call-digest.ts';

/** A bit each in the token index, so at most 32. */
export const CONTEXT_PASSAGES_MAX = 32;
export const CONTEXT_IDS_MAX = 512;
const VERSION = 1;

export interface PassageSeen extends Passage {
  readonly eventId: string;
  readonly assurance: Assurance;
  /** Its place among the passages of its result. */
  readonly index: number;
  /** The request named the source that was read. */
  readonly named: boolean;
}

export type Origin = 'text' | 'field';

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

function rankOf(passage: Passage): number {
  const asks = passage.kind === 'mention' ? 0 : 4;
  return passage.meta.length * 4 + (passage.ids.length > 0 ? 3 : 0) + asks;
}

/** Passages are immutable and stay in a context for many calls: remembered by identity. */
const SIGNATURES = new WeakMap<Passage, string>();

function signatureOf(passage: Passage): string {
  const remembered = SIGNATURES.get(passage);
  if (remembered !== undefined) return remembered;
  const { kind, actions, meta, tokens } = passage;
  const signature = `${kind} ${actions.join(' ')} / ${meta.join(' ')} / ${[...tokens].sort().join(' ')}`;
  SIGNATURES.set(passage, signature);
  return signature;
}

function isNamedSource(call: Call): boolean {
  const { sources } = call.purpose;
  if (sources.length === 0) return false;
  const named = new Set(sources);
  return call.items.some(({ tokens }) => tokens.some((token) => named.has(token)));
}

function addPassages(context: MatchContext, call: Call, result: Result): readonly PassageSeen[] {
  if (result.passages.length === 0) return context.passages;
  const named = isNamedSource(call);
  const known = new Map(context.passages.map((passage) => [signatureOf(passage), passage]));
  result.passages.forEach((passage, index) => {
    const signature = signatureOf(passage);
    const before = known.get(signature);
    // The same text again counts once, by the event that is believed furthest: who asserts it first
    // must not make what a proven event brings look asserted.
    if (before !== undefined && assuranceAtLeast(before.assurance, result.assurance)) return;
    const seen = { ...passage, eventId: result.eventId, assurance: result.assurance, index, named };
    SIGNATURES.set(seen, signature);
    known.set(signature, seen);
  });
  const all = [...known.values()];
  if (all.length <= CONTEXT_PASSAGES_MAX) return all;
  const keep = all
    .map((passage, at) => ({ at, rank: rankOf(passage) }))
    .sort((a, b) => b.rank - a.rank || b.at - a.at)
    .slice(0, CONTEXT_PASSAGES_MAX);
  const kept = new Set(keep.map(({ at }) => at));
  return all.filter((_, at) => kept.has(at));
}

function addOrigins(context: MatchContext, result: Result): MatchContext['origins'] {
  const { passages, freeTextIds, fieldIds } = result;
  if (freeTextIds.length + fieldIds.length + passages.length === 0) return context.origins;
  const origins = new Map(context.origins);
  // A value that stands in a field of the same result is a record that some text repeats.
  for (const id of fieldIds) if (!origins.has(id)) origins.set(id, 'field');
  for (const id of freeTextIds) if (!origins.has(id)) origins.set(id, 'text');
  // Those of passages too, since a spelled-out address is put together only there.
  for (const { ids } of passages) {
    for (const id of ids) if (!origins.has(id)) origins.set(id, 'text');
  }
  return [...origins].slice(0, CONTEXT_IDS_MAX);
}

/** The context after `call` returned `result`; score the call before. */
export function observe(context: MatchContext, call: Call, result: Result | null): MatchContext {
  const previousTool = call.tool;
  if (result === null) return { ...context, previousTool };
  return {
    version: VERSION,
    passages: addPassages(context, call, result),
    origins: addOrigins(context, result),
    previousTool,
  };
}
