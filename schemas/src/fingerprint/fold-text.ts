/** Undoes escapes, full-width digits, odd dashes and blanks; letters that look Latin. */
const DASHES = /[\u2010-\u2015\u2212\ufe58\ufe63\uff0d]/g;
const NO_WIDTH = /[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]/g;

/** RFC 8259, 7. */
const ESCAPED: ReadonlyMap<string, string> = new Map([
  ...[...'ntrbf'].map((c) => [c, '\n'] as const),
  ...[...'"\'\\/'].map((c) => [c, c] as const),
]);
const HEX4 = /^[0-9a-fA-F]{4}$/;

export function unescapeText(text: string): string {
  let slash = text.indexOf('\\');
  if (slash === -1) return text;
  let plain = '';
  let from = 0;
  while (slash !== -1) {
    const next = text.charAt(slash + 1);
    const hex = next === 'u' ? text.slice(slash + 2, slash + 6) : '';
    const isCode = hex !== '' && HEX4.test(hex);
    const char = isCode ? String.fromCharCode(Number.parseInt(hex, 16)) : ESCAPED.get(next);
    const end = slash + (isCode ? 6 : 2);
    plain += text.slice(from, slash) + (char ?? text.slice(slash, end));
    from = end;
    slash = text.indexOf('\\', from);
  }
  return plain + text.slice(from);
}

/** NFKC. Linear. */
export function foldText(text: string): string {
  return text.replace(NO_WIDTH, '').normalize('NFKC').replace(DASHES, '-');
}

/** Latin look-alikes (Unicode TR39), single letters only. */
const LOOK_ALIKE_ROWS: readonly (readonly [letters: string, latin: string])[] = [
  ['аеорсухіјѕԁһԛԝкмтвнг', 'aeopcyxijsdhqwkmtbhr'],
  ['АЕОРСУХІЈЅԌԚԜКМТВНҮӀ', 'AEOPCYXIJSGQWKMTBHYI'],
  ['αορνικυετβηχγσ', 'aopvikuetbnxyo'],
  ['ΑΟΡΝΙΚΥΕΤΒΗΧΜΖϹϳ', 'AOPNIKYETBHXMZCj'],
  ['ՍՕՏզհոռսցքօ', 'SOSqhnnugfo'],
  ['ᎠᎡᎢᎪᎫᎬᎳᎷᎻᎽᏀᏃᏔᏙᏚᏞᏢᏦᏴ', 'DRTAJEWMHYGZWVSLPKB'],
  ['ıɑɡɩʋʏᴄᴏᴜᴠᴡᴢꜱ', 'iagiuycouvwzs'],
];

const LOOK_ALIKES: ReadonlyMap<string, string> = new Map(
  LOOK_ALIKE_ROWS.flatMap(([letters, latin]) =>
    [...letters].map((letter, at) => [letter, latin[at] ?? letter] as const),
  ),
);

const ANY_LOOK_ALIKE = new RegExp(`[${[...LOOK_ALIKES.keys()].join('')}]`, 'gu');

export function asLatin(text: string): string {
  return text.replace(ANY_LOOK_ALIKE, (letter) => LOOK_ALIKES.get(letter) ?? letter);
}
