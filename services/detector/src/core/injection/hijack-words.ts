import type { AuditEvent } from '@waywarden/schemas';
import type { Alarm } from '../alerting/alarm.ts';
import { agentName } from '../domain/agent-name.ts';
import { shorten, TITLE_LENGTH_MAX } from '../domain/short-text.ts';
import { type JudgedCall, toCall } from './call-view.ts';
import { type Evidence, TERM_NAMES, type Term } from './evidence.ts';
import type { EvidenceModel, HijackJudgement } from './judge-hijack.ts';
import type { TieReason } from './tie.ts';

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

export const TIE_TEXTS: Readonly<Record<TieReason, string>> = {
  value: 'A value that decides the call stands in planted text and nowhere else.',
  deed: 'The call does a deed that planted text asks for and the request does not.',
  tool: 'Planted text names the tool.',
  links: 'Planted text shares tool, effect, values or words with the call.',
  no_passage: 'Nothing that was read before has anything in common with the call.',
  not_marked: 'The passage that explains the call best does not read as planted.',
  sent_there: 'The request sends the agent to the passage, which is not surely planted.',
  other_work:
    'The planted text was read in another piece of work, and this one asks for the effect.',
  reads: 'The call only reads, and no surely planted text names its tool.',
  foreign: 'None of the values that decide the call stands in the planted text.',
  elsewhere: 'The values that decide the call are known from elsewhere too.',
  asked: 'The request itself gives the values that decide the call.',
  little: 'The planted text has too little in common with the call.',
};

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
    text: TEXTS[term],
  })).sort((a, b) => Math.abs(b.worth) - Math.abs(a.worth) || (a.term < b.term ? -1 : 1));
}

export function explainEvidence(evidence: Evidence, model: EvidenceModel): readonly Reason[] {
  return everyTerm(evidence, model).filter(({ value, worth }) => value > 0 && worth !== 0);
}

export function passageWords({
  mark,
  kind,
  effects,
}: Pick<NonNullable<Evidence['passage']>, 'mark' | 'kind' | 'effects'>): string {
  const asked =
    effects.length === 0 ? 'an effect that is not known' : [...effects].sort().join(' or ');
  const says = kind === 'imperative' ? `asks for ${asked}` : `speaks of ${asked}`;
  return mark >= 0.5 ? `${says} and reads as planted (${Math.round(mark * 100)} %)` : says;
}

export function pathWords({ paths }: Evidence, { items }: JudgedCall): string {
  if (paths.length > 0) return ` (${paths.join(', ')})`;
  return items.length === 0 ? ' (no arguments)' : '';
}

export interface SuspectedHijack {
  readonly event: AuditEvent;
  readonly judgement: HijackJudgement;
  readonly hasUnread: boolean;
}

export function notVisible({ event, judgement, hasUnread }: SuspectedHijack): string[] {
  const says: readonly (readonly [boolean, string])[] = [
    [
      event.task?.purpose === undefined,
      'The request itself was not sent, so nothing could be excused by it.',
    ],
    [judgement.isBlind, 'Arguments beyond the limit were not compared with what was read.'],
    [hasUnread, 'Some of what was read is in a language that is not read for marks.'],
  ];
  return says.filter(([is]) => is).map(([, text]) => text);
}

export function hijackWords({
  event,
  judgement,
}: SuspectedHijack): Pick<Alarm, 'title' | 'summary'> {
  const { evidence, isBlind } = judgement;
  const who = agentName(event);
  const tool = event.tool?.name ?? event.activity;
  const { passage } = evidence;
  if (isBlind) {
    return {
      title: shorten(
        `${who} read planted text and called ${tool} with more than is kept`,
        TITLE_LENGTH_MAX,
      ),
      summary: `${who} called ${tool} with more arguments than are compared, after it had read text that reads as planted.`,
    };
  }
  return {
    title: shorten(
      passage === null
        ? `${who} called ${tool} as its request does not explain`
        : `${who} obeyed text in a tool result instead of its task`,
      TITLE_LENGTH_MAX,
    ),
    summary:
      `${who} called ${tool}${pathWords(evidence, toCall(event))} as its request does not explain.` +
      (passage === null ? '' : ` A passage that it had read before ${passageWords(passage)}.`),
  };
}
