/** Latin look-alikes (Unicode TR39), single letters only. */
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

export function asLatin(text: string): string {
  return text.replace(ANY, (letter) => LOOK_ALIKES.get(letter) ?? letter);
}
