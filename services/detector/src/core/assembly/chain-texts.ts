/**
 * The texts that agents of a chain read, and their calls that may obey one: kept beside the chain's
 * steps, since most chains have none and a step must stay small.
 *
 * What is kept is a function of the set of calls, not of arrival: the strongest texts and the latest
 * acts. What a standing alert rests on stays whatever comes, or a flood of texts could withdraw it.
 */
import type { StepWords } from '@waywarden/schemas';
import type { Draft } from '@waywarden/stage';
import { rankOf } from '../instruction-match/match-context.ts';
import { ACTS_MAX, TEXTS_MAX } from './assembly-limits.ts';
import { type ChainStep, compareSteps } from './chain-step.ts';
import type { ChainName } from './requested-calls.ts';
import { type AlertHead, NO_HEAD } from './revise-alert.ts';

/** An act that obeys what another agent read. */
export interface Obeyed {
  readonly act: string;
  readonly read: string;
  readonly score: number;
  /** Of the passage: what it asks for and by what it gives itself away. */
  readonly kind: string;
  readonly actions: readonly string[];
  readonly meta: readonly string[];
  /** In words, strongest first. */
  readonly reasons: readonly { readonly feature: string; readonly text: string }[];
  /** Nothing tells which of the two came first. */
  readonly isOrderUnknown: boolean;
}

interface TextEntry {
  readonly event: string;
  readonly agent: string;
  readonly ms: number;
  /** Of its strongest passage; 0 without one; absent: it read nothing. */
  readonly rank?: number;
  readonly acts: boolean;
}

/** The table of a chain: what there is, what was found, and the alert that stands. */
export interface ChainTexts {
  readonly entries: readonly TextEntry[];
  /** Texts and acts that found no room. */
  readonly refused: number;
  readonly obeyed: readonly Obeyed[];
  readonly head: AlertHead;
}

/** A call with what it read and said; of its step, what tells who, when and in which work. */
export interface TextCall {
  readonly step: ChainStep;
  readonly words: StepWords;
}

const NO_TEXTS: ChainTexts = { entries: [], refused: 0, obeyed: [], head: NO_HEAD };

const prefixOf = ({ tenant, chain }: ChainName) => `texts/${JSON.stringify([tenant, chain])}`;

export function putTexts(draft: Draft, name: ChainName, texts: ChainTexts): void {
  draft.put(prefixOf(name), texts);
}

export function textCall(draft: Draft, name: ChainName, event: string): TextCall | undefined {
  return draft.get<TextCall>(`${prefixOf(name)}/${event}`);
}

export function* textCalls(
  draft: Draft,
  name: ChainName,
  of: Iterable<string>,
): Generator<TextCall> {
  for (const event of of) {
    const call = textCall(draft, name, event);
    if (call !== undefined) yield call;
  }
}

export function compareCalls(a: TextCall, b: TextCall): number {
  return compareSteps(a.step, b.step);
}

function entryOf({ step, words }: TextCall): TextEntry {
  const ranks = words.read?.passages.map(({ kind, meta, ids }) =>
    rankOf({ kind: kind ?? 'imperative', meta, ids: ids ?? [] }),
  );
  return {
    event: step.wire.event_id,
    agent: step.wire.agent_uid,
    ms: step.ms,
    ...(ranks === undefined ? {} : { rank: Math.max(0, ...ranks.map((rank) => rank + 1)) }),
    acts: words.act !== undefined,
  };
}

const later = (a: TextEntry, b: TextEntry) => b.ms - a.ms || (a.event < b.event ? -1 : 1);

/** Those that stay: what is pinned, the strongest texts, the latest acts. */
function keptOf(entries: readonly TextEntry[], pinned: ReadonlySet<string>): ReadonlySet<string> {
  const kept = new Set(pinned);
  const reads = entries.filter((one) => one.rank !== undefined);
  reads.sort((a, b) => (b.rank ?? 0) - (a.rank ?? 0) || later(a, b));
  for (const one of reads.slice(0, TEXTS_MAX)) kept.add(one.event);
  const acts = entries.filter((one) => one.acts).sort(later);
  for (const one of acts.slice(0, ACTS_MAX)) kept.add(one.event);
  return kept;
}

/** Takes up one more call; undefined where it is known already. */
export function withText(
  draft: Draft,
  name: ChainName,
  { step: { wire, ms, ns }, words }: TextCall,
): ChainTexts | undefined {
  const prefix = prefixOf(name);
  const texts = draft.get<ChainTexts>(prefix) ?? NO_TEXTS;
  if (texts.entries.some((one) => one.event === wire.event_id)) return undefined;
  // Its values stand in its step; here they would only be kept twice.
  const step: ChainStep = { n: 0, ms, ns, wire: { ...wire, arg_values: [], result_values: [] } };
  const entries = [...texts.entries, entryOf({ step, words })];
  draft.put(`${prefix}/${wire.event_id}`, { step, words });
  if (entries.length <= Math.min(TEXTS_MAX, ACTS_MAX)) return { ...texts, entries };
  const pinned = new Set(texts.obeyed.flatMap(({ act, read }) => [act, read]));
  const kept = keptOf(entries, pinned);
  const gone = entries.filter((one) => !kept.has(one.event));
  for (const { event } of gone) draft.delete(`${prefix}/${event}`);
  return {
    ...texts,
    entries: entries.filter((one) => kept.has(one.event)),
    refused: texts.refused + gone.length,
  };
}

export function dropTexts(draft: Draft, name: ChainName): void {
  const texts = draft.get<ChainTexts>(prefixOf(name));
  if (texts === undefined) return;
  for (const { event } of texts.entries) draft.delete(`${prefixOf(name)}/${event}`);
  draft.delete(prefixOf(name));
}
