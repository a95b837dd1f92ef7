/**
 * A service's local state: one LMDB environment with a *space* per input partition. State is a
 * cache of the log: it is committed in one transaction with the offset up to which it was made, so
 * after a crash it is an older but consistent state, and replay brings it forward. Hence no fsync
 * is awaited here.
 *
 * Reads go through a bounded in-memory cache of two generations for each space (when the young one
 * is full it becomes the old one, and the old one is dropped): active agents stay in memory, cold ones
 * on disk. Cached by space and not by the stored key, because putting that key together and hashing
 * it cost more than the look-up; and absence is cached too, since most first looks find nothing.
 */
import { createHash } from 'node:crypto';
import { open, type RootDatabase } from 'lmdb';
import { DELETED } from './layered-draft.ts';

/** Raised when keys or values are laid out anew; state of another layout is thrown away. */
const LAYOUT = 2;
const LAYOUT_KEY = '#layout';
const SPACES_KEY = '#spaces';
/** LMDB's key limit is 1,978 bytes; longer keys are replaced by their hash. */
const KEY_BYTES_MAX = 1900;
const CACHE_ENTRIES_MAX = 100_000;
/** Map size is address space, not disk: LMDB grows the file as it is used. */
const MAP_BYTES_MAX = 64 * 1024 ** 3;

const NEXT_OFFSET = '#next';
const MARKS = '#marks';

/** A space's name is in full once, its number in every key: names are half of what a key would be. */
const spaceKey = (space: string) =>
  `#space/${createHash('sha256').update(space).digest('base64url')}`;

function boundedKey(space: number, key: string): string {
  const full = `${space}/${key}`;
  // UTF-8 needs at most 3 bytes for a UTF-16 unit.
  if (full.length * 3 <= KEY_BYTES_MAX) return full;
  return `${space}#${createHash('sha256').update(key).digest('base64url')}`;
}

export interface SpaceProgress<Marks> {
  readonly nextOffset: number;
  readonly marks: Marks;
}

/** What a space holds, by key; DELETED for what it is known not to hold. */
class SpaceCache {
  #young = new Map<string, unknown>();
  #old = new Map<string, unknown>();

  get(key: string): unknown {
    const young = this.#young.get(key);
    if (young !== undefined) return young;
    const old = this.#old.get(key);
    if (old !== undefined) this.set(key, old);
    return old;
  }

  set(key: string, value: unknown): void {
    this.#young.set(key, value);
    if (this.#young.size >= CACHE_ENTRIES_MAX) {
      this.#old = this.#young;
      this.#young = new Map();
    }
  }
}

interface Space {
  readonly number: number;
  readonly cache: SpaceCache;
}

export class LocalState {
  readonly #db: RootDatabase<unknown, string>;
  readonly #spaces = new Map<string, Space>();

  private constructor(db: RootDatabase<unknown, string>) {
    this.#db = db;
    if (db.get(LAYOUT_KEY) === LAYOUT) return;
    db.clearSync();
    db.putSync(LAYOUT_KEY, LAYOUT);
  }

  /** Opens or makes the environment in the folder `path`. */
  static open(path: string): LocalState {
    return new LocalState(
      open<unknown, string>({ path, mapSize: MAP_BYTES_MAX, encoding: 'msgpack', cache: false }),
    );
  }

  get(space: string, key: string): unknown {
    const { number, cache } = this.#spaceOf(space);
    let value = cache.get(key);
    if (value === undefined) {
      value = this.#db.get(boundedKey(number, key)) ?? DELETED;
      cache.set(key, value);
    }
    return value === DELETED ? undefined : value;
  }

  progress<Marks>(space: string, none: Marks): SpaceProgress<Marks> {
    const { number } = this.#spaceOf(space);
    const nextOffset = this.#db.get(boundedKey(number, NEXT_OFFSET));
    const marks = this.#db.get(boundedKey(number, MARKS));
    return {
      nextOffset: typeof nextOffset === 'number' ? nextOffset : 0,
      marks: marks === undefined ? none : (marks as Marks),
    };
  }

  /** Writes, marks and offset become visible together or not at all. */
  commit<Marks>(
    space: string,
    writes: ReadonlyMap<string, unknown>,
    progress: SpaceProgress<Marks>,
  ): void {
    const { number, cache } = this.#spaceOf(space);
    this.#db.transactionSync(() => {
      for (const [key, value] of writes) {
        const full = boundedKey(number, key);
        if (value === DELETED) this.#db.removeSync(full);
        else this.#db.putSync(full, value);
      }
      this.#db.putSync(boundedKey(number, NEXT_OFFSET), progress.nextOffset);
      this.#db.putSync(boundedKey(number, MARKS), progress.marks);
    });
    for (const [key, value] of writes) cache.set(key, value);
  }

  async close(): Promise<void> {
    await this.#db.close();
  }

  #spaceOf(name: string): Space {
    const known = this.#spaces.get(name);
    if (known !== undefined) return known;
    const space = { number: this.#numberOf(name), cache: new SpaceCache() };
    this.#spaces.set(name, space);
    return space;
  }

  #numberOf(name: string): number {
    const key = spaceKey(name);
    const given = this.#db.get(key);
    if (typeof given === 'number') return given;
    const last = this.#db.get(SPACES_KEY);
    const number = typeof last === 'number' ? last + 1 : 1;
    this.#db.transactionSync(() => {
      this.#db.putSync(SPACES_KEY, number);
      this.#db.putSync(key, number);
    });
    return number;
  }
}
