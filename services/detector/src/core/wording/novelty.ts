import type { AuditEvent } from '@waywarden/schemas';
import { mayHaveHappened } from '../domain/acts.ts';
import { agentName } from '../domain/agent-name.ts';
import { callEnding } from '../domain/call-ending.ts';
import { dateOfDay } from '../domain/day.ts';
import { destinationDomain } from '../domain/registry/envelope.ts';
import { counted, SHOWN_NAME_LENGTH_MAX, shorten, TITLE_LENGTH_MAX } from '../domain/short-text.ts';
import {
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
