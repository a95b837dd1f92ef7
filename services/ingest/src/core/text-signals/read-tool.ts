/** How texts name a tool: its whole name, and the words of it with which an order speaks of what it does. */
import { TOOL_OBJECTS_MAX } from './limits.ts';
import { nameWords, stem } from './tokens.ts';

export interface ToolReading {
  readonly words: readonly string[];
}

const NAME_LENGTH_MAX = 256;
const WORD_LENGTH_MIN = 3;
/** Of the name's kind and not of what it does. */
const PLAIN = new Set(['tool', 'manager', 'api', 'the', 'server', 'function']);

export function readTool(name: string): ToolReading {
  const words = nameWords(name.slice(0, NAME_LENGTH_MAX))
    .filter((word) => word.length >= WORD_LENGTH_MIN && !PLAIN.has(word))
    .map(stem);
  return { words: [...new Set(words)].slice(0, TOOL_OBJECTS_MAX) };
}
