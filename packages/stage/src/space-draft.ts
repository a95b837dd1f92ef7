/**
 * The draft of one space: changed entries can go back to where the record began (`forget`) or to
 * what is stored (`abandon`). Absence is an entry too. Memory is bounded by entries and bytes, with
 * a clock hand.
 */
import type { Transaction } from './port.ts';

/**
 * Which states of a process are in memory: spaces share one bound in bytes, and the heaviest lets
 * go first. What is let go is read from disk again.
 */

/** Of a value: strings, slots and headers as V8 has them. */
const HEADER_BYTES = 24;
const SLOT_BYTES = 8;
/** An object with more keys than this is a table: it holds its keys itself. */
const SHAPE_KEYS_MAX = 32;
/** Elements that are looked at; the rest is taken for the same. */
const SAMPLED_MAX = 8;
/** Of all states of a process that are in memory, about. */
const CACHE_BYTES_MAX = 256 * 1024 * 1024;
/** Hand moves of one call. */
const STEPS_MAX = 256;

/** About how many bytes of heap a plain value takes. */
export function weightOf(value: unknown): number {
  if (typeof value === 'string') return HEADER_BYTES + value.length;
  if (typeof value !== 'object' || value === null) return SLOT_BYTES;
  const values: readonly unknown[] = Array.isArray(value) ? value : Object.values(value);
  const count = values.length;
  let sampled = 0;
  const looked = Math.min(count, SAMPLED_MAX);
  for (let at = 0; at < looked; at++) sampled += weightOf(values[at]);
  const contents = looked === 0 ? 0 : (sampled / looked) * count;
  const isTable = !Array.isArray(value) && count > SHAPE_KEYS_MAX;
  return HEADER_BYTES + contents + count * SLOT_BYTES * (isTable ? 8 : 1);
}

/** What holds values, and can let some go that are stored. */
interface CacheHolder {
  readonly bytes: number;
  /** Looks at so many entries and lets go of those that were not used. */
  letGo(steps: number): void;
}

export class CacheRoom {
  readonly #bytesMax: number;
  readonly #holders = new Set<CacheHolder>();
  bytes = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  add(holder: CacheHolder): void {
    this.#holders.add(holder);
  }

  remove(holder: CacheHolder): void {
    if (this.#holders.delete(holder)) this.bytes -= holder.bytes;
  }

  /** A step back towards the bound where it is exceeded. */
  makeRoom(): void {
    if (this.bytes <= this.#bytesMax) return;
    let heaviest: CacheHolder | undefined;
    for (const holder of this.#holders) {
      if (holder.bytes > (heaviest?.bytes ?? 0)) heaviest = holder;
    }
    heaviest?.letGo(STEPS_MAX);
  }
}

export const PROCESS_ROOM = new CacheRoom(CACHE_BYTES_MAX);

export const CACHE_ENTRIES_MAX = 100_000;
/** Of an entry with its place in the map, without key and value. */
const ENTRY_BYTES = 160;

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
  bytes: number;
}

export class SpaceTransaction implements Transaction, CacheHolder {
  readonly #entries = new Map<string, Entry>();
  /** Where the next one to go is looked for; a map's iterator goes on while entries come and go. */
  #hand: Iterator<Entry> | undefined;
  readonly #read: (key: string) => unknown;
  readonly #entriesMax: number;
  readonly #room: CacheRoom;
  #bytes = 0;
  #changed: Entry[] = [];
  /** What the record wrote over, to be put back from the end. */
  #written: Entry[] = [];
  #before: unknown[] = [];

  /** `read`: from disk, undefined for what is absent. */
  constructor(
    read: (key: string) => unknown,
    entriesMax: number = CACHE_ENTRIES_MAX,
    room: CacheRoom = new CacheRoom(Number.POSITIVE_INFINITY),
  ) {
    this.#read = read;
    this.#entriesMax = entriesMax;
    this.#room = room;
    room.add(this);
  }

  get bytes(): number {
    return this.#bytes;
  }

  get<T>(key: string): T | undefined {
    const entry = this.#entryOf(key);
    if (entry.value === UNKNOWN) {
      entry.value = this.#read(key);
      entry.stored = entry.value;
      this.#weigh(entry, weightOf(entry.value));
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
    this.#room.makeRoom();
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
      this.#weigh(entry, weightOf(entry.value));
    }
    this.#changed = [];
    while (this.#entries.size > this.#entriesMax) this.#passOne();
    this.#room.makeRoom();
  }

  letGo(steps: number): void {
    for (let step = 0; step < steps && this.#entries.size > 0; step++) this.#passOne();
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

  /** The hand comes by one entry. */
  #passOne(): void {
    this.#hand ??= this.#entries.values();
    const { value: entry, done } = this.#hand.next();
    if (done === true) this.#hand = undefined;
    else if (entry.used) entry.used = false;
    else if (!entry.changed) {
      this.#entries.delete(entry.key);
      this.#weigh(entry, 0);
    }
  }

  #weigh(entry: Entry, value: number): void {
    const bytes = value === 0 ? 0 : ENTRY_BYTES + entry.key.length + value;
    this.#room.bytes += bytes - entry.bytes;
    this.#bytes += bytes - entry.bytes;
    entry.bytes = bytes;
  }

  #entryOf(key: string): Entry {
    const known = this.#entries.get(key);
    if (known !== undefined) {
      known.used = true;
      return known;
    }
    const entry = { key, value: UNKNOWN, stored: UNKNOWN, changed: false, used: false, bytes: 0 };
    this.#entries.set(key, entry);
    this.#weigh(entry, weightOf(undefined));
    return entry;
  }
}
