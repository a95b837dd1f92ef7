/**
 * Which event ids were archived lately: two generations of an open-addressed table, the last
 * 524,288 to 1,048,576 events, 48 MiB at most. Whole ids: a collision would hide an event.
 */
import type { LogRecord } from '@waywarden/event-log';

/** Ids of one generation. */
export const HORIZON_IDS_MIN = 524_288;
const FIRST_SLOTS = 16_384;
/** id (4 words), offset (2 words), partition and a mark that the slot is taken (1 word). */
const WORDS = 7;
const ID_BYTES = WORDS * 4;
const TAKEN = 0x8000_0000;

export interface IdPlace {
  readonly partition: number;
  readonly offset: number;
}

/** Value of a hexadecimal digit by character code. */
const HEX = Uint8Array.from({ length: 128 }, (_, code) => {
  const value = Number.parseInt(String.fromCharCode(code), 16);
  return Number.isNaN(value) ? 255 : value;
});
const DASHES = [8, 13, 18, 23];

/** An id of our own form as four words; undefined for any other text. By hand, as it is hot. */
export function idWords(id: string): readonly [number, number, number, number] | undefined {
  if (id.length !== 36 || DASHES.some((at) => id.charCodeAt(at) !== 45)) return undefined;
  const words: [number, number, number, number] = [0, 0, 0, 0];
  let digit = 0;
  for (let at = 0; at < 36; at++) {
    const code = id.charCodeAt(at);
    if (code === 45) continue;
    const value = HEX[code] ?? 255;
    if (value === 255) return undefined;
    const word = digit >> 3;
    words[word] = ((words[word] ?? 0) << 4) | value;
    digit += 1;
  }
  if (digit !== 32) return undefined;
  return [words[0] >>> 0, words[1] >>> 0, words[2] >>> 0, words[3] >>> 0];
}

class Generation {
  size = 0;
  #slots: number;
  #words: Uint32Array;

  constructor() {
    this.#slots = FIRST_SLOTS;
    this.#words = new Uint32Array(FIRST_SLOTS * WORDS);
  }

  /** Where the id stands, or the free slot where it would. */
  #slotOf(a: number, b: number, c: number, d: number): number {
    const words = this.#words;
    const mask = this.#slots - 1;
    // The words are SHA-1 output, so mixing all four is hash enough; probing is linear.
    let slot = (Math.imul(a ^ c, 0x9e3779b1) ^ b ^ d) & mask;
    for (;;) {
      const at = slot * WORDS;
      if (((words[at + 6] ?? 0) & TAKEN) === 0) return at;
      if (words[at] === a && words[at + 1] === b && words[at + 2] === c && words[at + 3] === d) {
        return at;
      }
      slot = (slot + 1) & mask;
    }
  }

  find(a: number, b: number, c: number, d: number): IdPlace | undefined {
    const words = this.#words;
    const at = this.#slotOf(a, b, c, d);
    const tag = words[at + 6] ?? 0;
    if ((tag & TAKEN) === 0) return undefined;
    const offset = (words[at + 4] ?? 0) * 0x1_0000_0000 + (words[at + 5] ?? 0);
    return { partition: (tag & ~TAKEN) >>> 0, offset };
  }

  add(entry: Uint32Array, from: number): void {
    if (this.size * 2 >= this.#slots) this.#grow();
    const [a = 0, b = 0, c = 0, d = 0] = entry.subarray(from, from + 4);
    const at = this.#slotOf(a, b, c, d);
    if (((this.#words[at + 6] ?? 0) & TAKEN) === 0) this.size += 1;
    for (let i = 0; i < WORDS; i++) this.#words[at + i] = entry[from + i] ?? 0;
  }

  #grow(): void {
    const old = this.#words;
    this.#slots *= 2;
    this.#words = new Uint32Array(this.#slots * WORDS);
    this.size = 0;
    for (let at = 0; at < old.length; at += WORDS) {
      if (((old[at + 6] ?? 0) & TAKEN) !== 0) this.add(old, at);
    }
  }
}

/** One batch of ids, packed as they are stored. */
export class IdPage {
  #words = new Uint32Array(256 * WORDS);
  size = 0;

  push(id: readonly [number, number, number, number], place: IdPlace): void {
    if ((this.size + 1) * WORDS > this.#words.length) {
      const wider = new Uint32Array(this.#words.length * 2);
      wider.set(this.#words);
      this.#words = wider;
    }
    const at = this.size * WORDS;
    this.#words.set(id, at);
    this.#words[at + 4] = Math.floor(place.offset / 0x1_0000_0000);
    this.#words[at + 5] = place.offset >>> 0;
    this.#words[at + 6] = (place.partition | TAKEN) >>> 0;
    this.size += 1;
  }

  words(): Uint32Array {
    return this.#words.subarray(0, this.size * WORDS);
  }

  bytes(): Buffer {
    const words = this.words();
    return Buffer.from(words.buffer, words.byteOffset, words.byteLength);
  }
}

export function pageWords(bytes: Uint8Array): Uint32Array {
  const copy = new Uint8Array(bytes.byteLength - (bytes.byteLength % ID_BYTES));
  copy.set(bytes.subarray(0, copy.length));
  return new Uint32Array(copy.buffer);
}

export class RecentIds {
  #coldStart = new Generation();
  #old: Generation | undefined;
  /** The number of the young generation, under which its pages are stored. */
  generation: number;

  constructor(generation = 0) {
    this.generation = generation;
  }

  find(id: readonly [number, number, number, number]): IdPlace | undefined {
    const [a, b, c, d] = id;
    return this.#coldStart.find(a, b, c, d) ?? this.#old?.find(a, b, c, d);
  }

  get size(): number {
    return this.#coldStart.size + (this.#old?.size ?? 0);
  }

  add(words: Uint32Array): void {
    for (let at = 0; at < words.length; at += WORDS) this.#coldStart.add(words, at);
  }

  get full(): boolean {
    return this.#coldStart.size >= HORIZON_IDS_MIN;
  }

  /** Forgets the old generation; the young one becomes old. */
  turn(): void {
    this.#old = this.#coldStart;
    this.#coldStart = new Generation();
    this.generation += 1;
  }
}

const SET_BY_INGEST = ['observed_time'];

function content(record: LogRecord): string {
  const text = Buffer.from(record.value ?? []).toString('utf8');
  try {
    return JSON.stringify(JSON.parse(text), (key, value: unknown) =>
      SET_BY_INGEST.includes(key) ? undefined : value,
    );
  } catch {
    // No JSON: then the bytes are what it says.
    return text;
  }
}

/**
 * Whether two records of one id say the same. `observed_time` is set anew by ingest each time that
 * a client repeats itself, so it alone may differ.
 */
export function sameContent(a: LogRecord, b: LogRecord): boolean {
  return content(a) === content(b);
}
