/** Seed words (`lexicon/tool-names.yaml`); generated English ranks below. */
import { EFFECTS, type Effect } from '@waywarden/schemas';
import { foldWord, type WordSet, words } from './fold-word.ts';
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

/** Verbs of a word: `tracking`, `verification`. */
const ENDINGS = LEXICON.endings.split(' ').map((one) => {
  const [ending = '', instead = ''] = one.split(':');
  return [ending, instead.split('|')] as const;
});
const STEM_LENGTH_MIN = 3;
const DOUBLED = /([bdgklmnprt])\1$/;
const BRITISH = /is(e|es|ed|ing|er|ers|ation|ations)$/;

/** Not itself; `canceller`: `cancell`, `cancel`. */
export function verbStems(word: string): readonly string[] {
  const american = word.replace(BRITISH, 'iz$1');
  const spellings = american === word ? [word] : [american, word];
  const stems = spellings.flatMap((spelling) =>
    ENDINGS.filter(([ending]) => spelling.endsWith(ending)).flatMap(([ending, instead]) => {
      const root = spelling.slice(0, -ending.length);
      const undoubled = DOUBLED.test(root) ? [root.slice(0, -1)] : [];
      return [...instead.map((one) => root + one), ...undoubled];
    }),
  );
  const [first = word] = spellings;
  const all = first === word ? stems : [first, ...stems];
  return all.filter((one) => one.length >= STEM_LENGTH_MIN);
}

const { objects } = LEXICON;
/** Nouns that decide a capability. */
export const WEB = words(objects.web);
export const OUTSIDE_TEXT = words(objects.outside_text);
export const SECRET = words(objects.secret);
export const PERSONAL = words(objects.personal);
export const FINANCIAL = words(objects.financial);
export const SOURCE = words(objects.source);
export const DIRECTORY = words(objects.directory);
export const MONEY = words(objects.money);
export const CASH = words(objects.cash);
export const OWNERSHIP = words(objects.ownership);
export const ACCESS = words(objects.access);
export const LOGGING = words(objects.logging);
export const KNOWLEDGE = words(objects.knowledge);

/** Not verbs of the same letters. */
export const OBJECTS: WordSet = new Set(
  [WEB, OUTSIDE_TEXT, SECRET, PERSONAL, FINANCIAL, SOURCE, DIRECTORY].flatMap((all) => [...all]),
);
