/**
 * Which of the registry's decoys stand in a call's clear arguments, as far as they are there to be seen: a record
 * or credential that nobody has a reason to use is touched by naming it too (`get_customer {"id": …}`), and what is
 * kept of arguments can't tell that any more.
 *
 * By its name as it stands in the registry, alone or within a text, where it is no part of a longer name. Names of
 * fewer than six characters only as a whole value: they stand in texts by chance. Limits: other spellings
 * of it (capitals, percent-encoding), and a source that derives the fields of its calls itself.
 */

/** Decoys named of one call. */
export const NAMED_DECOYS_MAX = 4;
const WITHIN_TEXT_MIN = 6;
const PART_OF_NAME = /[\p{L}\p{N}_-]/u;

/** As JSON has it, without the quotes. */
const written = (name: string) => JSON.stringify(name).slice(1, -1);

function standsIn(text: string, name: string): boolean {
  const own = written(name);
  if (own.length < WITHIN_TEXT_MIN) return text.includes(`"${own}"`);
  for (let at = text.indexOf(own); at >= 0; at = text.indexOf(own, at + 1)) {
    const around = [text.charAt(at - 1), text.charAt(at + own.length)];
    // What follows a backslash belongs to it: the n of a line's end is no letter.
    const isEscape = /\\[nrtbf]$/.test(text.slice(Math.max(0, at - 2), at));
    if (!PART_OF_NAME.test(around[1] ?? '') && (isEscape || !PART_OF_NAME.test(around[0] ?? ''))) {
      return true;
    }
  }
  return false;
}

export function namedDecoys(value: unknown, decoys: readonly string[]): readonly string[] {
  if (value === undefined || decoys.length === 0) return [];
  const text = JSON.stringify(value);
  return decoys.filter((name) => standsIn(text, name)).slice(0, NAMED_DECOYS_MAX);
}
