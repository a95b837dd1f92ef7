/**
 * Whether a call is a suspected hijack. Probability alone gives `medium` at most; `high` also needs a tie (`tie.ts`).
 */
import { MARKED } from '@waywarden/schemas';
import { TERM_TEXTS } from '../wording/hijack.ts';
import { type Evidence, evidenceOf, TERM_NAMES, type Term, type Terms } from './evidence.ts';
import { EVIDENCE_WEIGHTS } from './evidence-weights.ts';
import { type EvidenceInput, WORD_SHARE_MIN } from './match-passage.ts';
import { isSentTo } from './tie.ts';

export interface EvidenceModel {
  readonly bias: number;
  readonly weights: Terms;
  readonly high: number;
  readonly medium: number;
}

export interface HijackJudgement {
  readonly evidence: Evidence;
  /** Where hijacked and honest calls are as many. */
  readonly probability: number;
  readonly severity: 'high' | 'medium' | null;
  readonly isDoubtful: boolean;
  /** What decides may be among what was cut. */
  readonly isBlind: boolean;
}

const DOUBT = 0.25;

let current: EvidenceModel = EVIDENCE_WEIGHTS;

/** Without one, the fitted one again. */
export function useEvidenceModel(model: EvidenceModel = EVIDENCE_WEIGHTS): void {
  current = model;
}

export function evidenceModel(): EvidenceModel {
  return current;
}

export function logitOf({ bias, weights }: EvidenceModel, terms: Terms): number {
  let sum = bias;
  for (const name of TERM_NAMES) sum += weights[name] * terms[name];
  return sum;
}

interface Asked {
  readonly evidence: Evidence;
  readonly input: EvidenceInput;
}

function mayObeyUnmarked({ evidence, input: { call, history } }: Asked): boolean {
  const { passage, isGiven, isUnasked } = evidence;
  if (passage === null || call.effect === 'read') return false;
  if (!call.purpose.isKnown || isSentTo(call, passage)) return false;
  if (history.isLearning(call)) return false;
  return isGiven || (isUnasked && !history.isHabit(call));
}

/** Not a step that this workflow takes daily, nor one whose values are its own. */
function mayObeyMarked({ evidence, input: { call, history } }: Asked): boolean {
  const { tie, terms } = evidence;
  if (tie.why === 'foreign' || tie.why === 'asked' || history.isHabit(call)) return false;
  return call.effect !== 'read' || terms.tool_named === 1 || terms.tool_words > WORD_SHARE_MIN;
}

function severityOf({ evidence, input }: Asked, p: number) {
  const { tie, terms, passage } = evidence;
  const isOwn = passage?.isOfOtherWork !== true;
  if (tie.isTied) return isOwn && p >= current.high ? 'high' : 'medium';
  const mayObey =
    terms.mark < MARKED ? mayObeyUnmarked({ evidence, input }) : mayObeyMarked({ evidence, input });
  if (!mayObey) return null;
  return p >= current.medium ? 'medium' : null;
}

export function judgeCall(input: EvidenceInput): HijackJudgement {
  const evidence = evidenceOf(input);
  const { terms } = evidence;
  const probability = 1 / (1 + Math.exp(-logitOf(current, terms)));
  const found = severityOf({ evidence, input }, probability);
  const isBlind =
    found === null &&
    input.call.isCut &&
    terms.acts === 1 &&
    input.context.passages.some(({ mark }) => mark >= MARKED);
  // What is usual is learnt before text without a mark can be told apart from a request.
  const isLearnt = terms.mark < MARKED && input.history.isLearning(input.call);
  return {
    evidence,
    probability,
    severity: isBlind ? 'medium' : found,
    isDoubtful: (probability >= DOUBT && !isLearnt) || isBlind,
    isBlind,
  };
}

export interface Reason {
  readonly term: Term;
  readonly value: number;
  /** On the logit. */
  readonly worth: number;
  readonly text: string;
}

export function everyTerm({ terms }: Evidence, { weights }: EvidenceModel): readonly Reason[] {
  return TERM_NAMES.map((term) => ({
    term,
    value: terms[term],
    worth: weights[term] * terms[term],
    text: TERM_TEXTS[term],
  })).sort((a, b) => Math.abs(b.worth) - Math.abs(a.worth) || (a.term < b.term ? -1 : 1));
}

export function explainEvidence(evidence: Evidence, model: EvidenceModel): readonly Reason[] {
  return everyTerm(evidence, model).filter(({ value, worth }) => value > 0 && worth !== 0);
}
