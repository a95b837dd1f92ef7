/** Nouns of tools' names by what they are about: they decide which capability an effect exercises. */
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
/** Nothing but money, wherever the verb stands: German has it last. */
export const CASH = words(objects.cash);
/** Who has it decides over it. */
export const OWNERSHIP = words(objects.ownership);
/** What is watched with; an alarm or an alert alone may be a clock's. */
export const LOGGING = words(objects.logging);
/** What is there to be asked, where a name says nothing that is done to it. */
export const KNOWLEDGE = words(objects.knowledge);

/** What a name is about and not what it does, though English has verbs of the same letters. */
export const OBJECTS: WordSet = new Set(
  [WEB, OUTSIDE_TEXT, SECRET, PERSONAL, FINANCIAL, SOURCE, DIRECTORY].flatMap((all) => [...all]),
);
