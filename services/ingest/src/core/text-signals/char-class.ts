/**
 * Which UTF-16 units make words. A table for ASCII and ranges beyond it instead of Unicode property
 * escapes: one array read a unit, and no regular expression on text that attackers write.
 */
export const SPACE = 1;
export const LETTER = 2;
export const DIGIT = 3;
export const CLASS = new Uint8Array(128);
for (let c = 97; c <= 122; c++) CLASS[c] = LETTER;
for (let c = 65; c <= 90; c++) CLASS[c] = LETTER;
for (let c = 48; c <= 57; c++) CLASS[c] = DIGIT;
CLASS[32] = SPACE;
CLASS[9] = SPACE;
CLASS[13] = SPACE;

/** Beyond ASCII everything is a letter but spaces, general punctuation and CJK punctuation. */
export function classOf(unit: number): number {
  if (unit < 128) return CLASS[unit] ?? 0;
  if (unit === 0xa0) return SPACE;
  if (unit < 0xc0 || (unit >= 0x2000 && unit <= 0x206f)) return 0;
  if (unit >= 0x3000 && unit <= 0x303f) return 0;
  return LETTER;
}

/** Lower case for Latin-1, Greek and Cyrillic capitals; other scripts compare as they are. */
export function foldUnit(unit: number): number {
  if (unit >= 0xc0 && unit <= 0xde && unit !== 0xd7) return unit + 32;
  if (unit >= 0x391 && unit <= 0x3a9) return unit + 32;
  if (unit >= 0x410 && unit <= 0x42f) return unit + 32;
  return unit;
}

export function isWordUnit(unit: number): boolean {
  return classOf(unit) >= LETTER;
}

export function isUpper(unit: number): boolean {
  return (unit >= 65 && unit <= 90) || (unit >= 128 && foldUnit(unit) !== unit);
}
