/** Silence under used credentials; telemetry gaps. */
import type { PrivilegeStep } from '@waywarden/schemas';
import { HOUR_MS, MINUTE_MS } from '../domain/day.ts';
import {
  agentsNamed,
  counted,
  SHOWN_NAME_LENGTH_MAX,
  shorten,
  TITLE_LENGTH_MAX,
} from '../domain/short-text.ts';
import { type Names, type Numbers, shortAgent } from './deeds.ts';

export interface SilentAgent {
  readonly silence: PrivilegeStep;
  readonly uses: readonly PrivilegeStep[];
  readonly count: number;
}

export interface SilenceFound {
  readonly silent: readonly SilentAgent[];
  readonly others?: readonly string[];
  readonly source?: string;
}

const secondOf = (time: string) => time.slice(0, 19);

function sinceOf({ event_time: since, usual_ms: usual }: PrivilegeStep): string {
  if (usual === undefined)
    return `was last heard of at ${secondOf(since)}, and its heartbeats stopped`;
  const within = counted(Math.round(usual / MINUTE_MS), 'minute');
  return `was last seen to act at ${secondOf(since)}, and it is usually heard of within ${within} at that hour`;
}

const namesOf = (uids: readonly string[]) => agentsNamed(uids, SHOWN_NAME_LENGTH_MAX);

function othersClaimed(others: readonly string[], source: string): string {
  if (others.length === 0) return '';
  return ` ${counted(others.length, 'other agent')} that ${source} tells of fell silent with it, without a use that is known: ${namesOf(others)}.`;
}

const SILENCE_UNSEEN = [
  'What was done with the credential is not visible: only that the target saw it.',
  'What is merely asserted of an agent that was heard proven counts as nothing here, and so does a heartbeat by a source that the registry does not name for it.',
];

export function silenceWords(
  { silence, uses, count }: SilentAgent,
  { others = [], source = '' }: SilenceFound,
) {
  const who = shortAgent(silence.agent_uid);
  const first = secondOf(uses[0]?.event_time ?? '');
  return {
    title: `${silence.usual_ms === undefined ? 'Nothing' : 'No act'} is told of ${who}, and its credential is in use`,
    summary: `${who} ${sinceOf(silence)}. Its credential was used at the target since (${counted(count, 'use')} known, the first at ${first}). What it does there is not told.${othersClaimed(others, source)}`,
    expected: 'heartbeats or calls as usual, or no use of its credential',
    observed: `${counted(count, 'use')} while silent`,
    notVisible: SILENCE_UNSEEN,
  };
}

export function sourceSilenceWords(found: SilenceFound, source: string, count: number) {
  const { silent, others = [] } = found;
  const name = shorten(source, SHOWN_NAME_LENGTH_MAX);
  const agents = silent.map(({ silence }) => silence.agent_uid);
  const first = silent[0]?.silence;
  const since = first && `${shortAgent(first.agent_uid)}, ${sinceOf(first)}`;
  const isOfActs = silent.some(({ silence }) => silence.usual_ms !== undefined);
  return {
    title: `${name} tells ${isOfActs ? 'no act' : 'nothing'} of ${agents.length} agents, and their credentials are in use`,
    summary: `${agents.length} agents that ${name} tells of fell silent within an hour, the first of them, ${since}. Their credentials were used at targets since (${counted(count, 'use')} known): ${namesOf(agents)}. What they do there is not told.${othersClaimed(others, name)}`,
    expected: 'events of its agents, or no use of their credentials',
    observed: `${counted(count, 'use')} of credentials of ${agents.length} agents while ${name} is silent`,
    notVisible: SILENCE_UNSEEN,
  };
}

type SilentSource = Names<'who' | 'silent' | 'source'> &
  Numbers<'silentMs' | 'lacking' | 'oddDays' | 'days'>;

export function telemetryGapWords({ who, silent, source, lacking, ...gap }: SilentSource) {
  const hours = counted(Math.round(gap.silentMs / HOUR_MS), 'hour');
  return {
    title: shorten(
      `${silent} is silent of ${who} while ${source} shows it at work`,
      TITLE_LENGTH_MAX,
    ),
    summary: `${silent}, which tells of most that ${who} does, has told nothing of it for ${hours}, while ${source} told of ${counted(lacking, 'call')}. On ${gap.oddDays} of ${gap.days} days before it lacked calls that others told of.`,
    expected: `calls of ${silent} within an hour of those of others`,
    observed: `none for ${hours}`,
    notVisible: ['What else it did in that time is not visible.'],
  };
}

const minuteOf = (time: string) => `${time.slice(0, 10)} ${time.slice(11, 16)}`;

type LostNumbers = Names<'source' | 'since' | 'until'> & Numbers<'numbers'>;

export function lostNumbersWords({ numbers, source, since, until }: LostNumbers): string {
  return `${counted(numbers, 'event')} of its source ${source} did not arrive, between ${minuteOf(since)} and ${minuteOf(until)} UTC by its running numbers; whose they were is not known.`;
}

type MissedBeats = Names<'since' | 'until'> & Numbers<'heartbeatS'>;

export function missedBeatsWords({ since, until, heartbeatS }: MissedBeats): string {
  return `Nothing was heard of it between ${minuteOf(since)} and ${minuteOf(until)} UTC, and its heartbeats are due every ${heartbeatS} s.`;
}
