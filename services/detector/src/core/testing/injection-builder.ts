/** Calls, readings and contexts for tests of the hijack evidence: what a test sets is what it is about. Test code. */
import type { BenignHistory } from '../injection/agent-history.ts';
import type { Item, JudgedCall, Passage, Purpose, Reading } from '../injection/call-view.ts';
import type { EvidenceInput } from '../injection/match-passage.ts';
import { EMPTY_CONTEXT, observeReading } from '../injection/read-context.ts';

export const NO_HISTORY: BenignHistory = {
  isHabit: () => false,
  isLearning: () => false,
  knowsId: () => false,
};

/** A request that only reads, and says nothing of what is planted. */
export function purpose(over: Partial<Purpose> = {}): Purpose {
  return {
    ...{ key: 'request', isOfWorkflow: false, isKnown: true },
    ...{ effects: ['read'], delegates: false },
    ...{
      tokens: new Set(['summary', 'week']),
      values: new Set<string>(),
      sources: new Set<string>(),
    },
    ...over,
  };
}

export function item(over: Partial<Item> = {}): Item {
  return { path: 'to', class: 'atom', tokens: ['eve'], ids: ['id-eve'], idLike: true, ...over };
}

/** Sends to an address that the request does not name. */
export function call(over: Partial<JudgedCall> = {}): JudgedCall {
  return {
    ...{ tool: 'send_mail', effect: 'send', nameWords: ['mail'], nameIds: ['id-send-mail'] },
    ...{ items: [item()], isCut: false, argsHash: 'h', purpose: purpose() },
    ...over,
  };
}

/** Surely planted, and without anything of the call. */
export function passage(over: Partial<Passage> = {}): Passage {
  return { kind: 'imperative', mark: 0.98, effects: [], tokens: ['planted'], ids: [], ...over };
}

export function reading(n: number, over: Partial<Reading> = {}): Reading {
  return {
    ...{ eventId: `event-${n}`, atMs: n * 1000, assurance: 'authenticated' as const },
    ...{ passages: [], otherIds: [], trust: 'unknown', isUnread: false },
    ...over,
  };
}

/** `made` after `passages` were read in one result each. */
export function asked(
  passages: readonly Passage[],
  made: JudgedCall = call(),
  over: { readonly named?: boolean; readonly others?: readonly string[] } = {},
): EvidenceInput {
  const { named = false, others = [] } = over;
  const context = passages.reduce(
    (known, one, n) => observeReading(known, reading(n, { passages: [one] }), named),
    { ...EMPTY_CONTEXT, others },
  );
  return { context, call: made, history: NO_HISTORY };
}
