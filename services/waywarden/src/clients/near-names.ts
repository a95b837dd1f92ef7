/** Near names, by Levenshtein distance (1966) or containment. */

const NEAR_MAX = 3;
const NEAR_SHARE = 3;
const SHOWN_MAX = 5;

function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (const [i, letter] of [...one].entries()) {
    const next = [i + 1];
    for (const [j, against] of [...other].entries()) {
      const swap = (row[j] ?? 0) + (letter === against ? 0 : 1);
      next.push(Math.min(swap, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}

/** Nearest first. */
export function nearNames(asked: string, names: readonly string[]): readonly string[] {
  const text = asked.toLowerCase();
  const parts = text.split(/[^a-z0-9]+/u).filter((part) => part.length > 3);
  const farOf = (name: string) => {
    const holds = name.includes(text) || parts.some((part) => name.includes(part));
    return holds ? 0 : distance(text, name);
  };
  return names
    .map((name) => ({ name, far: farOf(name) }))
    .filter(({ far }) => far <= Math.min(NEAR_MAX, Math.ceil(text.length / NEAR_SHARE)))
    .sort((a, b) => a.far - b.far)
    .slice(0, SHOWN_MAX)
    .map(({ name }) => name);
}
