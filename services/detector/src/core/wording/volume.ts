import type { AuditEvent } from '@waywarden/schemas';
import { agentName } from '../domain/agent-name.ts';
import { dateOfDay } from '../domain/day.ts';
import { counted, shorten, TITLE_LENGTH_MAX } from '../domain/short-text.ts';
import type { Numbers } from './deeds.ts';

const SPAN_WORDS = {
  minutes: 'within ten minutes',
  hour: 'within an hour',
  day: 'in a day',
  task: 'in one task',
} as const;
export type Span = keyof typeof SPAN_WORDS;

const MEASURE_WORDS = {
  calls: (sum: number) => counted(sum, 'call'),
  failed_calls: (sum: number) => counted(sum, 'failed call'),
  denied_calls: (sum: number) => counted(sum, 'denied call'),
  records: (sum: number) => counted(sum, 'record'),
  bytes: (sum: number) => `${counted(sum, 'byte')} of arguments and results`,
  tokens: (sum: number) => counted(sum, 'token'),
} as const;
export type MeasureName = keyof typeof MEASURE_WORDS;

export interface SeenVolume extends Numbers<'sum' | 'sinceDay'> {
  readonly measure: MeasureName;
  readonly span: Span;
  readonly climb: number | undefined;
  readonly usual: Numbers<'median' | 'most'> | undefined;
}

function usualWords({ measure, span, usual }: SeenVolume): string {
  if (usual === undefined) return 'its own days are too few, so those of its peers decide';
  const say = MEASURE_WORDS[measure];
  const busiest = span === 'day' ? 'a usual day has' : 'the busiest of a usual day has';
  return `${busiest} ${say(usual.median)}, the most so far was ${say(usual.most)}`;
}

const phraseOf = ({ measure, sum, span }: SeenVolume) =>
  `${MEASURE_WORDS[measure](sum)} ${SPAN_WORDS[span]}`;

export function volumeReasonWords(seen: SeenVolume) {
  const { climb, sinceDay } = seen;
  const [observed, expected] = [phraseOf(seen), usualWords(seen)];
  const rising =
    climb === undefined
      ? ''
      : `; day after day set a new record, up to ${climb.toFixed(1)} times the usual before that`;
  const text = `${observed}; ${expected} (since ${dateOfDay(sinceDay)})${rising}.`;
  return { text, expected, observed };
}

export function volumeWords(event: AuditEvent, seen: readonly SeenVolume[], isClimb: boolean) {
  const who = agentName(event);
  const [first, ...others] = seen.map(phraseOf);
  const also = others.length === 0 ? '' : ` Also: ${others.join('; ')}.`;
  const than = isClimb ? 'climbing day by day' : 'more than on any day so far';
  return {
    title: shorten(`${who}: ${first}, ${than}`, TITLE_LENGTH_MAX),
    summary: `${who} made ${seen.slice(0, 1).map((one) => volumeReasonWords(one).text)}${also}`,
    notVisible: ['What the calls were for is not known here: only how many and how large.'],
  };
}
