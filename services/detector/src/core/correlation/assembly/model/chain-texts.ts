/**
 * Texts that agents of a chain read, and calls that may obey one: the strongest and the latest. What an alert rests
 * on stays.
 */
import type { StepWords } from '@waywarden/schemas';
import { TEXTS_MAX } from './assembly-limits.ts';
import { type ChainStep, compareSteps } from './chain-step.ts';
import type { ChainStore } from './chain-store.ts';
import { type AlertHead, NO_HEAD } from './revise-alert.ts';

export interface Injected {
  readonly act: string;
  readonly read: string;
  readonly severity: 'high' | 'medium';
  readonly probability: number;
  readonly kind: string;
  readonly mark: number;
  readonly effects: readonly string[];
  readonly reasons: readonly { readonly feature: string; readonly text: string }[];
  readonly isOrderUnknown: boolean;
}

interface TextEntry {
  readonly event: string;
  readonly agent: string;
  readonly ms: number;
  /** 0 without one; absent: it read nothing. */
  readonly rank?: number;
  readonly acts: boolean;
}

export interface ChainTexts {
  readonly entries: readonly TextEntry[];
  readonly refused: number;
  readonly injected: readonly Injected[];
  readonly head: AlertHead;
}

const TEXTS = 'texts';
const textsOf = (store: ChainStore) => store.part<ChainTexts>(TEXTS);

export function putTexts(store: ChainStore, texts: ChainTexts): void {
  store.putPart(TEXTS, texts);
}

export interface TextCall {
  readonly step: ChainStep;
  readonly words: StepWords;
}

const MARK_RANK = 4;

const NO_TEXTS: ChainTexts = { entries: [], refused: 0, injected: [], head: NO_HEAD };

const loneKey = (event: string) => `text/${event}`;

export function textCall(store: ChainStore, event: string): TextCall | undefined {
  const step = store.stepOf(event) ?? store.part<ChainStep>(loneKey(event));
  const words = step?.wire.words;
  return step === undefined || words === undefined ? undefined : { step, words };
}

export function textCalls(store: ChainStore, of: Iterable<string>): readonly TextCall[] {
  return [...of].flatMap((event) => textCall(store, event) ?? []);
}

function keepAlone(store: ChainStore, { ms, ns, wire }: ChainStep): void {
  const alone: ChainStep = { n: 0, ms, ns, wire: { ...wire, arg_values: [], result_values: [] } };
  store.putPart(loneKey(wire.event_id), alone);
}

export function keepTextOf(store: ChainStore, step: ChainStep): void {
  const { event_id: event, words } = step.wire;
  if (words === undefined) return;
  const texts = textsOf(store);
  if (texts?.entries.some((one) => one.event === event) === true) keepAlone(store, step);
}

function forgetText(store: ChainStore, event: string): void {
  store.putPart(loneKey(event), undefined);
  const step = store.stepOf(event);
  if (step === undefined) return;
  const { words: _, ...wire } = step.wire;
  store.putStep({ ...step, wire });
}

export function compareCalls(a: TextCall, b: TextCall): number {
  return compareSteps(a.step, b.step);
}

function entryOf({ step, words }: TextCall): TextEntry {
  const ranks = words.read?.passages.map(
    ({ kind, mark }) => (mark ?? 0) * MARK_RANK + (kind === 'mention' ? 0 : 1),
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

function storedOf(entries: readonly TextEntry[], pinned: ReadonlySet<string>): ReadonlySet<string> {
  const retained = new Set(pinned);
  const reads = entries.filter((one) => one.rank !== undefined);
  reads.sort((a, b) => (b.rank ?? 0) - (a.rank ?? 0) || later(a, b));
  for (const one of reads.slice(0, TEXTS_MAX)) retained.add(one.event);
  const acts = entries.filter((one) => one.acts).sort(later);
  for (const one of acts.slice(0, TEXTS_MAX)) retained.add(one.event);
  return retained;
}

/** Undefined where it is known. */
export function withText(
  store: ChainStore,
  call: TextCall,
  isStep: boolean,
): ChainTexts | undefined {
  const { event_id: event } = call.step.wire;
  const texts = textsOf(store) ?? NO_TEXTS;
  if (texts.entries.some((one) => one.event === event)) return undefined;
  const entries = [...texts.entries, entryOf(call)];
  if (!isStep) keepAlone(store, call.step);
  if (entries.length <= TEXTS_MAX) return { ...texts, entries };
  const pinned = new Set(texts.injected.flatMap(({ act, read }) => [act, read]));
  const retained = storedOf(entries, pinned);
  const gone = entries.filter((one) => !retained.has(one.event));
  for (const one of gone) forgetText(store, one.event);
  return {
    ...texts,
    entries: entries.filter((one) => retained.has(one.event)),
    refused: texts.refused + gone.length,
  };
}

export function dropLoneTexts(store: ChainStore): void {
  for (const { event } of textsOf(store)?.entries ?? []) store.putPart(loneKey(event), undefined);
}
