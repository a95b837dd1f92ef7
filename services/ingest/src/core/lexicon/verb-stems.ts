/** Verbs of a word: `tracking`, `verification`. */
import { LEXICON } from './lexicon.ts';

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
