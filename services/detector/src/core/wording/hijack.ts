import type { AuditEvent } from '@waywarden/schemas';
import { agentName } from '../domain/agent-name.ts';
import { shorten, TITLE_LENGTH_MAX } from '../domain/short-text.ts';
import type { Flags, NameLists, Names, Numbers } from './deeds.ts';

export const TERM_TEXTS = {
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
  acts: 'The call sends, pays, deletes, grants, executes or configures.',
  writes: 'The call creates or updates.',
  effect_unknown: 'What the tool does is not known.',
  outsiders_write: 'Outsiders can write where the passage stands.',
} as const;

export const TIE_TEXTS = {
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
} as const;

type Passage = Names<'kind'> & Numbers<'mark'> & NameLists<'effects'>;

function passageWords({ mark, kind, effects }: Passage): string {
  const asked =
    effects.length === 0 ? 'an effect that is not known' : [...effects].sort().join(' or ');
  const says = kind === 'imperative' ? `asks for ${asked}` : `speaks of ${asked}`;
  return mark >= 0.5 ? `${says} and reads as planted (${Math.round(mark * 100)} %)` : says;
}

interface SuspectedHijack extends NameLists<'paths'>, Flags<'isBlind' | 'hasUnread'> {
  readonly passage: Passage | null;
  readonly hasArguments: boolean;
}

const UNSENT = 'The request itself was not sent, so nothing could be excused by it.';

function unseenOf(event: AuditEvent, { isBlind, hasUnread }: SuspectedHijack): string[] {
  const says: readonly (readonly [boolean, string])[] = [
    [event.task?.purpose === undefined, UNSENT],
    [isBlind, 'Arguments beyond the limit were not compared with what was read.'],
    [hasUnread, 'Some of what was read is in a language that is not read for marks.'],
  ];
  return says.filter(([is]) => is).map(([, text]) => text);
}

export function hijackWords(event: AuditEvent, suspected: SuspectedHijack) {
  const { passage, paths, isBlind, hasArguments } = suspected;
  const who = agentName(event);
  const tool = event.tool?.name ?? event.activity;
  const notVisible = unseenOf(event, suspected);
  if (isBlind) {
    return {
      title: shorten(
        `${who} read planted text and called ${tool} with more than is kept`,
        TITLE_LENGTH_MAX,
      ),
      summary: `${who} called ${tool} with more arguments than are compared, after it had read text that reads as planted.`,
      notVisible,
    };
  }
  const by = paths.length > 0 ? ` (${paths.join(', ')})` : hasArguments ? '' : ' (no arguments)';
  return {
    title: shorten(
      passage === null
        ? `${who} called ${tool} as its request does not explain`
        : `${who} obeyed text in a tool result instead of its task`,
      TITLE_LENGTH_MAX,
    ),
    summary:
      `${who} called ${tool}${by} as its request does not explain.` +
      (passage === null ? '' : ` A passage that it had read before ${passageWords(passage)}.`),
    notVisible,
  };
}

export const evidenceTermWords = (value: number, worth: number, of: Numbers<'all' | 'medium'>) => ({
  expected: `0; an alert comes from ${of.medium} in all`,
  observed: `${value.toFixed(2)}, worth ${worth.toFixed(2)}; ${of.all.toFixed(3)} in all`,
});

export const evidenceSumWords = ({ all, medium }: Numbers<'all' | 'medium'>) => ({
  expected: `an alert comes from ${medium} in all`,
  observed: `${all.toFixed(3)} in all`,
});

interface AcrossAgents
  extends Names<'actor' | 'reader' | 'tool' | 'readTool'>,
    Numbers<'texts'>,
    Flags<'isAsked' | 'isOrderUnknown' | 'isCut'> {
  readonly passage: Passage;
}

export function hijackAcrossWords({ actor, reader, tool, readTool, texts, ...act }: AcrossAgents) {
  const asked = act.isAsked ? 'its request does not name' : 'are in no request that was sent';
  const further = texts < 2 ? '' : ` Texts in ${texts} results were obeyed in this piece of work.`;
  const says: readonly (readonly [boolean, string])[] = [
    [act.isOrderUnknown, 'Nothing tells whether the text was read before the call.'],
    [!act.isAsked, UNSENT],
    [act.isCut, 'More was read and done in this chain than is kept to compare.'],
  ];
  return {
    title: shorten(`${actor} obeyed text that ${reader} had read`, TITLE_LENGTH_MAX),
    summary:
      `${actor} called ${tool} with values that ${asked}. They stand in a passage that ` +
      `${reader} read with ${readTool} in the same piece of work, and that ${passageWords(act.passage)}.${further}`,
    not_visible: says.filter(([is]) => is).map(([, text]) => text),
  };
}
