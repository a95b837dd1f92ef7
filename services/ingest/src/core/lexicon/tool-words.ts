/** Seed words (`lexicon/tool-names.yaml`); generated English ranks below. */
import { EFFECTS, type Effect } from '@waywarden/schemas';
import { foldWord } from './fold-word.ts';
import { LEXICON } from './lexicon.ts';

export type WordsByEffect = Readonly<Partial<Record<Effect, string>>>;

/** `loschen` and `loeschen`. */
function spellings(word: string): readonly string[] {
  const spelled = word.replaceAll('ä', 'ae').replaceAll('ö', 'oe').replaceAll('ü', 'ue');
  return [...new Set([foldWord(word), foldWord(spelled)])];
}

export function wordPairs(lists: WordsByEffect): readonly (readonly [string, Effect])[] {
  return EFFECTS.flatMap((effect) =>
    (lists[effect]?.split(' ') ?? []).map((word) => [word, effect] as const),
  );
}

function mapOf(...lists: readonly WordsByEffect[]): ReadonlyMap<string, Effect> {
  const pairs = lists
    .flatMap(wordPairs)
    .flatMap(([word, effect]) => spellings(word).map((one) => [one, effect] as const));
  return new Map(pairs.reverse());
}

export const STRONG = mapOf(LEXICON.english, LEXICON.foreign);
export const NOUN_VERBS = mapOf(LEXICON.english_weak);
export const WEAK = mapOf(LEXICON.foreign_weak);
export const WHOLE_NAMES = mapOf(LEXICON.foreign_deeds);
export const UNSPACED = wordPairs(LEXICON.unspaced);
