/**
 * A service's local state: one LMDB environment with a *space* per input partition. State is a
 * cache of the log: it is committed in one transaction with the offset up to which it was made, so
 * after a crash it is an older but consistent state, and replay brings it forward. Hence no fsync
 * is awaited here.
 *
 * Values are stored as JSON. They are plain JSON data by the draft's contract, and Node writes them
 * in half of what msgpack took for so many small objects of different shapes (14 against 26 µs for
 * what one event changes, measured). Rejected: committing less often. Nearly every key is written
 * once (84,153 different keys of 84,878 writes in 12,000 calls), so waiting saves nothing.
 */
import { createHash } from 'node:crypto';
import { open, type RootDatabase } from 'lmdb';
import { SpaceDraft } from './space-draft.ts';

/** Raised when keys or values are laid out anew; state of another layout is thrown away. */
const LAYOUT = 3;
/** Up to layout 2 it stood under `#layout`, as msgpack, which is not to be read as JSON. */
const LAYOUT_KEY = '#layout/json';
const SPACES_KEY = '#spaces';
/** LMDB's key limit is 1,978 bytes; longer keys are replaced by their hash. */
const KEY_BYTES_MAX = 1900;
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

interface Space {
  readonly number: number;
  readonly draft: SpaceDraft;
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
      open<unknown, string>({ path, mapSize: MAP_BYTES_MAX, encoding: 'json', cache: false }),
    );
  }

  /** The space's one draft: whoever decides on it keeps, commits or abandons. */
  draft(space: string): SpaceDraft {
    return this.#spaceOf(space).draft;
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

  /** What the draft wrote, marks and offset become visible together or not at all. */
  commit<Marks>(space: string, progress: SpaceProgress<Marks>): void {
    const { number, draft } = this.#spaceOf(space);
    this.#db.transactionSync(() => {
      for (const [key, value] of draft.changes()) {
        const full = boundedKey(number, key);
        if (value === undefined) this.#db.removeSync(full);
        else this.#db.putSync(full, value);
      }
      this.#db.putSync(boundedKey(number, NEXT_OFFSET), progress.nextOffset);
      this.#db.putSync(boundedKey(number, MARKS), progress.marks);
    });
    draft.stored();
  }

  async close(): Promise<void> {
    await this.#db.close();
  }

  #spaceOf(name: string): Space {
    const known = this.#spaces.get(name);
    if (known !== undefined) return known;
    const number = this.#numberOf(name);
    const draft = new SpaceDraft((key) => this.#db.get(boundedKey(number, key)));
    const space = { number, draft };
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
