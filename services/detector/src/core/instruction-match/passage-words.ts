/**
 * A passage that an agent read, in words: what it asks for and by what it gives itself away. Its text
 * is not kept, so this names the marks that were found and never quotes.
 */
import { listOf } from '../short-text.ts';

const SIGN_WORDS: Readonly<Record<string, string>> = {
  addresses_ai: 'it speaks to a machine',
  override: 'it sets other instructions aside',
  task_talk: 'it talks of the reader’s task',
  urgent: 'it urges',
  covert: 'it asks for silence',
  tag: 'it imitates the markup of instructions',
  todo: 'it poses as a list of things to do',
};

export interface PassageMarks {
  readonly kind: string;
  readonly actions: readonly string[];
  readonly meta: readonly string[];
}

/** `asks to send or pay`, `speaks of an action (pay)`; of one that names no action nothing says that it meant this one. */
export function askWords({ kind, actions }: PassageMarks): string {
  const said = [...actions].sort().join(' or ');
  if (said === '') return 'names no action that is known';
  return kind === 'imperative' ? `asks to ${said}` : `speaks of an action (${said})`;
}

/** `it urges and it asks for silence`; empty where nothing marks it. */
export function signWords({ meta }: PassageMarks): string {
  return listOf([...meta].sort().map((sign) => SIGN_WORDS[sign] ?? sign));
}
