/**
 * A service's local state: one LMDB environment with a space per input partition. State and offset
 * go to disk together; nobody waits for it, as it is a cache of the log. Values are JSON.
 */
import { createHash } from 'node:crypto';
import { commitInBackground, IN_BACKGROUND } from '@waywarden/event-log/lmdb/background-commit';
import { assertPages } from '@waywarden/event-log/lmdb/check-pages';
import { open, type RootDatabase } from 'lmdb';
import { CACHE_ENTRIES_MAX, PROCESS_ROOM, SpaceTransaction } from './space-draft.ts';

/** Raised when keys or values are laid out anew. */
const LAYOUT = 5;
/** Up to layout 2 it stood under `#layout`, as msgpack, which is not to be read as JSON. */
const LAYOUT_KEY = '#layout/json';
const SPACES_KEY = '#spaces';
/** LMDB's key limit is 1,978 bytes; longer keys are replaced by their hash. */
const KEY_BYTES_MAX = 1900;
/** Map size is address space, not disk: LMDB grows the file as it is used. */
const MAP_BYTES_MAX = 64 * 1024 ** 3;

/** How long what was committed waits for company: so much of the log is decided again after a crash. */
const WRITE_EVERY_MS = 200;
/** Entries that wait; who commits more waits for the disk. */
const WAITING_ENTRIES_MAX = 20_000;
/** Entries that are worth a transaction of their own, at once. */
const WAITING_ENTRIES_FULL = 4_000;

const NEXT_OFFSET = '#next';
const MARKS = '#marks';

/** Keys hold a space's number: names are half of what a key would be. */
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
  readonly transaction: SpaceTransaction;
  /** As committed last; undefined before it is known. */
  progress: SpaceProgress<unknown> | undefined;
  storedOffset: number | undefined;
}

/** Undefined: to be removed. */
type Entries = Map<string, unknown>;

export class LocalState {
  readonly #db: RootDatabase<unknown, string>;
  readonly #spaces = new Map<string, Space>();
  /** Committed, and to be written next. */
  #waiting: Entries = new Map();
  /** Committed, and on its way to the disk. */
  #underWay: Entries = new Map();
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> | undefined;
  #failure: { readonly error: unknown } | undefined;

  private constructor(db: RootDatabase<unknown, string>) {
    this.#db = db;
    if (db.get(LAYOUT_KEY) === LAYOUT) return;
    db.clearSync();
    db.putSync(LAYOUT_KEY, LAYOUT);
  }

  /** Opens or makes the environment in the folder `path`; EventLogError `state_damaged`. */
  static open(path: string): LocalState {
    assertPages(path, 'state_damaged');
    const how = {
      mapSize: MAP_BYTES_MAX,
      encoding: 'json',
      cache: false,
      ...IN_BACKGROUND,
    } as const;
    return new LocalState(open<unknown, string>({ path, ...how }));
  }

  /** The space's one draft: whoever decides on it keeps, commits or abandons. */
  transaction(space: string): SpaceTransaction {
    return this.#spaceOf(space).transaction;
  }

  progress<Marks>(space: string, none: Marks): SpaceProgress<Marks> {
    const known = this.#spaceOf(space);
    known.progress ??= this.#storedProgress(known);
    const { nextOffset, marks } = known.progress;
    return { nextOffset, marks: marks === undefined ? none : (marks as Marks) };
  }

  /** The offset below which all is on disk: behind `progress` by what was committed just now. */
  storedOffset(space: string): number {
    const known = this.#spaceOf(space);
    known.storedOffset ??= this.#storedProgress(known).nextOffset;
    return known.storedOffset;
  }

  /** What the draft wrote, marks and offset become visible together or not at all, on disk too. */
  async commit<Marks>(space: string, progress: SpaceProgress<Marks>): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure.error;
    const known = this.#spaceOf(space);
    const { number, transaction } = known;
    known.storedOffset ??= this.#storedProgress(known).nextOffset;
    for (const [key, value] of transaction.changes())
      this.#waiting.set(boundedKey(number, key), value);
    this.#waiting.set(boundedKey(number, NEXT_OFFSET), progress.nextOffset);
    this.#waiting.set(boundedKey(number, MARKS), progress.marks);
    known.progress = progress;
    transaction.stored();
    if (this.#waiting.size < WAITING_ENTRIES_FULL) this.#writeSoon();
    else void this.#write().catch(() => undefined);
    while (this.#waiting.size >= WAITING_ENTRIES_MAX) await this.#write();
  }

  /** Rejects when something that was committed could not be written. */
  async close(): Promise<void> {
    clearTimeout(this.#timer);
    while (this.#failure === undefined && this.#waiting.size + this.#underWay.size > 0) {
      await this.#write();
    }
    // After a failed write lmdb waits for its flush forever: such an environment ends with the process.
    if (this.#failure !== undefined) throw this.#failure.error;
    clearTimeout(this.#timer);
    for (const { transaction } of this.#spaces.values()) PROCESS_ROOM.remove(transaction);
    await this.#db.close();
  }

  #writeSoon(): void {
    if (this.#timer !== undefined || this.#writing !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#write().catch(() => undefined);
    }, WRITE_EVERY_MS);
  }

  /** One transaction at a time; what is committed meanwhile goes with the next. */
  #write(): Promise<void> {
    this.#writing ??= this.#writeWaiting().finally(() => {
      this.#writing = undefined;
      if (this.#failure === undefined && this.#waiting.size > 0) this.#writeSoon();
    });
    return this.#writing;
  }

  async #writeWaiting(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const entries = this.#waiting;
    this.#underWay = entries;
    this.#waiting = new Map();
    const reached = [...this.#spaces.values()].map((space) => [space, space.progress] as const);
    try {
      const { visible, flushed } = commitInBackground(this.#db, () => {
        for (const [key, value] of entries) {
          void (value === undefined ? this.#db.remove(key) : this.#db.put(key, value));
        }
      });
      await visible;
      await flushed;
    } catch (error) {
      this.#failure = { error };
      throw error;
    }
    for (const [space, progress] of reached) {
      if (progress !== undefined) space.storedOffset = progress.nextOffset;
    }
    this.#underWay = new Map();
  }

  /** As committed, wherever it is by now. */
  #read(key: string): unknown {
    if (this.#waiting.has(key)) return this.#waiting.get(key);
    if (this.#underWay.has(key)) return this.#underWay.get(key);
    return this.#db.get(key);
  }

  #storedProgress({ number }: Space): SpaceProgress<unknown> {
    const nextOffset = this.#db.get(boundedKey(number, NEXT_OFFSET));
    const marks = this.#db.get(boundedKey(number, MARKS));
    return { nextOffset: typeof nextOffset === 'number' ? nextOffset : 0, marks };
  }

  #spaceOf(name: string): Space {
    const known = this.#spaces.get(name);
    if (known !== undefined) return known;
    const number = this.#numberOf(name);
    const read = (key: string) => this.#read(boundedKey(number, key));
    const transaction = new SpaceTransaction(read, CACHE_ENTRIES_MAX, PROCESS_ROOM);
    const space = { number, transaction, progress: undefined, storedOffset: undefined };
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
