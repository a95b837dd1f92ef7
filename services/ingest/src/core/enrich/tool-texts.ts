/** A tool's own words: the first verb of the first sentence, only where the name is silent. */
import { calledTool, type Effect, type InputEvent } from '@waywarden/schemas';
import type { BoundedMap } from '../domain/bounded-map.ts';
import { type Fields, isObject } from '../formats/read-line.ts';
import { foldWord, has, words } from '../lexicon/fold-word.ts';
import { LEXICON } from '../lexicon/lexicon.ts';
import { nameEffect, sentenceVerb } from '../lexicon/name-effect.ts';
import { OBJECTS } from '../lexicon/tool-words.ts';

export interface ToolTexts {
  readonly description: string | undefined;
  readonly properties: readonly string[];
}

const SENTENCE_LENGTH_MAX = 512;
const SENTENCE_WORDS_MAX = 24;
const CLAUSE_WORDS = 8;
const SENTENCE_END = /[.!?\n](?:\s|$)/;
/** `Allows to …`. */
const INTRODUCING = words(LEXICON.texts.introducing);
const LITTLE = words(LEXICON.texts.little);

interface SentenceReading {
  readonly effect: Effect;
  readonly words: readonly string[];
}

export function sentenceReading(description: string): SentenceReading | undefined {
  const [sentence = ''] = description.slice(0, SENTENCE_LENGTH_MAX).trim().split(SENTENCE_END);
  const claimed = sentence
    .split(/[^\p{L}\p{N}\p{M}]+/u)
    .map(foldWord)
    .filter((word) => word !== '')
    .slice(0, SENTENCE_WORDS_MAX);
  let introduced = false;
  for (const [at, word] of claimed.entries()) {
    if (LITTLE.has(word) || (at > 0 && OBJECTS.has(word))) continue;
    const verb = sentenceVerb(word);
    if (verb === undefined) continue;
    if (INTRODUCING.has(verb)) {
      introduced = true;
      continue;
    }
    const clause = [verb, ...claimed.slice(at + 1, at + CLAUSE_WORDS)];
    return { effect: nameEffect(clause).effect, words: clause };
  }
  return introduced ? { effect: 'read', words: claimed.slice(0, CLAUSE_WORDS) } : undefined;
}

const RECIPIENT = words('to recipient recipients cc bcc receiver addressee');
const TEXT = words('body message subject text content');
const PAID = words('currency iban payee account');
const CODE = words('command cmd code script');
const QUESTION = words('query q search filter limit offset cursor');

export function propertiesEffect(properties: readonly string[]): Effect | undefined {
  const names = new Set(properties.map((one) => foldWord(one)));
  if (names.has('amount') && (has(names, RECIPIENT) || has(names, PAID))) return 'pay';
  if (has(names, RECIPIENT) && has(names, TEXT)) return 'send';
  if (has(names, CODE)) return 'execute';
  return names.size > 0 && [...names].every((one) => QUESTION.has(one)) ? 'read' : undefined;
}

export interface AnnotatedToolTexts extends ToolTexts {
  readonly annotations: unknown;
}

export type ListedTools = BoundedMap<AnnotatedToolTexts>;

const TOOLS_OF_A_LIST_MAX = 500;
const DESCRIPTION_LENGTH_MAX = 512;
const PROPERTIES_MAX = 64;
const PROPERTY_LENGTH_MAX = 64;

function propertiesOf(schema: unknown): readonly string[] {
  const properties = isObject(schema) ? schema['properties'] : undefined;
  return isObject(properties)
    ? Object.keys(properties)
        .slice(0, PROPERTIES_MAX)
        .map((name) => name.slice(0, PROPERTY_LENGTH_MAX))
    : [];
}

function givenDefinition(given: Fields): AnnotatedToolTexts {
  const { description, annotations } = given;
  return {
    description:
      typeof description === 'string' && description !== ''
        ? description.slice(0, DESCRIPTION_LENGTH_MAX)
        : undefined,
    properties: propertiesOf(given['input_schema'] ?? given['inputSchema']),
    annotations,
  };
}

export function definitionOf(
  tool: NonNullable<InputEvent['tool']>,
  listed: AnnotatedToolTexts | undefined,
): AnnotatedToolTexts {
  const given = givenDefinition(tool);
  if (listed === undefined) return given;
  return {
    description: given.description ?? listed.description,
    properties: given.properties.length > 0 ? given.properties : listed.properties,
    annotations: given.annotations ?? listed.annotations,
  };
}

/** A list has no server. */
function keyOf(name: string, server: string | undefined): string {
  const called = calledTool(name, server);
  return `${called.server ?? ''}\u0000${called.tool}`;
}

export function listedTool(
  { tool }: InputEvent,
  listed: ListedTools,
): AnnotatedToolTexts | undefined {
  return tool === undefined ? undefined : listed.get(keyOf(tool.name, tool.server));
}

export function noteListed({ activity, tool, result }: InputEvent, listed: ListedTools): void {
  if (activity !== 'tool_list' || !isObject(result?.value)) return;
  const { tools } = result.value;
  if (!Array.isArray(tools)) return;
  for (const one of tools.slice(0, TOOLS_OF_A_LIST_MAX)) {
    const name = isObject(one) ? one['name'] : undefined;
    if (typeof name === 'string') listed.set(keyOf(name, tool?.server), givenDefinition(one));
  }
}
