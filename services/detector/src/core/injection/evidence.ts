/**
 * The evidence that a call obeys what the agent read: fourteen terms from 0 to 1, weighted by a fit
 * (`evidence-weights.ts`).
 */
import { isOn } from '../domain/switched-off.ts';
import type { Purpose } from './call-view.ts';
import {
  bestMatch,
  type Decisive,
  decisiveOf,
  type EvidenceInput,
  isAsked,
  type Match,
  shareIn,
  WORD_SHARE_MIN,
} from './match-passage.ts';
import type { PassageSeen } from './read-context.ts';
import { type Tie, tieOf } from './tie.ts';

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
