/** Shingles of eight words, one in sixteen kept (Broder 1997). Rewording escapes them. */
const WINDOW_WORDS = 8;
/** Short texts have too few. */
const TEXT_WORDS_MIN = 16;
/** Upper four bits 0. */
const SELECT_SHIFT = 28;
const BASE = 0x01000193;
const BASE_POWER = Array.from({ length: WINDOW_WORDS }).reduce<number>(
  (p) => Math.imul(p, BASE),
  1,
);

const CANDIDATES_MAX = 1024;

export interface Shingle {
  /** Selects, unsigned: across a call the smallest stay. */
  readonly hash: number;
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** Small letters and digits alone. */
export function canonicalShingle({ text, start, end }: Shingle): string {
  const passage = text.slice(start, end).toLowerCase();
  return passage.replace(/[^a-z0-9\u0080-\uffff]+/g, '');
}

/** `reset` before the next text. */
export class ShingleWindow {
  readonly #hashes = new Int32Array(WINDOW_WORDS);
  readonly #starts = new Int32Array(WINDOW_WORDS);
  #words = 0;
  /** Since the last dividing mark. */
  #streak = 0;
  #rolling = 0;
  readonly #chosen = new Int32Array(3 * CANDIDATES_MAX);
  #chosenCount = 0;

  reset(): void {
    this.#words = 0;
    this.#streak = 0;
    this.#rolling = 0;
    this.#chosenCount = 0;
    this.#hashes.fill(0);
  }

  /** Names and values are no passage. */
  divide(): void {
    this.#streak = 0;
  }

  word(hash: number, start: number, end: number): void {
    const slot = this.#words % WINDOW_WORDS;
    const leaving = this.#hashes[slot] ?? 0;
    this.#rolling = (Math.imul(this.#rolling, BASE) + hash - Math.imul(leaving, BASE_POWER)) | 0;
    this.#hashes[slot] = hash;
    this.#starts[slot] = start;
    this.#words++;
    if (++this.#streak < WINDOW_WORDS) return;
    const mixed = mix(this.#rolling);
    if (mixed >>> SELECT_SHIFT !== 0 || this.#chosenCount >= CANDIDATES_MAX) return;
    const at = 3 * this.#chosenCount++;
    this.#chosen[at] = mixed;
    this.#chosen[at + 1] = this.#starts[this.#words % WINDOW_WORDS] ?? 0;
    this.#chosen[at + 2] = end;
  }

  shingles(text: string): readonly Shingle[] {
    const all: Shingle[] = [];
    if (this.#words < TEXT_WORDS_MIN) return all;
    for (let at = 0; at < 3 * this.#chosenCount; at += 3) {
      const [hash = 0, start = 0, end = 0] = this.#chosen.subarray(at, at + 3);
      all.push({ hash, text, start, end });
    }
    return all;
  }
}

/** MurmurHash3's finaliser: a rolling sum is too regular. */
function mix(value: number): number {
  let h = value ^ (value >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return h ^ (h >>> 16);
}
