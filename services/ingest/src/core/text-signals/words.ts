import { words } from '../lexicon/fold-word.ts';
import { LEXICON } from '../lexicon/lexicon.ts';
import { nameWords, squash, stem, TOOL_OBJECTS_MAX, type Token } from './tokens.ts';

const STOP = words(LEXICON.texts.stop);
const LENGTH_MIN = 3;

export const isIdentifier = ({ kind, form }: Token): boolean =>
  kind !== 'word' && kind !== 'number' && form.length >= 4;

const BEYOND_LATIN = /[^\0-\u024f]/;

export function matchWords({ kind, form, raw }: Token): readonly string[] {
  if (kind === 'word') {
    if (STOP.has(form) || (form.length < LENGTH_MIN && !BEYOND_LATIN.test(form))) return [];
    return [stem(form)];
  }
  if (kind === 'number') return form.length < LENGTH_MIN ? [] : [form];
  if (kind === 'mail' || kind === 'url') return [form];
  const parts = nameWords(raw).filter((part) => part.length >= LENGTH_MIN);
  return parts.length < 2 ? [form] : [form, ...parts.map(stem)];
}

export const nameForm = (name: string): string => squash(name);

export interface ToolReading {
  readonly words: readonly string[];
}

const NAME_LENGTH_MAX = 256;
const WORD_LENGTH_MIN = 3;
const PLAIN = new Set(['tool', 'manager', 'api', 'the', 'server', 'function']);

export function readTool(name: string): ToolReading {
  const words = nameWords(name.slice(0, NAME_LENGTH_MAX))
    .filter((word) => word.length >= WORD_LENGTH_MIN && !PLAIN.has(word))
    .map(stem);
  return { words: [...new Set(words)].slice(0, TOOL_OBJECTS_MAX) };
}
