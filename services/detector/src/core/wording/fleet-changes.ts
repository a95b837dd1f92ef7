/** Undeclared changes; silence under used credentials. */
import { epochMs, type PrivilegeStep } from '@waywarden/schemas';
import { DAY_MS, MINUTE_MS } from '../domain/day.ts';
import {
  agentsNamed,
  counted,
  joinedWords,
  SHOWN_NAME_LENGTH_MAX,
  shorten,
} from '../domain/short-text.ts';
import { shortAgent } from './deeds.ts';

export type ChangedTool = readonly [tool: string, definitions: number, prints: string];

export interface SeenChange {
  readonly agents: number;
  readonly seen: readonly PrivilegeStep[];
  readonly changed: readonly ChangedTool[];
  readonly latestMs: number;
}

const WHAT: Readonly<Record<string, string>> = {
  model: 'another model',
  provider: 'another provider of its model',
  framework: 'another framework',
  release: 'another version',
  prompt: 'another prompt',
  tool: 'other tool definitions',
};

function toolWords({ tool }: PrivilegeStep): string {
  const name = tool?.server === undefined ? tool?.name : `${tool.server}/${tool.name}`;
  return shorten(name ?? '', SHOWN_NAME_LENGTH_MAX);
}

const definitionsIn = (changed: readonly ChangedTool[]) =>
  changed.reduce((sum, [, count]) => sum + count, 0);

function whatShows({ changed }: SeenChange, lead: PrivilegeStep, about: string): string {
  if (changed.length > 1) {
    return `other definitions of ${changed.length} tools of ${shorten(about.slice(about.indexOf('/') + 1), SHOWN_NAME_LENGTH_MAX)}`;
  }
  const count = definitionsIn(changed);
  if (count === 1) return `another definition of ${toolWords(lead)}`;
  if (count > 1) return `${count} other definitions of ${toolWords(lead)}`;
  const sorts = about.split(' + ').map((one) => WHAT[one.slice(0, one.indexOf('/'))] ?? one);
  return sorts.join(' and ');
}

function definitionsWords(changed: readonly ChangedTool[]): string {
  const named = changed.slice(-6).map(([tool, count], at) => {
    const amount = at === 0 ? counted(count, 'new definition') : String(count);
    return `${amount} of ${shorten(tool, SHOWN_NAME_LENGTH_MAX)}`;
  });
  const rest = changed.length - named.length;
  return joinedWords(rest > 0 ? [...named, counted(rest, 'other tool')] : named);
}

function withinDays(firstMs: number, latestMs: number): string {
  const days = Math.ceil((latestMs - firstMs) / DAY_MS);
  return days <= 1 ? 'within a day' : `within ${days} days`;
}

const timeOf = ({ event_time: time }: PrivilegeStep) => time.slice(0, 19);

function changeSummary(of: SeenChange, lead: PrivilegeStep, about: string): string {
  const { agents, changed, seen, latestMs } = of;
  const [first = lead] = seen;
  const span = withinDays(epochMs(first.event_time), latestMs);
  const began = `first ${shortAgent(first.agent_uid)} at ${timeOf(first)}`;
  const undeclared = 'and no declaration of the day before covers it.';
  const end = 'What was reviewed is not what runs.';
  const who = shortAgent(lead.agent_uid);
  if (changed.length === 0) {
    return agents === 1
      ? `${who} came to ${about} at ${timeOf(lead)}, ${undeclared} ${end}`
      : `${counted(agents, 'agent')} came to ${about} ${span}, ${began}, ${undeclared} ${end}`;
  }
  const reported = `${who} came to another definition of ${toolWords(lead)} at ${timeOf(lead)}, ${undeclared}`;
  if (agents === 1 && definitionsIn(changed) === 1) return `${reported} ${end}`;
  const all = `${counted(agents, 'agent')} came to ${definitionsWords(changed)} ${span}, ${began}.`;
  return `${reported} Of ${about} ${all} ${end}`;
}

export function undeclaredChangeWords(of: SeenChange, lead: PrivilegeStep, about: string) {
  const what = whatShows(of, lead, about);
  const definition = lead.tool?.definition_hash;
  return {
    title:
      of.agents === 1
        ? `${shortAgent(lead.agent_uid)} shows ${what}, which nobody declared`
        : `${of.agents} agents show ${what}, which nobody declared (${about})`,
    summary: changeSummary(of, lead, about),
    expected: 'what it showed before, or a declaration within the 24 h before',
    observed:
      definition === undefined
        ? about
        : `${toolWords(lead)} as ${shorten(definition, 2 * SHOWN_NAME_LENGTH_MAX)}`,
    notVisible: ['Who made the change is not visible, only that it shows.'],
  };
}

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

const shown = (time: string) => time.slice(0, 19);

function sinceOf({ event_time: since, usual_ms: usual }: PrivilegeStep): string {
  if (usual === undefined)
    return `was last heard of at ${shown(since)}, and its heartbeats stopped`;
  const within = counted(Math.round(usual / MINUTE_MS), 'minute');
  return `was last seen to act at ${shown(since)}, and it is usually heard of within ${within} at that hour`;
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
  const first = shown(uses[0]?.event_time ?? '');
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
