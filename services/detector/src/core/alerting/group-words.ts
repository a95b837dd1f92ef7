import {
  agentsNamed,
  counted,
  SUMMARY_NAME_LENGTH_MAX,
  shorten,
  TITLE_LENGTH_MAX,
} from '../domain/short-text.ts';

export interface SharedCause {
  readonly what: 'system' | 'release' | 'role';
  readonly name: string;
  readonly print: string;
}

export const WORDS: Readonly<Record<SharedCause['what'], string>> = {
  system: 'work with',
  release: 'came to',
  role: 'are registered as',
};

export function describe({ what, name }: SharedCause, agents: readonly string[], first: string) {
  const short = shorten(name, SUMMARY_NAME_LENGTH_MAX);
  return {
    title: shorten(`${short}: ${agents.length} agents alarm alike`, TITLE_LENGTH_MAX),
    summary: `${counted(agents.length, 'agent')} that ${WORDS[what]} ${short} alarmed alike within hours, so it is reported once, about what they have in common: ${agentsNamed(agents, SUMMARY_NAME_LENGTH_MAX)}. Of the first: ${shorten(first, 300)}`,
  };
}
