/**
 * One spelling for words that look alike: full-width letters and ligatures (NFKC), accents, invisible characters,
 * case, and the letters of other scripts that look like Latin ones. Of Unicode's confusables only the letters of
 * Cyrillic and Greek that nobody can tell from Latin ones are kept, and digits that are read as letters: the whole
 * table has thousands of rows, maps `rn` to `m`, and changes with every version.
 */
const INVISIBLE = /\p{Cf}/gu;
const ACCENTS = /[\u0300-\u036f]/g;
const LETTERS: Readonly<Record<string, string>> = {
  ...{ ß: 'ss', ø: 'o', ł: 'l', æ: 'ae', œ: 'oe', đ: 'd', ı: 'i' },
};
const SPECIAL = /[ßøłæœđı]/g;

const CYRILLIC = ['аеорсухіјѕԁһԛԝкмтвнг', 'aeopcyxijsdhqwkmtbhr'] as const;
const GREEK = ['αορνικυετβηχ', 'aopvikuetbnx'] as const;
const LOOKS: ReadonlyMap<string, string> = new Map(
  [CYRILLIC, GREEK].flatMap(([from, to]) =>
    [...from].map((letter, at) => [letter, to[at] ?? letter] as const),
  ),
);
const DIGITS: Readonly<Record<string, string>> = {
  ...{ '0': 'o', '3': 'e', '4': 'a', '5': 's', '7': 't' },
};
const LATIN = /[a-z]/;

/** Without accents and what can't be seen, case kept: names are parted by it. */
export function foldCharacters(text: string): string {
  const plain = text.normalize('NFKC').replace(INVISIBLE, '').normalize('NFD').replace(ACCENTS, '');
  return plain.normalize('NFC');
}

export function foldWord(text: string): string {
  return foldCharacters(text)
    .toLowerCase()
    .replace(SPECIAL, (one) => LETTERS[one] ?? one);
}

/** What else a folded word may be read as, if its letters or digits only look like others. */
export function lookAlikes(word: string): readonly string[] {
  const latin = [...word].map((one) => LOOKS.get(one) ?? one).join('');
  const found = latin === word ? [] : [latin];
  if (/\d/.test(latin) && LATIN.test(latin)) {
    const spelled = latin.replace(/[03457]/g, (digit) => DIGITS[digit] ?? digit);
    found.push(spelled.replaceAll('1', 'l'), spelled.replaceAll('1', 'i'));
  }
  return found;
}
