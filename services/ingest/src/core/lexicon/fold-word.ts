import { asLatin } from '@waywarden/schemas';

const INVISIBLE = /\p{Cf}/gu;
const ACCENTS = /[\u0300-\u036f]/g;
const LETTERS: Readonly<Record<string, string>> = {
  ...{ ß: 'ss', ø: 'o', ł: 'l', æ: 'ae', œ: 'oe', đ: 'd', ı: 'i' },
};
const SPECIAL = /[ßøłæœđı]/g;

const DIGITS: Readonly<Record<string, string>> = {
  ...{ '0': 'o', '3': 'e', '4': 'a', '5': 's', '7': 't' },
};
const LATIN = /[a-z]/;

export function foldCharacters(text: string): string {
  const plain = text.normalize('NFKC').replace(INVISIBLE, '').normalize('NFD').replace(ACCENTS, '');
  return plain.normalize('NFC');
}

export function foldWord(text: string): string {
  return foldCharacters(text)
    .toLowerCase()
    .replace(SPECIAL, (one) => LETTERS[one] ?? one);
}

/** If they only look like others. */
export function lookAlikes(word: string): readonly string[] {
  const latin = asLatin(word);
  const found = latin === word ? [] : [latin];
  if (/\d/.test(latin) && LATIN.test(latin)) {
    const spelled = latin.replace(/[03457]/g, (digit) => DIGITS[digit] ?? digit);
    found.push(spelled.replaceAll('1', 'l'), spelled.replaceAll('1', 'i'));
  }
  return found;
}

export type WordSet = ReadonlySet<string>;

export const words = (list: string): WordSet => new Set(list.split(' '));
export const has = (name: WordSet, any: WordSet) => [...name].some((word) => any.has(word));
export const one = (name: WordSet, ...any: string[]) => any.some((word) => name.has(word));
