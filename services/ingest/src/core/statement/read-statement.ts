/** What a statement among arguments does: effect and symbols only. */
import type { ToolEntry } from '@waywarden/schemas';
import { argumentNames } from '../domain/destination.ts';
import { shellFacts } from './shell-facts.ts';
import { sqlFacts } from './sql-facts.ts';
import { AS_ENTRY, DELETES, type StatementFacts, strongestOf, WRITES } from './statement-facts.ts';

export const STATEMENT_LENGTH_MAX = 65_536;
const TEXTS_MAX = 256;

type Statement = NonNullable<ToolEntry['statement']>;

const REST = {
  sql: /\bdrop\s+(?:database|schema|table|user|role)\b|\bdelete\s+from\b|\btruncate\s+table\b|;\s*(?:drop|delete|truncate|grant|revoke)\b/i,
  shell: /(?:^|[\s;&|(`])(?:rm\s+-\w*[rR]|mkfs|shred\s|dd\s[^\n]{0,256}of=\/dev\/|dropdb\s)/,
} as const;

function textsIn(value: unknown, joiner: string): readonly string[] {
  if (typeof value === 'string') return [value];
  if (!Array.isArray(value)) return [];
  const texts = value.slice(0, TEXTS_MAX).filter((one) => typeof one === 'string');
  return texts.length === 0 ? [] : [texts.join(joiner)];
}

/** A word of a command that was given as a list stays one word. */
const asWord = (text: string) => `'${text.replaceAll("'", String.raw`'\''`)}'`;

function commandIn(value: unknown): readonly string[] {
  if (!Array.isArray(value)) return textsIn(value, ' ');
  const words = value.slice(0, TEXTS_MAX).filter((one) => typeof one === 'string');
  const [only] = words;
  if (words.length === 1 && only !== undefined) return [only];
  return words.length === 0 ? [] : [words.map(asWord).join(' ')];
}

function textsOf({ language, arg }: Statement, args: unknown): readonly string[] {
  const read = (value: unknown) => (language === 'sql' ? textsIn(value, ';\n') : commandIn(value));
  if (typeof args !== 'object' || args === null || Array.isArray(args)) return read(args);
  const given = args as Readonly<Record<string, unknown>>;
  const names = argumentNames(arg).filter((name) => Object.hasOwn(given, name));
  const texts = names.flatMap((name) => read(given[name]));
  if (language === 'sql' || texts.length === 0) return texts;
  // One command.
  return Array.isArray(given['args']) ? [[...texts, ...commandIn(given['args'])].join(' ')] : texts;
}

function factsOf(language: Statement['language'], text: string): StatementFacts {
  const head = text.slice(0, STATEMENT_LENGTH_MAX);
  const facts = language === 'sql' ? sqlFacts(head) : shellFacts(head);
  if (text.length <= STATEMENT_LENGTH_MAX) return facts;
  const rest = text.slice(STATEMENT_LENGTH_MAX);
  // It may write.
  const unseen = language === 'sql' ? WRITES : AS_ENTRY;
  return strongestOf([facts, REST[language].test(rest) ? DELETES : unseen]);
}

export function readStatement(entry: ToolEntry, args: unknown): StatementFacts | undefined {
  const { statement } = entry;
  if (statement === undefined) return undefined;
  const texts = textsOf(statement, args);
  return strongestOf(texts.map((text) => factsOf(statement.language, text)));
}
