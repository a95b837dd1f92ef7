/** Names that begin alike are stored without the common part. */

/** Nothing of fewer than two. */
export function commonBeginning(names: readonly string[]): string {
  const [first = '', ...others] = names;
  if (others.length === 0) return '';
  let length = first.length;
  for (const name of others) {
    length = Math.min(length, name.length);
    let at = 0;
    while (at < length && name.charCodeAt(at) === first.charCodeAt(at)) at += 1;
    length = at;
  }
  return first.slice(0, length);
}
