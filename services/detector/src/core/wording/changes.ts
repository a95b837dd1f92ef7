/** Undeclared changes. */
import { epochMs, type PrivilegeStep } from '@waywarden/schemas';
import { DAY_MS } from '../domain/day.ts';
import { counted, joinedWords, SHOWN_NAME_LENGTH_MAX, shorten } from '../domain/short-text.ts';
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
