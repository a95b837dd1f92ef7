import type { AuditEvent } from '@waywarden/schemas';
import { mayHaveHappened } from '../domain/acts.ts';
import { agentName } from '../domain/agent-name.ts';
import { callEnding } from '../domain/call-ending.ts';
import { dateOfDay } from '../domain/day.ts';
import { destinationDomain } from '../domain/registry/envelope.ts';
import { counted, SHOWN_NAME_LENGTH_MAX, shorten, TITLE_LENGTH_MAX } from '../domain/short-text.ts';
import {
  deedOf,
  effectAttempt,
  effectDeed,
  endingWords,
  type Flags,
  type Names,
  type Numbers,
} from './deeds.ts';

type Described = (value: string, event: AuditEvent, isDone: boolean) => string;

const NOVELTY_WORDS = {
  first_tool: (_, { tool }, isDone) => `${isDone ? 'called' : 'to call'} ${tool?.name ?? 'a tool'}`,
  first_effect: (_, { effect }, isDone) => (isDone ? effectDeed(effect) : effectAttempt(effect)),
  first_target: (value, _, isDone) =>
    `${isDone ? 'acted' : 'to act'} on ${value.split('/').filter(Boolean).join(' ')}`,
  first_environment: (environment, _, isDone) => `${isDone ? 'acted' : 'to act'} in ${environment}`,
  first_sensitivity: (value, { effect }, isDone) => {
    const data = `${value.split('/').slice(0, 2).filter(Boolean).join(' ')} data`;
    return isDone ? `${effect} on ${data}` : `to reach ${data} (${effect})`;
  },
  first_counterparty: (_, event, isDone) => {
    const domain = destinationDomain(event);
    // An account or an address may be a person's.
    const whom =
      domain === undefined ? 'a new counterparty' : shorten(domain, SHOWN_NAME_LENGTH_MAX);
    return `${isDone ? '' : 'to '}${event.effect} to ${whom}`;
  },
} as const satisfies Readonly<Record<string, Described>>;
export type NoveltyName = keyof typeof NOVELTY_WORDS;

export interface SeenValue extends Names<'value'>, Numbers<'times' | 'n' | 'distinct'> {
  readonly event: AuditEvent;
  readonly name: NoveltyName;
  readonly have: (Names<'level'> & Numbers<'have' | 'agents'>) | undefined;
}

function newDeed({ event, name, value }: SeenValue): string {
  const isDone = callEnding(event) === 'done';
  const what = NOVELTY_WORDS[name](value, event, isDone).slice(0, 60);
  return isDone ? what : `tried ${what}, ${endingWords(event)}`;
}

function peersClaimed({ have: peers }: SeenValue): string {
  if (peers === undefined) return '';
  const whose = peers.level === 'tenant' ? 'agents of its tenant' : 'of its peers';
  return `; ${peers.have} of ${peers.agents} ${whose} ${peers.have === 1 ? 'has' : 'have'}`;
}

export function noveltyReasonWords(seen: SeenValue, isWaiting: boolean) {
  const { times, n, distinct } = seen;
  const note = isWaiting ? '; calls that were doubted or lacked an approval had it before' : '';
  return {
    text: `${newDeed(seen)}: seen in ${times} of ${counted(n, 'counted call')} of this agent${peersClaimed(seen)}${note}.`,
    expected: `a new one in about ${((distinct / Math.max(1, n + distinct)) * 100).toFixed(1)} % of calls`,
    observed: times === 0 ? 'never before' : `${counted(times, 'time')} before`,
  };
}

const UNKNOWN_NOTE =
  'What the tool does can’t be told: no catalogue entry, no annotation and no word of its name says so. An entry under the registry’s tools would.';
const PERHAPS_NOTE = 'Whether it took effect before it ended so is not visible.';
const PEER_NOTES = {
  none: ['Peers were not compared: too little is known of any group of this agent.'],
  peers: ['Its own history is too short to be judged by, so that of others was used.'],
  both: [],
} as const;

interface Judged extends Numbers<'sinceDay'>, Flags<'isUnknownTool'> {
  readonly comparedWith: 'peers' | 'both' | undefined;
}

export function noveltyWords(seen: SeenValue, { sinceDay, isUnknownTool, comparedWith }: Judged) {
  const { event, n, distinct } = seen;
  const [who, what] = [agentName(event), newDeed(seen)];
  const history =
    n === 0
      ? 'It was never seen before'
      : `In ${counted(n, 'counted call')} since ${dateOfDay(sinceDay)} it never did; ${distinct} other values were seen`;
  const isPerhaps = callEnding(event) !== 'done' && mayHaveHappened(event.effect);
  return {
    title: shorten(`${who}: ${what}, for the first time`, TITLE_LENGTH_MAX),
    summary: `${who} ${what}. ${history}${peersClaimed(seen)}.`,
    notVisible: [
      ...(isPerhaps ? [PERHAPS_NOTE] : []),
      ...(isUnknownTool ? [UNKNOWN_NOTE] : []),
      ...PEER_NOTES[comparedWith ?? 'none'],
    ],
  };
}

type HourHistory = Numbers<'n' | 'active' | 'sinceDay' | 'marginHours'>;

const neverThen = ({ n, active, sinceDay, marginHours }: HourHistory) =>
  `In ${counted(n, 'counted call')} on ${counted(active, 'day')} since ${dateOfDay(sinceDay)} it never acted within ${marginHours} hours of that time`;

export const actingHoursReasonWords = (hour: number, history: HourHistory) => ({
  text: `Acted at hour ${hour} (UTC). ${neverThen(history)}.`,
  expected: `an hour at which it has acted before (${counted(history.active, 'day')})`,
  observed: `hour ${hour}`,
});

export function actingHoursWords(event: AuditEvent, hour: number, history: HourHistory) {
  const at = `${String(hour).padStart(2, '0')}:00 UTC`;
  const [who, deed] = [agentName(event), deedOf(event)];
  return {
    title: shorten(`${who} ${deed} by itself at ${at}, when it never acts`, 90),
    summary: `${who} ${deed} around ${at}; no person asked for it in a conversation and none approved it. ${neverThen(history)}.`,
  };
}

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
