/**
 * What a tool's server says of it in words. Servers may lie, so this only speaks where the name
 * says nothing. The first verb of the first sentence decides, but for verbs that only introduce
 * another (`Allows the user to delete …`).
 */
import type { Effect } from '@waywarden/schemas';
import { foldWord } from './fold-word.ts';
import { nameEffect, sentenceVerb } from './name-effect.ts';
import { has, OBJECTS, words } from './tool-objects.ts';

export interface ToolTexts {
  readonly description: string | undefined;
  readonly properties: readonly string[];
}

const SENTENCE_LENGTH_MAX = 512;
const SENTENCE_WORDS_MAX = 24;
const CLAUSE_WORDS = 8;
const SENTENCE_END = /[.!?\n](?:\s|$)/;
/** They introduce what is done; alone they say that something is given to whoever asks. */
const INTRODUCING = words(
  'provide allow enable let help use support serve offer give return be can able will make permit facilitate ensure aim',
);
const LITTLE = words(
  'the this that and for from with into onto over its their your our are was has have tool function api via used',
);

export interface SentenceReading {
  readonly effect: Effect;
  readonly words: readonly string[];
}

export function sentenceReading(description: string): SentenceReading | undefined {
  const [sentence = ''] = description.slice(0, SENTENCE_LENGTH_MAX).trim().split(SENTENCE_END);
  const said = sentence
    .split(/[^\p{L}\p{N}\p{M}]+/u)
    .map(foldWord)
    .filter((word) => word !== '')
    .slice(0, SENTENCE_WORDS_MAX);
  let introduced = false;
  for (const [at, word] of said.entries()) {
    if (LITTLE.has(word) || (at > 0 && OBJECTS.has(word))) continue;
    const verb = sentenceVerb(word);
    if (verb === undefined) continue;
    if (INTRODUCING.has(verb)) {
      introduced = true;
      continue;
    }
    const clause = [verb, ...said.slice(at + 1, at + CLAUSE_WORDS)];
    return { effect: nameEffect(clause).effect, words: clause };
  }
  return introduced ? { effect: 'read', words: said.slice(0, CLAUSE_WORDS) } : undefined;
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
