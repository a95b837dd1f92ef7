/**
 * Chance that is the same on every machine: sfc32, seeded by a text.
 *
 * Each entity (agent, run, plot) has a stream named after itself, so that one more agent shifts
 * nothing of the others. Rejected: one stream for the whole fleet, where every addition changes
 * all that follows, and Math.random, which has no seed.
 */
export interface Random {
  /** A number in [0, 1) with 32 bits. */
  next(): number;
  /** A whole number from `low` to `high`, both included. */
  int(low: number, high: number): number;
  pick<T>(from: readonly [T, ...T[]]): T;
  chance(probability: number): boolean;
  /** `length` characters out of `alphabet`. */
  text(alphabet: string, length: number): string;
}

/** Four 32-bit words of a text (FNV-1a with four offsets, then mixed). */
function words(text: string): [number, number, number, number] {
  const word = (offset: number): number => {
    let h = (2166136261 ^ offset) >>> 0;
    for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 16777619) >>> 0;
    h = Math.imul(h ^ (h >>> 16), 2246822507);
    h = Math.imul(h ^ (h >>> 13), 3266489909);
    return (h ^ (h >>> 16)) >>> 0;
  };
  return [word(0), word(0x9e3779b9), word(0x85ebca6b), word(0xc2b2ae35)];
}

/** @param seed names the stream: the same text gives the same numbers, for ever. */
export function randomOf(seed: string): Random {
  let [a, b, c, d] = words(seed);
  const next = (): number => {
    const t = (((a + b) | 0) + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + t) | 0;
    return (t >>> 0) / 4294967296;
  };
  for (let i = 0; i < 12; i++) next();
  const int = (low: number, high: number): number => low + Math.floor(next() * (high - low + 1));
  return {
    next,
    int,
    pick: (from) => from[int(0, from.length - 1)] ?? from[0],
    chance: (probability) => next() < probability,
    text: (alphabet, length) => {
      let made = '';
      for (let i = 0; i < length; i++) made += alphabet.charAt(int(0, alphabet.length - 1));
      return made;
    },
  };
}
