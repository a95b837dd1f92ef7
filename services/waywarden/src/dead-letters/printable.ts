/** Foreign text for a terminal: controls and new lines as codes. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/gu;

const escaped = (char: string) => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`;

export function printable(text: string): string {
  return text.replace(UNPRINTABLE, escaped);
}
