/**
 * Text that a source sent, as it may stand on a terminal: what moves a cursor, hides or turns round is
 * written as its code. New lines too, or a body could write lines that look like ours.
 */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/gu;

const escaped = (char: string) => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`;

export function printable(text: string): string {
  return text.replace(UNPRINTABLE, escaped);
}
