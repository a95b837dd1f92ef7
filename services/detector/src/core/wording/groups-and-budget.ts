import {
  agentsNamed,
  counted,
  SUMMARY_NAME_LENGTH_MAX,
  shorten,
  TITLE_LENGTH_MAX,
} from '../domain/short-text.ts';
import type { Numbers } from './deeds.ts';

const IN_COMMON = {
  system: 'work with',
  release: 'came to',
  role: 'are registered as',
} as const;

export interface CauseInCommon {
  readonly what: keyof typeof IN_COMMON;
  readonly name: string;
}

export function groupWords(
  { what, name }: CauseInCommon,
  agents: readonly string[],
  first: string,
) {
  const short = shorten(name, SUMMARY_NAME_LENGTH_MAX);
  return {
    title: shorten(`${short}: ${agents.length} agents alarm alike`, TITLE_LENGTH_MAX),
    summary: `${counted(agents.length, 'agent')} that ${IN_COMMON[what]} ${short} alarmed alike within hours, so it is reported once, about what they have in common: ${agentsNamed(agents, SUMMARY_NAME_LENGTH_MAX)}. Of the first: ${shorten(first, 300)}`,
  };
}

export const GROUP_UNSEEN =
  'Whether one of them has another reason is not known: see the alerts of each.';

export function groupReasonWords({ what, name }: CauseInCommon, of: Numbers<'agents' | 'fewest'>) {
  const agents = counted(of.agents, 'agent');
  return {
    text: `${agents} that ${IN_COMMON[what]} ${shorten(name, SUMMARY_NAME_LENGTH_MAX)} within hours.`,
    expected: `fewer than ${of.fewest} agents alarm alike at once`,
    observed: agents,
  };
}

export function budgetUsedWords(bucket: string | undefined, throttled: number): string {
  const whose = bucket === undefined ? 'the agent’s' : `the tenant’s (${bucket} agents)`;
  return `${whose} budget of statistical alerts for a day is used up (${throttled} throttled so far)`;
}

const NOT_QUEUED = {
  inhibited: (by: string) => `other agents alarmed alike, which is reported once, as ${by}`,
  throttled: (by: string) => by,
} as const;

export const notQueuedWords = (summary: string, state: keyof typeof NOT_QUEUED, by: string) =>
  `${summary} Not queued: ${NOT_QUEUED[state](by)}.`;
