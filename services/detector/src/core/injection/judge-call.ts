/**
 * Whether a call is a suspected hijack, and how grave. The fitted probability alone gives `medium` at most; `high`,
 * which may carry a command, also asks that a marked passage names the tool or gives what decides the call.
 */
import { MARKED } from '@waywarden/schemas';
import { type Evidence, evidenceOf, TERM_NAMES, type Terms } from './evidence.ts';
import { EVIDENCE_WEIGHTS } from './evidence-weights.ts';
import { type EvidenceInput, TOOL_WORDS_MIN } from './match-passage.ts';

export interface EvidenceModel {
  readonly bias: number;
  readonly weights: Terms;
  /** Probabilities from which on a tied call is `high`, and any call `medium`. */
  readonly high: number;
  readonly medium: number;
}

export interface HijackJudgement {
  readonly evidence: Evidence;
  /** That the call obeys what was read, where hijacked and honest calls are as many. */
  readonly probability: number;
  readonly severity: 'high' | 'medium' | null;
  /** Too odd to teach what is normal. */
  readonly isDoubtful: boolean;
  /** Arguments were cut, so what decides the call may be among those that nobody saw. */
  readonly isBlind: boolean;
}

const DOUBT = 0.25;

let current: EvidenceModel = EVIDENCE_WEIGHTS;

/** Puts another model in place, of which sources were left out; without one the fitted one again. */
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

/** Text without a mark is obeyed in daily work too: what tells that apart from a hijack. */
function mayObeyUnmarked({ evidence, input: { call, history } }: Asked): boolean {
  const { passage, terms, isGiven, isUnasked } = evidence;
  if (passage === null || call.effect === 'read') return false;
  // Without a request nothing is excused by it, and what the request sends the agent to it may follow.
  if (!call.purpose.isKnown || terms.sent_there > 0) return false;
  return isGiven || (isUnasked && !history.isHabit(call));
}

/** Planted text that explains a call in part; not where the call's values are its own or usual, or it reads other things. */
function mayObeyMarked({ evidence, input: { call, history } }: Asked): boolean {
  const { tie, terms } = evidence;
  if (tie.why === 'foreign' || tie.why === 'asked') return false;
  if (tie.why === 'elsewhere' && history.isHabit(call)) return false;
  return call.effect !== 'read' || terms.tool_named === 1 || terms.tool_words > TOOL_WORDS_MIN;
}

function severityOf({ evidence, input }: Asked, p: number) {
  const { tie, terms, passage } = evidence;
  // In another piece of work the same value may be there for its own reasons.
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
  return {
    evidence,
    probability,
    severity: isBlind ? 'medium' : found,
    isDoubtful: probability >= DOUBT || isBlind,
    isBlind,
  };
}
