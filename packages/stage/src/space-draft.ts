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
 * Memory is bounded by two generations: when the young one is full it becomes the old one, and the old
 * one is dropped; active agents stay in memory, cold ones on disk. They turn only between batches, when
 * every entry is stored.
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
}

export class SpaceDraft implements Draft {
  #young = new Map<string, Entry>();
  #old = new Map<string, Entry>();
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
    if (this.#young.size < this.#entriesMax) return;
    this.#old = this.#young;
    this.#young = new Map();
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

  #entryOf(key: string): Entry {
    const young = this.#young.get(key);
    if (young !== undefined) return young;
    const entry = this.#old.get(key) ?? { key, value: UNKNOWN, stored: UNKNOWN, changed: false };
    this.#young.set(key, entry);
    return entry;
  }
}
