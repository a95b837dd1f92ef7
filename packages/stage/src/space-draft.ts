/**
 * The draft of one space: what is known of its state in memory, what the current record wrote, and
 * what earlier records of the same batch wrote, in one map of entries.
 *
 * An entry holds its present value, and the changed ones can go back: `forget` to where the record
 * began (a `decide` that threw has changed nothing), `abandon` to what is stored (a batch whose outputs
 * the log did not take). One map and not a layer for each of the three, because a stage looks up forty
 * keys for an event and hashing them was a tenth of what deciding cost; absence is kept too, since most
 * first looks find nothing.
 *
 * Memory is bounded by entries: active agents stay in memory, cold ones on disk. Between batches, when
 * every entry is stored, a hand goes round the entries that are too many: who was looked up since it
 * came by last stays, the next one who was not goes. Rejected: two generations, of which the old one is
 * dropped when the young one is full. They are simpler, but to be sure of as many recent entries they
 * hold up to twice as many, and those of all partitions at the same time; the collector lets garbage
 * grow with what is alive, so it was paid for more than once.
 */
import type { Draft } from './port.ts';

const CACHE_ENTRIES_MAX = 100_000;

/** Not looked up yet, and so not known to be absent, which is `undefined`. */
const UNKNOWN: unique symbol = Symbol('unknown');

interface Entry {
  readonly key: string;
  value: unknown;
  /** What the disk holds; UNKNOWN where it was not asked. */
  stored: unknown;
  /** Whether the batch may have written it. */
  changed: boolean;
  /** Whether it was looked up again since it came, or since the hand came by. */
  used: boolean;
}

export class SpaceDraft implements Draft {
  readonly #entries = new Map<string, Entry>();
  /** Where the next one to go is looked for; a map's iterator goes on while entries come and go. */
  #hand: Iterator<Entry> | undefined;
  readonly #read: (key: string) => unknown;
  readonly #entriesMax: number;
  #changed: Entry[] = [];
  /** What the record wrote over, to be put back from the end. */
  #written: Entry[] = [];
  #before: unknown[] = [];

  /** `read`: from disk, undefined for what is absent. */
  constructor(read: (key: string) => unknown, entriesMax: number = CACHE_ENTRIES_MAX) {
    this.#read = read;
    this.#entriesMax = entriesMax;
  }

  get<T>(key: string): T | undefined {
    const entry = this.#entryOf(key);
    if (entry.value === UNKNOWN) {
      entry.value = this.#read(key);
      entry.stored = entry.value;
    }
    return entry.value as T | undefined;
  }

  put(key: string, value: unknown): void {
    const entry = this.#entryOf(key);
    this.#written.push(entry);
    this.#before.push(entry.value);
    entry.value = value;
    if (entry.changed) return;
    entry.changed = true;
    this.#changed.push(entry);
  }

  delete(key: string): void {
    this.put(key, undefined);
  }

  /** The record stands. */
  keep(): void {
    this.#written = [];
    this.#before = [];
  }

  /** The record has written nothing. */
  forget(): void {
    for (let at = this.#written.length - 1; at >= 0; at--) {
      const entry = this.#written[at];
      if (entry !== undefined) entry.value = this.#before[at];
    }
    this.keep();
  }

  /** What the batch wrote; `undefined` where it deleted. */
  *changes(): Generator<readonly [key: string, value: unknown]> {
    for (const { key, value } of this.#changed) if (value !== UNKNOWN) yield [key, value];
  }

  /** The batch is stored. */
  stored(): void {
    for (const entry of this.#changed) {
      entry.stored = entry.value;
      entry.changed = false;
    }
    this.#changed = [];
    while (this.#entries.size > this.#entriesMax) this.#passOne();
  }

  /** The batch has written nothing. */
  abandon(): void {
    this.keep();
    for (const entry of this.#changed) {
      entry.value = entry.stored;
      entry.changed = false;
    }
    this.#changed = [];
  }

  /** The hand comes by one entry. It goes round twice at most before one goes. */
  #passOne(): void {
    this.#hand ??= this.#entries.values();
    const { value: entry, done } = this.#hand.next();
    if (done === true) this.#hand = undefined;
    else if (entry.used) entry.used = false;
    else this.#entries.delete(entry.key);
  }

  #entryOf(key: string): Entry {
    const known = this.#entries.get(key);
    if (known !== undefined) {
      known.used = true;
      return known;
    }
    const entry = { key, value: UNKNOWN, stored: UNKNOWN, changed: false, used: false };
    this.#entries.set(key, entry);
    return entry;
  }
}
