/** One agent reads a text, another of the chain obeys it (`hijack_suspected`). */
import { type Alert, epochMs, MARKED } from '@waywarden/schemas';
import type { Transaction } from '@waywarden/stage';
import type { BenignHistory } from '../../injection/agent-history.ts';
import { type JudgedCall, toItems, toPassages, toPurpose } from '../../injection/call-view.ts';
import { staysInside } from '../../injection/instruction-match.ts';
import { evidenceModel, explainEvidence, judgeCall } from '../../injection/judge-hijack.ts';
import { EMPTY_CONTEXT, observeReading, type ReadContext } from '../../injection/read-context.ts';
import { injectedAlert } from './alert/obeyed-alert.ts';
import { logTime } from './conclude-chain.ts';
import type { ChainMeta } from './model/chain-meta.ts';
import type { ChainStep } from './model/chain-step.ts';
import type { ChainStore } from './model/chain-store.ts';
import {
  type ChainTexts,
  compareCalls,
  type Injected,
  putTexts,
  type TextCall,
  textCalls,
  withText,
} from './model/chain-texts.ts';
import { retract, reviseHead } from './model/revise-alert.ts';
import type { CompiledPolicy } from './proof/compile-combination.ts';
import { stepAssurance } from './proof/proof-assurance.ts';
import { orderOf } from './proof/step-order.ts';

/** A structured system of record gives no orders. */
function observed(context: ReadContext, { step, words }: TextCall): ReadContext {
  const { read } = words;
  if (read === undefined) return context;
  const trust = step.wire.result_trust ?? 'unknown';
  const reading = {
    eventId: step.wire.event_id,
    atMs: epochMs(step.wire.event_time),
    assurance: stepAssurance(step),
    passages: trust === 'trusted' ? [] : toPassages(read.passages),
    otherIds: [...read.field_ids, ...read.free_text_ids],
    trust,
    isUnread: false,
  };
  return observeReading(context, reading, read.named);
}

function callOf({
  step,
  words,
}: TextCall): { call: JudgedCall; history: BenignHistory } | undefined {
  const { act } = words;
  if (act === undefined) return undefined;
  const known = new Set(act.known_ids);
  const call: JudgedCall = {
    tool: step.wire.tool?.name ?? step.wire.activity,
    effect: step.wire.effect,
    nameWords: act.object_tokens,
    nameIds: act.name_ids ?? [],
    items: toItems(act.items),
    isCut: step.wire.values_truncated,
    argsHash: '',
    purpose: toPurpose(step.wire.workflow, act.purpose),
  };
  const history: BenignHistory = {
    isHabit: () => act.habit,
    isLearning: () => false,
    knowsId: (id) => known.has(id),
  };
  return { call, history };
}

function judge(act: TextCall, others: readonly TextCall[], skewMs: number): Injected | undefined {
  const own = act.step.wire;
  const before = others.filter(
    ({ step }) =>
      step.wire.event_id !== own.event_id && orderOf(step, act.step, skewMs) !== 'after',
  );
  const isForeign = ({ step, words }: TextCall) =>
    step.wire.agent_uid !== own.agent_uid && (words.read?.passages.length ?? 0) > 0;
  const asked = before.some(isForeign) ? callOf(act) : undefined;
  if (asked === undefined) return undefined;
  const context = before.sort(compareCalls).reduce(observed, EMPTY_CONTEXT);
  const { evidence, probability, severity } = judgeCall({ context, ...asked });
  const { passage } = evidence;
  if (passage === null || severity === null) return undefined;
  // Unmarked text must give what decides the call.
  if (passage.mark < MARKED && !evidence.isGiven) return undefined;
  const read = before.find(({ step }) => step.wire.event_id === passage.eventId);
  if (read === undefined || !isForeign(read)) return undefined;
  return {
    act: own.event_id,
    read: passage.eventId,
    severity: severity === 'high' && staysInside(own) ? 'medium' : severity,
    probability,
    kind: passage.kind,
    mark: passage.mark,
    effects: passage.effects,
    reasons: explainEvidence(evidence, evidenceModel())
      .slice(0, 8)
      .map(({ term, text }) => ({ feature: term, text })),
    isOrderUnknown: orderOf(read.step, act.step, skewMs) === 'undetermined',
  };
}

export interface WordsTaken {
  readonly transaction: Transaction;
  readonly store: ChainStore;
  readonly meta: ChainMeta;
  readonly step: ChainStep;
  readonly isStep: boolean;
  readonly policy: CompiledPolicy;
}

function askAgain({ store, step: { wire }, policy }: WordsTaken, texts: ChainTexts) {
  const { entries } = texts;
  if (entries.every((one) => one.agent === wire.agent_uid)) return texts.injected;
  const reads = entries.filter((one) => one.rank !== undefined).map(({ event }) => event);
  const asked = entries.filter(
    (one) => one.acts && (one.event === wire.event_id || wire.words?.read !== undefined),
  );
  if (reads.length === 0 || asked.length === 0) return texts.injected;
  const own = asked.map(({ event }) => event);
  const calls = textCalls(store, reads);
  const found = new Map(texts.injected.map((one) => [one.act, one]));
  for (const act of textCalls(store, own)) {
    const { event_id: event } = act.step.wire;
    const injected = judge(act, calls, policy.skewMs);
    if (injected === undefined) found.delete(event);
    else found.set(event, injected);
  }
  return [...found.values()];
}

export function takeWords(taken: WordsTaken): readonly Alert[] {
  const { transaction, store, meta, step, isStep } = taken;
  const { words } = step.wire;
  const texts = words === undefined ? undefined : withText(store, { step, words }, isStep);
  if (texts === undefined) return [];
  const injected = askAgain(taken, texts);
  const isNews = injected !== texts.injected && injected.length + texts.injected.length > 0;
  if (!isNews) {
    putTexts(store, texts);
    return [];
  }
  const detectedAt = logTime(transaction, meta);
  const alert = injectedAlert({ store, meta, texts: { ...texts, injected }, detectedAt });
  const revised =
    alert === undefined ? retract(texts.head, detectedAt) : reviseHead(texts.head, alert);
  putTexts(store, { ...texts, injected, head: revised.head });
  return revised.alerts;
}
