/** Why one call was judged as it was: what its agent did before is played to empty state, then the call is asked about. */
import {
  type CallScore,
  type Evidence,
  everyTerm,
  evidenceModel,
  isScored,
  judgeEvent,
  learnCall,
  scoreCall,
  TIE_TEXTS,
} from '@waywarden/detector';
import type { AuditEvent, Severity } from '@waywarden/schemas';
import { MemoryTransaction } from '@waywarden/stage';

export interface ExplainedCall extends ReturnType<typeof judgeEvent> {
  readonly event: AuditEvent;
  readonly scored: CallScore;
}

/** `before`: calls of the same agent, in the order of its log. */
export async function explainAfter(
  event: AuditEvent,
  before: AsyncIterable<AuditEvent>,
): Promise<ExplainedCall> {
  const transaction = new MemoryTransaction();
  for await (const one of before) {
    if (isScored(one)) learnCall(transaction, one, scoreCall(transaction, one).flag);
  }
  return { event, ...judgeEvent(transaction, event), scored: scoreCall(transaction, event) };
}

function questionsOf({ scored }: ExplainedCall) {
  return scored.features.map((one) => ({
    feature: one.feature,
    points: one.points,
    alarm: one.alarm?.title ?? null,
    reasons: one.reasons().map(({ text, expected, observed }) => ({ text, expected, observed })),
  }));
}

export interface CallExplanation {
  readonly event_id: string;
  readonly severity: Severity | null;
  readonly probability: number;
  readonly limits: { readonly medium: number; readonly high: number };
  readonly bias: number;
  readonly tie: Evidence['tie'] & { readonly text: string };
  readonly passage: {
    readonly event_id: string;
    readonly native_id: string | null;
    readonly index: number;
    readonly mark: number;
    readonly kind: string;
    readonly effects: readonly string[];
  } | null;
  readonly terms: ReturnType<typeof everyTerm>;
  readonly blind: boolean;
  readonly unread_language: boolean;
  readonly features: ReturnType<typeof questionsOf>;
}

/** As JSON: the hijack's terms, and what each feature that had something to compare said. */
export function explanationOf(judged: ExplainedCall): CallExplanation {
  const { event, judgement, severity, hasUnread } = judged;
  const model = evidenceModel();
  const { evidence, probability } = judgement;
  const { passage, tie } = evidence;
  return {
    event_id: event.event_id,
    severity,
    probability,
    ...{ limits: { medium: model.medium, high: model.high }, bias: model.bias },
    tie: { ...tie, text: TIE_TEXTS[tie.why] },
    passage: passage && {
      ...{ event_id: passage.eventId, index: passage.index, mark: passage.mark },
      ...{ kind: passage.kind, effects: passage.effects, native_id: passage.nativeId ?? null },
    },
    terms: everyTerm(evidence, model),
    blind: judgement.isBlind,
    unread_language: hasUnread,
    features: questionsOf(judged),
  };
}

export function explanationLines(
  { event }: ExplainedCall,
  judgement: CallExplanation,
): readonly string[] {
  const { severity, probability, limits, tie, passage } = judgement;
  const what = `${event.tool?.name ?? event.activity} of ${event.agent.uid} at ${event.event_time}`;
  return [
    `${what}: ${severity === null ? 'no hijack alert' : `hijack alert of severity ${severity}`}.`,
    `Probability ${probability.toFixed(3)} (an alert from ${limits.medium} on; high from ${limits.high} on where planted text explains the call).`,
    `Planted text: ${tie.text}`,
    passage === null
      ? 'Passage: none.'
      : `Passage: ${passage.index} of ${passage.native_id ?? passage.event_id}, planted by ${Math.round(passage.mark * 100)} %, ${passage.kind}, speaks of ${passage.effects.join(', ') || 'no known effect'}.`,
    ...(event.task?.purpose === undefined
      ? ['The request was not sent, so unmarked text alone raises nothing.']
      : []),
    ...(judgement.blind
      ? ['Arguments beyond the limit were not compared: that alone is medium.']
      : []),
    ...(judgement.unread_language
      ? ['Something that was read is in a language that is not read for marks.']
      : []),
  ];
}
