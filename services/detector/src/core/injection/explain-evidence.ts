/** The evidence on a call in words: each term as a sentence, with its value and what it is worth. */
import type { Call } from './call-view.ts';
import { type Evidence, type Term, TERM_NAMES } from './evidence.ts';
import type { EvidenceModel } from './judge-call.ts';

const TEXTS: Readonly<Record<Term, string>> = {
  tied: 'A marked passage explains what the call does, and with what.',
  mark: 'The passage that explains the call reads as planted for an agent.',
  tool_named: 'The passage names the tool, and the request does not.',
  tool_words: 'The passage speaks of what the tool’s name says.',
  effect_named: 'The passage asks for the effect of the call.',
  value_elsewhere: 'A value that decides the call is known from elsewhere.',
  values_read: 'Values that decide the call come from what was read.',
  words_read: 'Words of the arguments stand in the passage and not in the request.',
  words_asked: 'Words of the call stand in the request.',
  reads_only: 'The request asks for reading, and the call acts.',
  sent_there: 'The request sends the agent to where the passage stands.',
  acts: 'The call sends, pays, deletes, grants, executes or configures.',
  writes: 'The call creates or updates.',
  effect_unknown: 'What the tool does is not known.',
  outsiders_write: 'Outsiders can write where the passage stands.',
};

export interface Reason {
  readonly term: Term;
  readonly value: number;
  /** What it adds to the logit of the probability. */
  readonly worth: number;
  readonly text: string;
}

/** Every term that says anything, weightiest first. */
export function explainEvidence({ terms }: Evidence, { weights }: EvidenceModel): readonly Reason[] {
  return TERM_NAMES.map((term) => ({
    term,
    value: terms[term],
    worth: weights[term] * terms[term],
    text: TEXTS[term],
  }))
    .filter(({ value, worth }) => value > 0 && worth !== 0)
    .sort((a, b) => Math.abs(b.worth) - Math.abs(a.worth) || (a.term < b.term ? -1 : 1));
}

/** What the passage is, where its words are not kept. */
export function passageWords({
  mark,
  kind,
  effects,
}: Pick<NonNullable<Evidence['passage']>, 'mark' | 'kind' | 'effects'>): string {
  const asked = effects.length === 0 ? 'an effect that is not known' : [...effects].sort().join(' or ');
  const says = kind === 'imperative' ? `asks for ${asked}` : `speaks of ${asked}`;
  return mark >= 0.5 ? `${says} and reads as planted (${Math.round(mark * 100)} %)` : says;
}

export function pathWords({ paths }: Evidence, { items }: Call): string {
  if (paths.length > 0) return ` (${paths.join(', ')})`;
  return items.length === 0 ? ' (no arguments)' : '';
}
