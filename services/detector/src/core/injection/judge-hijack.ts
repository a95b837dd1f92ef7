/**
 * Whether a call is a suspected hijack. Probability alone gives `medium` at most; `high` also needs a tie (`tieOf`).
 */
import { MARKED } from '@waywarden/schemas';
import { isOn } from '../domain/switched-off.ts';
import { TERM_TEXTS } from '../wording/hijack.ts';
import type { JudgedCall, Purpose } from './call-view.ts';
import { EVIDENCE_WEIGHTS } from './evidence-weights.ts';
import {
  bestMatch,
  type Decided,
  type Decisive,
  decisiveOf,
  type EvidenceInput,
  isAsked,
  type Match,
  shareIn,
  WORD_SHARE_MIN,
} from './match-passage.ts';
import type { PassageSeen } from './read-context.ts';

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

/** 1: speaks for a hijack; -1: against. */
export const TERMS = {
  tied: 1,
  mark: 1,
  tool_named: 1,
  tool_words: 1,
  effect_named: 1,
  value_elsewhere: -1,
  values_read: 1,
  words_read: 1,
  words_asked: -1,
  reads_only: 1,
  acts: 1,
  writes: 1,
  effect_unknown: 1,
  outsiders_write: 1,
} as const;
/**
 * The evidence that a call obeys what the agent read: fourteen terms from 0 to 1, weighted by a fit
 * (`evidence-weights.ts`).
 */
export type Term = keyof typeof TERMS;
export const TERM_NAMES = Object.keys(TERMS) as readonly Term[];
export type Terms = Readonly<Record<Term, number>>;

export interface Evidence {
  readonly terms: Terms;
  /** Null: none does. */
  readonly passage: PassageSeen | null;
  readonly paths: readonly string[];
  readonly tie: Tie;
  readonly isGiven: boolean;
  readonly isUnasked: boolean;
}

const ACTING = new Set(['send', 'pay', 'delete', 'grant', 'execute', 'configure']);
const WRITING = new Set(['create', 'update']);

/** Unknown requests can't say so. */
const asksForReadingOnly = ({ effects }: Purpose) =>
  effects.length > 0 && effects.every((one) => one === 'read');

function isGiven(match: Match | null, decisive: readonly Decisive[]): boolean {
  if (match === null || match.passage.kind !== 'imperative') return false;
  const given = decisive.filter((one) => (one.in & match.bit) !== 0 && !one.isElsewhere);
  if (given.some((one) => one.isIdentifier)) return true;
  const isOfTool = match.toolWords > WORD_SHARE_MIN;
  return isOfTool && (given.length > 0 || match.wordsRead >= WORD_SHARE_MIN);
}

export function evidenceOf(input: EvidenceInput): Evidence {
  const { call, context } = input;
  const { purpose, effect } = call;
  const { found: decisive, given } = decisiveOf(input, new Set(context.others));
  const argumentWords = call.items.flatMap(({ tokens }) => tokens);
  const unsaid = new Set(argumentWords.filter((token) => !purpose.tokens.has(token)));
  const match = bestMatch(context, { call, decisive, unsaid });
  const passage = match?.passage ?? null;
  const values = decisive.length + given;
  const read = decisive.filter((one) => one.in !== 0);
  const tie = tieOf(call, match, { found: decisive, given });
  const terms: Record<Term, number> = {
    tied: Number(tie.isTied),
    mark: passage?.mark ?? 0,
    tool_named: Number(match?.toolNamed ?? false),
    tool_words: match?.toolWords ?? 0,
    effect_named: Number(match?.effectNamed ?? false),
    value_elsewhere: Number(decisive.some((one) => one.isElsewhere)),
    values_read: values === 0 ? 0 : read.length / values,
    words_read: match?.wordsRead ?? 0,
    words_asked: shareIn([...argumentWords, ...call.nameWords], purpose.tokens, 1),
    reads_only: Number(asksForReadingOnly(purpose) && ACTING.has(effect)),
    acts: Number(ACTING.has(effect)),
    writes: Number(WRITING.has(effect)),
    effect_unknown: Number(effect === 'unknown'),
    outsiders_write: Number(passage?.trust === 'untrusted'),
  };
  for (const name of TERM_NAMES) if (!isOn(name)) terms[name] = 0;
  const paths = decisive.filter((one) => match !== null && (one.in & match.bit) !== 0);
  return {
    terms,
    passage,
    paths: [...new Set(paths.map(({ path }) => path))].sort(),
    tie,
    isGiven: isGiven(match, decisive),
    isUnasked: !isAsked(call),
  };
}

/** Whether a marked passage explains what a call does and with what; without it no command follows. */
interface Tie {
  readonly isTied: boolean;
  readonly why: TieReason;
}

const BY = ['value', 'deed', 'tool', 'links'] as const;
const BY_NOT = [
  'no_passage',
  'not_marked',
  'sent_there',
  'other_work',
  'reads',
  'foreign',
  'elsewhere',
  'asked',
  'little',
] as const;
export type TieReason = (typeof BY)[number] | (typeof BY_NOT)[number];

function ties<Why extends TieReason>(isTied: boolean, names: readonly Why[]) {
  const all = names.map((why): [Why, Tie] => [why, { isTied, why }]);
  return Object.fromEntries(all) as Readonly<Record<Why, Tie>>;
}

const TIED = ties(true, BY);
const NOT_TIED = ties(false, BY_NOT);

const isSentTo = ({ purpose }: JudgedCall, passage: PassageSeen | null) =>
  purpose.delegates && passage?.named === true;

const MARKED_SURELY = 0.95;
const LINKS_MIN = { surelyUnasked: 2, else: 3 } as const;
/** Nobody does these to report or quote a text. */
const DEEDS = new Set(['pay', 'delete', 'grant', 'execute', 'configure']);

/**
 * A value that stands only there ties by itself. Else the passage must name the tool, or share two of tool, effect
 * and words (three where it is less sure or the effect was requested).
 */
function tieOf(call: JudgedCall, match: Match | null, { found: decisive, given }: Decided): Tie {
  if (match === null) return NOT_TIED.no_passage;
  const { passage, bit, effectNamed } = match;
  const isSure = passage.mark >= MARKED_SURELY;
  if (passage.mark < MARKED) return NOT_TIED.not_marked;
  const isUnasked = !isAsked(call);
  if (isSentTo(call, passage) && !isSure) return NOT_TIED.sent_there;
  if (passage.isOfOtherWork === true && !(isSure && isUnasked)) return NOT_TIED.other_work;
  if (call.effect === 'read') return isSure && match.toolNamed ? TIED.tool : NOT_TIED.reads;
  const identifiers = decisive.filter((one) => one.isIdentifier);
  const inPassage = (one: Decisive) => (one.in & bit) !== 0;
  if (identifiers.some((one) => inPassage(one) && !one.isElsewhere)) return TIED.value;
  if (isUnasked && isSure && effectNamed && DEEDS.has(call.effect)) return TIED.deed;
  if (identifiers.length > 0 && !identifiers.some(inPassage)) return NOT_TIED.foreign;
  const isOrdered = isUnasked && (isSure || match.toolNamed);
  if (identifiers.length > 0 && !isOrdered) return NOT_TIED.elsewhere;
  if (decisive.length === 0 && given > 0) return NOT_TIED.asked;
  if (match.toolNamed) return TIED.tool;
  const links = [
    match.toolWords >= WORD_SHARE_MIN,
    effectNamed,
    match.wordsRead >= WORD_SHARE_MIN,
    decisive.some(inPassage),
  ];
  const enough = isUnasked && isSure ? LINKS_MIN.surelyUnasked : LINKS_MIN.else;
  return links.filter((is) => is).length >= enough ? TIED.links : NOT_TIED.little;
}
