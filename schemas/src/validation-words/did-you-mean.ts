/** Optimal string alignment; a third of the word may be wrong, at most three letters. */
const WORD_LENGTH_MAX = 128;
const MISTAKES_MAX = 3;

function distance(a: string, b: string): number {
  const width = b.length + 1;
  let before: number[] = [];
  let last = Array.from({ length: width }, (_, n) => n);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j < width; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let least = Math.min((last[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + cost);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        least = Math.min(least, (before[j - 2] ?? 0) + 1);
      }
      next.push(least);
    }
    before = last;
    last = next;
  }
  return last[width - 1] ?? 0;
}

/** Undefined: none near. First of equals. */
export function nearest(word: string, known: Iterable<string>): string | undefined {
  if (word.length > WORD_LENGTH_MAX) return undefined;
  const written = word.toLowerCase().replaceAll('-', '_');
  const most = Math.min(MISTAKES_MAX, Math.max(1, Math.floor(word.length / 3)));
  let best: string | undefined;
  let least = most + 1;
  for (const one of known) {
    if (Math.abs(one.length - word.length) > most) continue;
    // One habit, one mistake.
    const meant = one.toLowerCase().replaceAll('-', '_');
    const snake = word.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    const far = snake === one ? 0 : distance(written, meant);
    if (far < least) {
      least = far;
      best = one;
    }
  }
  return best;
}

export function didYouMean(word: string, known: Iterable<string>): string {
  const meant = nearest(word, known);
  return meant === undefined ? '' : `; did you mean ${JSON.stringify(meant)}?`;
}
