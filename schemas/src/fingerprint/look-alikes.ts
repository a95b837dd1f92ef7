/**
 * Letters of other scripts that look like Latin ones (Unicode TR39, confusables), case kept. Of its
 * thousands of rows only single letters that nobody can tell apart: the whole table maps `rn` to `m`
 * and `0` to `O`, which would part secrets from themselves.
 */
const ROWS: readonly (readonly [letters: string, latin: string])[] = [
  ['аеорсухіјѕԁһԛԝкмтвнг', 'aeopcyxijsdhqwkmtbhr'],
  ['АЕОРСУХІЈЅԌԚԜКМТВНҮӀ', 'AEOPCYXIJSGQWKMTBHYI'],
  ['αορνικυετβηχγσ', 'aopvikuetbnxyo'],
  ['ΑΟΡΝΙΚΥΕΤΒΗΧΜΖϹϳ', 'AOPNIKYETBHXMZCj'],
  ['ՍՕՏզհոռսցքօ', 'SOSqhnnugfo'],
  ['ᎠᎡᎢᎪᎫᎬᎳᎷᎻᎽᏀᏃᏔᏙᏚᏞᏢᏦᏴ', 'DRTAJEWMHYGZWVSLPKB'],
  ['ıɑɡɩʋʏᴄᴏᴜᴠᴡᴢꜱ', 'iagiuycouvwzs'],
];

const LOOK_ALIKES: ReadonlyMap<string, string> = new Map(
  ROWS.flatMap(([letters, latin]) =>
    [...letters].map((letter, at) => [letter, latin[at] ?? letter] as const),
  ),
);

const ANY = new RegExp(`[${[...LOOK_ALIKES.keys()].join('')}]`, 'gu');

/** The text with every such letter as the Latin one. Linear. */
export function asLatin(text: string): string {
  return text.replace(ANY, (letter) => LOOK_ALIKES.get(letter) ?? letter);
}
