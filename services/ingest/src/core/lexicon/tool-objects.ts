/** Nouns that decide a capability. */
import { LEXICON } from './lexicon.ts';
import { type WordSet, words } from './word-set.ts';

const { objects } = LEXICON;
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
