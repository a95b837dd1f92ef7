/**
 * The effect in a tool's name: seed (`tool-words.ts`), foreign word, English verb, noun. English puts the thing last.
 */
import type { Effect } from '@waywarden/schemas';
import { ENGLISH_DEEDS, ENGLISH_THINGS, ENGLISH_VERBS } from './english-verbs.ts';
import { has, type WordSet, words } from './fold-word.ts';
import * as objects from './tool-words.ts';
import {
  NOUN_VERBS,
  STRONG,
  UNSPACED,
  verbStems,
  WEAK,
  WHOLE_NAMES,
  wordPairs,
} from './tool-words.ts';

const VERBS = new Map(wordPairs(ENGLISH_VERBS));
const DEEDS = new Map(wordPairs(ENGLISH_DEEDS));
const THINGS = words(ENGLISH_THINGS);
const MOVES = words('transfer withdraw deposit');
const ASSIGNS = words('assign reassign');
const TOOLS = words('api system software service hub app application plugin module utility');
const OF = words('of to for from by in with on');
const SCRIPTS_WITHOUT_SPACES =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u;

export interface EffectReading {
  readonly effect: Effect;
  /** By a seed or a foreign word, and not by what derives from one. */
  readonly isSure: boolean;
}

/** Two meanings are none. */
function unspacedEffect(names: readonly string[]): Effect | undefined {
  const unspaced = names.filter((word) => SCRIPTS_WITHOUT_SPACES.test(word));
  const found = UNSPACED.filter(([part]) => unspaced.some((word) => word.includes(part)));
  const effects = new Set(found.map(([, effect]) => effect));
  return effects.size === 1 ? found[0]?.[1] : undefined;
}

function moveEffect(verb: string, names: readonly string[]): Effect {
  const moved = new Set(names.filter((word) => word !== verb));
  if (has(moved, objects.MONEY) || has(moved, objects.FINANCIAL)) return 'pay';
  if (has(moved, objects.OWNERSHIP)) return 'grant';
  if (names.at(-1) === verb) return 'pay';
  return verb === 'transfer' ? 'send' : 'update';
}

/** Access is granted; a ticket is not. */
const assignEffect = (name: WordSet): Effect => (has(name, objects.ACCESS) ? 'grant' : 'update');

function seedEffect(names: readonly string[]): Effect | undefined {
  const [head = ''] = names;
  const name = new Set(names);
  const first = STRONG.get(head);
  const verb =
    first === undefined
      ? names.find((word) => STRONG.has(word) && !objects.OUTSIDE_TEXT.has(word))
      : head;
  if (verb === undefined) return undefined;
  if (MOVES.has(verb)) return moveEffect(verb, names);
  if (ASSIGNS.has(verb)) return assignEffect(name);
  const effect = first ?? STRONG.get(verb);
  const isMoney = has(name, objects.CASH) || (verb === head && has(name, objects.MONEY));
  return effect === 'send' && isMoney ? 'pay' : effect;
}

function foreignEffect(names: readonly string[]): Effect | undefined {
  const [head = ''] = names;
  const whole = names.length === 1 ? WHOLE_NAMES.get(head) : undefined;
  return WEAK.get(head) ?? whole ?? unspacedEffect(names);
}

function deedEffect(word: string, names: readonly string[]): Effect | undefined {
  const given = DEEDS.get(word);
  if (given !== undefined) return given;
  if (THINGS.has(word) || objects.OBJECTS.has(word)) return undefined;
  const verb = verbStems(word).find((one) => STRONG.has(one) || VERBS.has(one));
  if (verb === undefined || objects.OUTSIDE_TEXT.has(verb)) return undefined;
  if (MOVES.has(verb)) return moveEffect(word, names);
  if (ASSIGNS.has(verb)) return assignEffect(new Set(names));
  return STRONG.get(verb) ?? VERBS.get(verb);
}

function headNoun(names: readonly string[]): string {
  const end = names.findIndex((word, at) => at > 0 && OF.has(word));
  const own = end < 0 ? names : names.slice(0, end);
  return own.findLast((word) => !TOOLS.has(word)) ?? '';
}

function derivedEffect(names: readonly string[]): Effect | undefined {
  const verb = names.find((word) => VERBS.has(word) && !objects.OBJECTS.has(word));
  if (verb !== undefined) return VERBS.get(verb);
  const [first = ''] = names;
  const noun = headNoun(names);
  return NOUN_VERBS.get(noun) ?? deedEffect(noun, names) ?? NOUN_VERBS.get(first);
}

const NOTHING: EffectReading = { effect: 'unknown', isSure: false };

export function nameEffect(names: readonly string[]): EffectReading {
  const sure = seedEffect(names) ?? foreignEffect(names);
  if (sure !== undefined) return { effect: sure, isSure: true };
  const derived = derivedEffect(names);
  if (derived !== undefined) return { effect: derived, isSure: false };
  const isSource = has(new Set(names), objects.WEB) || objects.KNOWLEDGE.has(headNoun(names));
  return isSource ? { effect: 'read', isSure: false } : NOTHING;
}

export function sentenceVerb(word: string): string | undefined {
  if (STRONG.has(word) || VERBS.has(word)) return word;
  if (THINGS.has(word)) return undefined;
  return verbStems(word).find((one) => STRONG.has(one) || VERBS.has(one));
}

export function verbEffect(word: string): Effect | undefined {
  const verb = sentenceVerb(word);
  return verb === undefined ? undefined : (STRONG.get(verb) ?? VERBS.get(verb));
}

export const isBaseVerb = (word: string): boolean => STRONG.has(word) || VERBS.has(word);
