import { counted, shortAgentName, shorten } from '../domain/short-text.ts';

const NAMED_MAX = 12;
const QUOTE_LENGTH_MAX = 300;

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
  const short = shorten(name, 48);
  const names = agents.slice(0, NAMED_MAX).map((uid) => shorten(shortAgentName(uid), 48));
  const rest = agents.length > NAMED_MAX ? ` and ${agents.length - NAMED_MAX} more` : '';
  return {
    title: shorten(`${short}: ${agents.length} agents alarm alike`, 90),
    summary: `${counted(agents.length, 'agent')} that ${WORDS[what]} ${short} alarmed alike within hours, so it is reported once, about what they have in common: ${names.join(', ')}${rest}. Of the first: ${shorten(first, QUOTE_LENGTH_MAX)}`,
  };
}
